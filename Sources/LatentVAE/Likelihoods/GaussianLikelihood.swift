import Latent

/// Gaussian elements around the sigmoid of what the decoder gives, of one variance that is learned (the sigma-VAE of Rybkin,
/// Daniilidis & Levine 2021); nats.
public struct GaussianLikelihood: Likelihood {
  /// [1], the log of the variance of all elements; 0 at first
  public var logVariance: Parameter

  /// A variance of 1 at first.
  public init(element: ElementType = .float32) { logVariance = Parameter(Tensor(zeros: [1], element: element)) }

  public var kind: LikelihoodKind { .gaussian }

  public mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("logVariance", &logVariance) }

  /// (log 2 pi + v + (x - sigmoid(l))^2 exp(-v)) / 2
  public func elementLosses(_ output: Variable, of x: Variable) -> Variable {
    let v = logVariance.on(output.tape)
    return 0.5 * ((mean(output) - x).squared() * (-v).exp() + v + 1.8378770664093453)
  }

  /// sum of (log 2 pi + v + (x - sigmoid(l))^2 exp(-v)) / 2
  public func negativeLogLikelihoods(_ output: Variable, of x: Variable) -> Variable {
    let v = logVariance.on(output.tape)
    let errors = (mean(output) - x).squared().sum(axes: [-1])
    let pixels = Double(output.shape[output.shape.count - 1])
    return 0.5 * (errors * (-v).exp() + pixels * (v + 1.8378770664093453))
  }

  public func sample(_ output: Tensor, key: RandomKey, streams: [UInt64]) -> Tensor {
    let deviation = (0.5 * Tape().constant(logVariance.value)).exp().tensor
    return gaussianSample(output, deviation: deviation, key: key, streams: streams)
  }

  public func quantile(_ output: Tensor, at probability: Double) -> Tensor {
    let tape = Tape()
    let deviation = (0.5 * tape.constant(logVariance.value)).exp()
    return (mean(tape.constant(output)) + Quantile.normal(probability) * deviation).tensor
  }
}

extension LikelihoodKind {
  /// ``GaussianLikelihood``
  public static let gaussian = LikelihoodKind(
    "gaussian", title: "Gaussian with a learned variance",
    formula: "the sum over P of (log(2 pi s) + (x - y)^2 / s) / 2, with a learned variance s,", link: .sigmoid,
    parameters: { _ in [("logVariance", [1])] }, make: { GaussianLikelihood(element: $1) })
}
