import LatentKernels

/// Lion (Chen et al. 2023): steps of one size along the sign of a momentum, with decoupled weight decay.
///
///     w -= learningRate (sign(beta1 m + (1 - beta1) g) + weightDecay w)
///     m += (1 - beta2)(g - m)
///
/// The defaults are Keras's. The paper advises a learning rate 3 to 10 times smaller than AdamW's and a weight decay as
/// many times larger.
public struct Lion: ElementwiseOptimizer {
  public var learningRate: Double
  /// The part of a weight that a step takes away, over the learning rate.
  public let weightDecay: Double
  /// How much of the momentum a step's direction has.
  public let beta1: Double
  /// How much of the momentum each step keeps.
  public let beta2: Double
  public var state = OptimizerState()
  public var groups = ParameterGroups()

  public init(learningRate: Double = 1e-3, weightDecay: Double = 0, beta1: Double = 0.9, beta2: Double = 0.99) {
    self.learningRate = learningRate
    self.weightDecay = weightDecay
    self.beta1 = beta1
    self.beta2 = beta2
  }

  public var slotNames: [String] { ["momentum"] }

  public func rule(atStep step: Int) -> @Sendable (OptimizerBlock) -> Void {
    let (rate, decay, beta1, beta2) = (learningRate, learningRate * weightDecay, beta1, beta2)
    return {
      $0.weights.lionStep(
        gradient: $0.gradient, first: $0.slot(0), rate: rate * $0.rateFactor, beta1: beta1, beta2: beta2,
        decay: $0.decaysWeights ? decay * $0.rateFactor : 0)
    }
  }
}
