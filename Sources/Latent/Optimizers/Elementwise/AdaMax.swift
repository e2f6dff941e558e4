import LatentKernels

/// AdaMax (Kingma & Ba 2015, section 7.1): ``Adam`` with the infinity norm in place of the second moment.
///
///     m += (1 - beta1)(g - m)     u = max(beta2 u, |g|)
///     w -= learningRate / (1 - beta1^t) * m / (u + epsilon)
///
/// The defaults are Keras's; the paper's learning rate is 2e-3.
public struct AdaMax: ElementwiseOptimizer {
  public var learningRate: Double
  /// How much of the first moment each step keeps.
  public let beta1: Double
  /// How much of the infinity norm each step keeps.
  public let beta2: Double
  /// Keeps the divisor away from 0.
  public let epsilon: Double
  public var state = OptimizerState()
  public var groups = ParameterGroups()

  public init(learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  public var slotNames: [String] { ["firstMoment", "infinityNorm"] }

  public func rule(atStep step: Int) -> @Sendable (OptimizerBlock) -> Void {
    let rate = learningRate / (1 - Portable.power(beta1, Double(step)))
    let (beta1, beta2, epsilon) = (beta1, beta2, epsilon)
    return {
      $0.weights.adamaxStep(
        gradient: $0.gradient, first: $0.slot(0), norm: $0.slot(1), rate: rate * $0.rateFactor, beta1: beta1,
        beta2: beta2, epsilon: epsilon)
    }
  }
}
