import LatentKernels

/// Adagrad (Duchi, Hazan & Singer 2011): each weight's rate falls with the gradients that it has had, so that rare features
/// keep a high one.
///
///     s += g^2     Keras     w -= learningRate g / sqrt(s + initialSum + epsilon)
///                  PyTorch   w -= learningRate g / (sqrt(s + initialSum) + epsilon)
///
/// The defaults are Keras's; PyTorch's are a learning rate of 0.01, an initial sum of 0, epsilon 1e-10 and form `.pytorch`.
public struct Adagrad: ElementwiseOptimizer {
  public var learningRate: Double
  /// What the sum of squares begins with.
  public let initialSum: Double
  /// Keeps the divisor away from 0.
  public let epsilon: Double
  /// Where epsilon stands: under the root (Keras), or next to it (PyTorch).
  public let form: AdamForm
  public var state = OptimizerState()
  public var groups = ParameterGroups()

  public init(
    learningRate: Double = 1e-3, initialSum: Double = 0.1, epsilon: Double = 1e-7, form: AdamForm = .keras
  ) {
    require(initialSum >= 0, "Adagrad: an initial sum of \(initialSum); it must not be negative")
    self.learningRate = learningRate
    self.initialSum = initialSum
    self.epsilon = epsilon
    self.form = form
  }

  public var slotNames: [String] { ["sumOfSquares"] }

  public func rule(atStep step: Int) -> @Sendable (OptimizerBlock) -> Void {
    let rate = learningRate
    // Not in the state, whose buffers begin with zeros.
    let (inside, outside) = form == .keras ? (initialSum + epsilon, 0) : (initialSum, epsilon)
    return {
      $0.weights.adagradStep(
        gradient: $0.gradient, sum: $0.slot(0), rate: rate * $0.rateFactor, inside: inside, outside: outside)
    }
  }
}
