import Latent
import LatentData

/// Elements with Student's t distribution around what the decoder gives, with a learned scale s for each feature and learned
/// degrees of freedom n for all; nats. It finds out by itself how heavy the tails of the examples are.
///
/// A scale is exp(v) + 1e-3, in units of the examples (``shareAtBound(_:)``). The degrees of freedom are 2 + exp(w), 3 at
/// first: of 2 and fewer the variance would be infinite.
public struct StudentLikelihood: Likelihood {
  private var scale: LearnedSpread
  /// [1], w, the log of the degrees of freedom beyond 2
  public var freeLogDegrees: Parameter

  /// The least scale that there is.
  public static let leastScale = 1e-3

  /// Scales of 1 at first.
  public init(for example: ExampleShape, element: ElementType = .float32) {
    scale = LearnedSpread(Spread.feature.shape(for: example), least: Self.leastScale, element: element)
    freeLogDegrees = Parameter(Tensor(zeros: [1], element: element))
  }

  public var kind: LikelihoodKind { .student }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    scale.visit(&visitor, "freeLogScale")
    visitor.visit("freeLogDegrees", &freeLogDegrees)
  }

  /// n, the degrees of freedom.
  public var degrees: Double { 2 + Quantile.number(.exp, freeLogDegrees.value.scalar) }

  /// log Gamma(n / 2) - log Gamma((n + 1) / 2) + log(n pi) / 2 + log s + (n + 1) / 2 log(1 + ((x - y) / s)^2 / n)
  public func elementLosses(_ output: Variable, of x: Variable) -> Variable {
    let degrees = 2 + freeLogDegrees.on(output.tape).exp()
    let power = 0.5 * (degrees + 1)
    let constant = (0.5 * degrees).logGamma() - power.logGamma() + 0.5 * (degrees.log() + 1.1447298858494002)
    return scale.losses(output, of: x) { error, log in
      power * ((error * (-log).exp()).squared() / degrees).log1p() + log + constant
    }
  }

  public func mean(_ output: Variable) -> Variable { output }

  /// y + s sqrt(n (u^(-2 / n) - 1)) cos(a), with u uniform in 0...1 and a in all directions (Bailey 1994)
  public func sample(_ output: Tensor, key: RandomKey, streams: [UInt64]) -> Tensor {
    let tape = Tape()
    let output = tape.constant(output)
    let draws = tape.constant(uniforms(output.shape, key: key, streams: streams, element: output.tensor.element))
    let radius = degrees * (draws.clipped(to: 1e-9...1).power(-2 / degrees) - 1)
    let noise = Tensor(uninitialized: [2] + output.shape, element: output.tensor.element)
    let angles = key.child("angles").bits
    noise.storage.fillNormal(key: angles, streams: streams + streams.map { ~$0 }, columns: output.shape[1])
    let sides = tape.constant(noise).split([1, 1]).map { $0.reshaped(to: output.shape) }
    let cosine = sides[0] / (sides[0].squared() + sides[1].squared()).squareRoot()
    return (output + scale.log(output).exp() * radius.clipped(to: 0...1e30).squareRoot() * cosine).tensor
  }

  public func quantile(_ output: Tensor, at probability: Double) -> Tensor {
    let output = Tape().constant(output)
    return (output + Quantile.student(probability, degrees: degrees) * scale.log(output).exp()).tensor
  }

  public func shareAtBound(_ output: Tensor) -> Double? { scale.shareAtBound(output) }
}

extension LikelihoodKind {
  /// ``StudentLikelihood``
  public static let student = LikelihoodKind(
    "student-t", title: "Student's t with learned scales and degrees of freedom",
    formula: "the sum over P of -log t_n((x - y) / s) + log s, with a learned scale s for each feature and learned n,",
    link: .identity, parameters: { [("freeLogScale", Spread.feature.shape(for: $0)!), ("freeLogDegrees", [1])] },
    make: { StudentLikelihood(for: $0, element: $1) })
}
