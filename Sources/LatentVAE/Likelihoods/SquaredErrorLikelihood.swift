import Latent

/// The squared error between elements and the sigmoid of what the decoder gives: a Gaussian of variance 1/2, but for its
/// constant.
public struct SquaredErrorLikelihood: Likelihood {
  public init() {}

  public var kind: LikelihoodKind { .squaredError }

  /// (x - sigmoid(l))^2
  public func elementLosses(_ output: Variable, of x: Variable) -> Variable { (mean(output) - x).squared() }

  public func negativeLogLikelihood(_ output: Variable, of x: Tensor) -> Variable {
    squaredError(mean(output), targets: x)
  }

  /// From the Gaussian of variance 1/2.
  public func sample(_ output: Tensor, key: RandomKey, streams: [UInt64]) -> Tensor {
    let deviation = Tensor([Double(0.5).squareRoot()], shape: [1], element: output.element)
    return gaussianSample(output, deviation: deviation, key: key, streams: streams)
  }

  public func quantile(_ output: Tensor, at probability: Double) -> Tensor {
    (mean(Tape().constant(output)) + Quantile.normal(probability) * 0.5.squareRoot()).tensor
  }
}

extension LikelihoodKind {
  /// ``SquaredErrorLikelihood``
  public static let squaredError = LikelihoodKind(
    "mse", title: "squared error", formula: "SE", link: .sigmoid, unit: .squaredError
  ) { _, _ in SquaredErrorLikelihood() }
}
