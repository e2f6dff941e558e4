import LatentKernels

/// Adam (Kingma & Ba 2015) with bias correction, by default in Keras's form:
///
///     m += (1 - beta1)(g - m)     v += (1 - beta2)(g^2 - v)
///     w -= learningRate sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon)
///
/// The defaults are Keras's; PyTorch's are form `.pytorch` and epsilon 1e-8.
public struct Adam: ElementwiseOptimizer {
  public var learningRate: Double
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
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    form: AdamForm = .keras
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.form = form
  }

  public var slotNames: [String] { AdamForm.slotNames }

  public func rule(atStep step: Int) -> @Sendable (OptimizerBlock) -> Void {
    form.rule(
      atStep: step, learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: 0)
  }
}

/// Where epsilon stands in ``Adam``, ``AdamW`` and ``Adagrad``.
public enum AdamForm: Sendable {
  /// Next to the square root of the moment as it is ("epsilon hat" at the end of the paper's section 2): Keras.
  case keras
  /// Next to the square root of the bias-corrected moment (the paper's algorithm 1): PyTorch, JAX's Optax.
  ///
  ///     w -= learningRate * m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon)
  case pytorch

  static let slotNames = ["firstMoment", "secondMoment"]

  /// One step of either form: PyTorch's is Keras's with an epsilon that is corrected as v is.
  func rule(
    atStep step: Int, learningRate: Double, beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double
  ) -> @Sendable (OptimizerBlock) -> Void {
    let correction = (1 - Portable.power(beta2, Double(step))).squareRoot()
    let rate = learningRate * correction / (1 - Portable.power(beta1, Double(step)))
    let epsilon = self == .keras ? epsilon : epsilon * correction
    let decay = learningRate * weightDecay
    return { block in
      block.weights.adamStep(
        gradient: block.gradient, first: block.slot(0), second: block.slot(1), rate: rate * block.rateFactor,
        beta1: beta1, beta2: beta2, epsilon: epsilon, decay: block.decaysWeights ? decay * block.rateFactor : 0)
    }
  }
}
