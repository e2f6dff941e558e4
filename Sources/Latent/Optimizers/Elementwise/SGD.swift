import LatentKernels

/// Stochastic gradient descent (Robbins & Monro 1951), with momentum (Polyak 1964) or Nesterov's (Sutskever et al. 2013)
/// in Keras's form, where the velocity holds the learning rates of its steps:
///
///     without momentum   w -= learningRate g
///     with momentum      v = momentum v - learningRate g     w += v
///     Nesterov           v = momentum v - learningRate g     w += momentum v - learningRate g
///
/// The defaults are Keras's. PyTorch's form, v = momentum v + g and w -= learningRate v, is the same while the learning
/// rate does not change.
public struct SGD: ElementwiseOptimizer {
  public var learningRate: Double
  /// How much of the velocity each step keeps; 0 for none.
  public let momentum: Double
  /// Whether a step looks ahead by the next velocity.
  public let nesterov: Bool
  public var state = OptimizerState()
  public var groups = ParameterGroups()

  public init(learningRate: Double = 1e-2, momentum: Double = 0, nesterov: Bool = false) {
    require(momentum > 0 || !nesterov, "SGD: Nesterov's form needs a momentum above 0, not \(momentum)")
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
  }

  public var slotNames: [String] { momentum == 0 ? [] : ["velocity"] }

  public func rule(atStep step: Int) -> @Sendable (OptimizerBlock) -> Void {
    let (rate, momentum, nesterov) = (learningRate, momentum, nesterov)
    if momentum == 0 { return { $0.weights.assign($0.gradient, times: -rate * $0.rateFactor, adding: 1) } }
    return {
      $0.weights.momentumStep(
        gradient: $0.gradient, velocity: $0.slot(0), rate: rate * $0.rateFactor, momentum: momentum, nesterov: nesterov)
    }
  }
}
