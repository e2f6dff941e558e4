import LatentKernels

/// Adam with decoupled weight decay (Loshchilov & Hutter 2019): every step first takes
///
///     w -= learningRate * weightDecay * w
///
/// and then ``Adam``'s step, whose moments know nothing of the decay. Keras and PyTorch agree on this. The defaults are
/// Keras's; PyTorch's are weight decay 0.01, form `.pytorch` and epsilon 1e-8. ``ParameterGroups`` turn the decay off
/// where it is not wanted, as for biases.
public struct AdamW: ElementwiseOptimizer {
  public var learningRate: Double
  /// The part of a weight that a step takes away, over the learning rate.
  public let weightDecay: Double
  /// How much of the first moment each step keeps.
  public let beta1: Double
  /// How much of the second moment each step keeps.
  public let beta2: Double
  /// Keeps the divisor away from 0.
  public let epsilon: Double
  /// Where epsilon stands.
  public let form: AdamForm
  public var state = OptimizerState()
  public var groups = ParameterGroups()

  public init(
    learningRate: Double = 1e-3, weightDecay: Double = 0.004, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-7, form: AdamForm = .keras
  ) {
    self.learningRate = learningRate
    self.weightDecay = weightDecay
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.form = form
  }

  public var slotNames: [String] { AdamForm.slotNames }

  public func rule(atStep step: Int) -> @Sendable (OptimizerBlock) -> Void {
    form.rule(
      atStep: step, learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
  }
}
