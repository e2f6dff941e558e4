import LatentKernels

/// Rectified Adam (Liu et al. 2020), which needs no warm-up of the learning rate: steps go along the first moment alone until
/// the second one has enough terms, and are then scaled by how much its variance is above that of many terms.
///
///     rho = rhoMax - 2 t beta2^t / (1 - beta2^t), with rhoMax = 2 / (1 - beta2) - 1
///     rho > 5    w -= learningRate r sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon),
///                r^2 = (rho - 4)(rho - 2) rhoMax / ((rhoMax - 4)(rhoMax - 2) rho)
///     before     w -= learningRate / (1 - beta1^t) * m
///
/// Weight decay is decoupled, as in ``AdamW``. The defaults are PyTorch's.
public struct RAdam: ElementwiseOptimizer {
  public var learningRate: Double
  /// The part of a weight that a step takes away, over the learning rate.
  public let weightDecay: Double
  /// How much of the first moment each step keeps.
  public let beta1: Double
  /// How much of the second moment each step keeps.
  public let beta2: Double
  /// Keeps the divisor away from 0.
  public let epsilon: Double
  public var state = OptimizerState()
  public var groups = ParameterGroups()

  public init(
    learningRate: Double = 1e-3, weightDecay: Double = 0, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8
  ) {
    self.learningRate = learningRate
    self.weightDecay = weightDecay
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  public var slotNames: [String] { AdamForm.slotNames }

  public func rule(atStep step: Int) -> @Sendable (OptimizerBlock) -> Void {
    let (beta1, beta2, epsilon, decay) = (beta1, beta2, epsilon, learningRate * weightDecay)
    let (t, power) = (Double(step), Portable.power(beta2, Double(step)))
    let rate = learningRate / (1 - Portable.power(beta1, t))
    let most = 2 / (1 - beta2) - 1
    let terms = most - 2 * t * power / (1 - power)
    guard terms > 5 else {
      return { block in
        block.weights.radamWarmUpStep(
          gradient: block.gradient, first: block.slot(0), second: block.slot(1), rate: rate * block.rateFactor,
          beta1: beta1, beta2: beta2, decay: block.decaysWeights ? decay * block.rateFactor : 0)
      }
    }
    let rectified = (terms - 4) * (terms - 2) * most / ((most - 4) * (most - 2) * terms)
    let scaled = rate * (rectified * (1 - power)).squareRoot()
    return { block in
      block.weights.adamStep(
        gradient: block.gradient, first: block.slot(0), second: block.slot(1), rate: scaled * block.rateFactor,
        beta1: beta1, beta2: beta2, epsilon: epsilon, decay: block.decaysWeights ? decay * block.rateFactor : 0)
    }
  }
}
