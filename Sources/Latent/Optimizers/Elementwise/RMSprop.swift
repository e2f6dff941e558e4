import LatentKernels

/// RMSprop (Hinton 2012, lecture 6e; centered: Graves 2013) in Keras's form:
///
///     s += (1 - rho)(g^2 - s)                    change = learningRate g / sqrt(s + epsilon)
///     centered       a += (1 - rho)(g - a)       change = learningRate g / sqrt(s - a^2 + epsilon)
///     with momentum  v = momentum v + change     w -= v, else w -= change
///
/// The defaults are Keras's. PyTorch's form differs: epsilon outside the root, the learning rate outside the momentum.
public struct RMSprop: ElementwiseOptimizer {
  public var learningRate: Double
  /// How much of the mean square each step keeps.
  public let rho: Double
  /// How much of the velocity each step keeps; 0 for none.
  public let momentum: Double
  /// Added to the mean square under the root.
  public let epsilon: Double
  /// Whether the mean square is taken around the mean.
  public let centered: Bool
  public var state = OptimizerState()
  public var groups = ParameterGroups()

  public init(
    learningRate: Double = 1e-3, rho: Double = 0.9, momentum: Double = 0, epsilon: Double = 1e-7, centered: Bool = false
  ) {
    self.learningRate = learningRate
    self.rho = rho
    self.momentum = momentum
    self.epsilon = epsilon
    self.centered = centered
  }

  public var slotNames: [String] {
    ["meanSquare"] + (centered ? ["mean"] : []) + (momentum == 0 ? [] : ["velocity"])
  }

  public func rule(atStep step: Int) -> @Sendable (OptimizerBlock) -> Void {
    let (rate, rho, momentum, epsilon, centered) = (learningRate, rho, momentum, epsilon, centered)
    return { block in
      block.weights.rmspropStep(
        gradient: block.gradient, meanSquare: block.slot(0), mean: centered ? block.slot(1) : nil,
        velocity: momentum == 0 ? nil : block.slot(centered ? 2 : 1), rate: rate * block.rateFactor, rho: rho,
        momentum: momentum, epsilon: epsilon)
    }
  }
}
