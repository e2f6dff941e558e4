import LatentKernels

/// NAdam (Dozat 2016): ``Adam`` with Nesterov's momentum, whose share of the past grows over the first steps.
///
///     mu(t) = beta1 (1 - 0.96^(momentumDecay t) / 2)     M(t) = mu(1) mu(2) ... mu(t)
///     w -= learningRate / (sqrt(v / (1 - beta2^t)) + epsilon)
///          * (mu(t + 1) m / (1 - M(t + 1)) + (1 - mu(t)) g / (1 - M(t)))
///
/// Weight decay is decoupled, as in ``AdamW``. The defaults are Keras's; PyTorch's are a learning rate of 2e-3 and epsilon
/// 1e-8.
public struct NAdam: ElementwiseOptimizer {
  public var learningRate: Double
  /// The part of a weight that a step takes away, over the learning rate.
  public let weightDecay: Double
  /// How much of the first moment each step keeps.
  public let beta1: Double
  /// How much of the second moment each step keeps.
  public let beta2: Double
  /// Keeps the divisor away from 0.
  public let epsilon: Double
  /// How fast the momentum grows to ``beta1``.
  public let momentumDecay: Double
  public var state = OptimizerState()
  public var groups = ParameterGroups()

  public init(
    learningRate: Double = 1e-3, weightDecay: Double = 0, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-7, momentumDecay: Double = 0.004
  ) {
    self.learningRate = learningRate
    self.weightDecay = weightDecay
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.momentumDecay = momentumDecay
  }

  public var slotNames: [String] { AdamForm.slotNames }

  public func rule(atStep step: Int) -> @Sendable (OptimizerBlock) -> Void {
    let (beta1, beta2, decay) = (beta1, beta2, learningRate * weightDecay)
    let product = momentumProduct(step)
    let (mu, next) = (momentum(step), momentum(step + 1))
    let correction = (1 - Portable.power(beta2, Double(step))).squareRoot()
    let rate = learningRate * correction * next / (1 - product * next)
    let gradientRate = learningRate * correction * (1 - mu) / (1 - product)
    // As if v were corrected: see AdamForm.
    let epsilon = epsilon * correction
    return { block in
      block.weights.nadamStep(
        gradient: block.gradient, first: block.slot(0), second: block.slot(1), rate: rate * block.rateFactor,
        gradientRate: gradientRate * block.rateFactor, beta1: beta1, beta2: beta2, epsilon: epsilon,
        decay: block.decaysWeights ? decay * block.rateFactor : 0)
    }
  }

  /// mu(t)
  private func momentum(_ step: Int) -> Double {
    beta1 * (1 - 0.5 * Portable.power(0.96, momentumDecay * Double(step)))
  }

  /// M(t), which the state need not hold: it follows from the step, and is nothing beside 1 after some hundred of them.
  private func momentumProduct(_ step: Int) -> Double {
    var product = 1.0
    for earlier in stride(from: 1, through: step, by: 1) {
      product *= momentum(earlier)
      if product < 1e-17 { return 0 }
    }
    return product
  }
}
