import Latent
import LatentData

/// Laplace elements around what the decoder gives, with a learned scale b for each feature; nats. Their loss is the absolute
/// error, so that single values far away count less than with a Gaussian.
///
/// A scale is exp(v) + 1e-3, in units of the examples, with a learned v: it can't vanish (``shareAtBound(_:)``).
public struct LaplaceLikelihood: Likelihood {
  private var scale: LearnedSpread

  /// The least scale that there is.
  public static let leastScale = 1e-3

  /// Scales of 1 at first.
  public init(for example: ExampleShape, element: ElementType = .float32) {
    scale = LearnedSpread(Spread.feature.shape(for: example), least: Self.leastScale, element: element)
  }

  public var kind: LikelihoodKind { .laplace }

  public mutating func visit(_ visitor: inout ParameterVisitor) { scale.visit(&visitor, "freeLogScale") }

  /// log 2 b + |x - y| / b
  public func elementLosses(_ output: Variable, of x: Variable) -> Variable {
    scale.losses(output, of: x) { error, log in error.abs() * (-log).exp() + log + 0.6931471805599453 }
  }

  public func mean(_ output: Variable) -> Variable { output }

  /// y - b sign(d) log(1 - |d|), with d uniform in -1...1
  public func sample(_ output: Tensor, key: RandomKey, streams: [UInt64]) -> Tensor {
    let tape = Tape()
    let output = tape.constant(output)
    let d = 2 * tape.constant(uniforms(output.shape, key: key, streams: streams, element: output.tensor.element)) - 1
    // Of 2^24 draws one could be -1.
    let distance = (1 - d.abs()).clipped(to: 1e-9...1).log()
    return (output + scale.log(output).exp() * (d .< 0).select(distance, -distance)).tensor
  }

  /// y + b log 2p, and beyond the middle y - b log 2(1 - p)
  public func quantile(_ output: Tensor, at probability: Double) -> Tensor {
    Quantile.check(probability)
    let output = Tape().constant(output)
    let tail = probability < 0.5 ? probability : 1 - probability
    let distance = (probability < 0.5 ? 1 : -1) * Quantile.number(.log, 2 * tail)
    return (output + distance * scale.log(output).exp()).tensor
  }

  public func shareAtBound(_ output: Tensor) -> Double? { scale.shareAtBound(output) }
}

extension LikelihoodKind {
  /// ``LaplaceLikelihood``
  public static let laplace = LikelihoodKind(
    "laplace", title: "Laplace with a learned scale for each feature",
    formula: "the sum over P of log(2 b) + |x - y| / b, with a learned scale b for each feature,", link: .identity,
    parameters: { [("freeLogScale", Spread.feature.shape(for: $0)!)] },
    make: { LaplaceLikelihood(for: $0, element: $1) })
}
