import Latent
import LatentData

/// Gaussian elements around what the decoder gives, for examples of any range: series, measurements, standardised images;
/// nats.
///
/// A variance is exp(v) + 1e-6, in squared units of the examples, where v is learned (``Spread``): it can't vanish, however
/// well a feature is reconstructed. Examples should therefore be scaled to a variance near 1. ``shareAtBound(_:)`` says how
/// many variances have come down to this bound.
public struct FreeGaussianLikelihood: Likelihood {
  /// Which elements share a variance.
  public let spread: Spread
  private var variance: LearnedSpread

  /// The least variance that there is.
  public static let leastVariance = 1e-6

  /// Variances of 1 at first, but for those that a decoder gives.
  public init(_ spread: Spread = .feature, for example: ExampleShape, element: ElementType = .float32) {
    self.spread = spread
    variance = LearnedSpread(spread.shape(for: example), least: Self.leastVariance, element: element)
  }

  public var kind: LikelihoodKind { .freeGaussian(spread) }

  /// v, the log of what a variance has above the least one: [1] or [D]; nil where the decoder gives it.
  public var freeLogVariance: Tensor? { variance.free?.value }

  public mutating func visit(_ visitor: inout ParameterVisitor) { variance.visit(&visitor, "freeLogVariance") }

  /// (log 2 pi + log s + (x - y)^2 / s) / 2
  public func elementLosses(_ output: Variable, of x: Variable) -> Variable {
    variance.losses(output, of: x) { error, log in
      0.5 * (error.squared() * (-log).exp() + log + 1.8378770664093453)
    }
  }

  /// The squared errors are added up for each variance first.
  public func negativeLogLikelihoods(_ output: Variable, of x: Variable) -> Variable {
    guard let free = variance.free else { return elementLosses(output, of: x).sum(axes: [-1]) }
    let log = variance.bounded(free.on(output.tape))
    let rows = variance.rows((output - x).squared())
    let errors = rows.sum(axes: [-2])
    let count = Double(rows.shape[rows.shape.count - 2])
    return 0.5 * (errors * (-log).exp() + count * (log + 1.8378770664093453)).sum(axes: [-1])
  }

  public func mean(_ output: Variable) -> Variable { variance.place(output) }

  public func sample(_ output: Tensor, key: RandomKey, streams: [UInt64]) -> Tensor {
    let deviation = (0.5 * variance.log(Tape().constant(output))).exp().tensor
    return gaussianSample(output, deviation: deviation, key: key, streams: streams)
  }

  /// y + z sqrt(s), with the quantile z of N(0, 1)
  public func quantile(_ output: Tensor, at probability: Double) -> Tensor {
    let output = Tape().constant(output)
    return (mean(output) + Quantile.normal(probability) * (0.5 * variance.log(output)).exp()).tensor
  }

  public func shareAtBound(_ output: Tensor) -> Double? { variance.shareAtBound(output) }
}

extension LikelihoodKind {
  /// ``FreeGaussianLikelihood``: `gaussian-one`, `gaussian-feature`, `gaussian-element`
  public static func freeGaussian(_ spread: Spread) -> LikelihoodKind {
    let which =
      switch spread {
      case .one: "a learned variance"
      case .feature: "a learned variance for each feature"
      case .element: "a variance for each element"
      }
    return LikelihoodKind(
      "gaussian-\(spread.rawValue)", title: "Gaussian with a free mean and \(which)",
      formula: "the sum over P of (log(2 pi s) + (x - y)^2 / s) / 2, with \(which) s,",
      numbersPerElement: spread.numbersPerElement, link: .identity,
      parameters: { example in spread.shape(for: example).map { [("freeLogVariance", $0)] } ?? [] },
      make: { FreeGaussianLikelihood(spread, for: $0, element: $1) })
  }
}
