import LatentKernels

/// Adadelta (Zeiler 2012): steps as long as those before were, so that a learning rate need not be found.
///
///     s += (1 - rho)(g^2 - s)          change = sqrt(d + epsilon) / sqrt(s + epsilon) g
///     d += (1 - rho)(change^2 - d)     w -= learningRate change
///
/// The defaults are PyTorch's, whose learning rate of 1 is the paper's. Keras's are a learning rate of 1e-3, with which
/// little happens, rho 0.95 and epsilon 1e-7.
public struct Adadelta: ElementwiseOptimizer {
  public var learningRate: Double
  /// How much of both mean squares each step keeps.
  public let rho: Double
  /// Added to the mean squares under the root: how long the first steps are.
  public let epsilon: Double
  public var state = OptimizerState()
  public var groups = ParameterGroups()

  public init(learningRate: Double = 1, rho: Double = 0.9, epsilon: Double = 1e-6) {
    self.learningRate = learningRate
    self.rho = rho
    self.epsilon = epsilon
  }

  public var slotNames: [String] { ["meanSquare", "meanChange"] }

  public func rule(atStep step: Int) -> @Sendable (OptimizerBlock) -> Void {
    let (rate, rho, epsilon) = (learningRate, rho, epsilon)
    return {
      $0.weights.adadeltaStep(
        gradient: $0.gradient, meanSquare: $0.slot(0), meanChange: $0.slot(1), rate: rate * $0.rateFactor, rho: rho,
        epsilon: epsilon)
    }
  }
}
