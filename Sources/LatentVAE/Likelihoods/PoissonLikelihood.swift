import Latent
import LatentData

/// Counts (0, 1, 2, ...) with the Poisson distribution, the logarithms of whose rates the decoder gives; nats.
public struct PoissonLikelihood: Likelihood {
  public init() {}

  public var kind: LikelihoodKind { .poisson }

  /// exp(r) - x r + log x!
  public func elementLosses(_ output: Variable, of x: Variable) -> Variable {
    output.exp() - x * output + (x + 1).logGamma()
  }

  public func mean(_ output: Variable) -> Variable { output.exp() }

  public func sample(_ output: Tensor, key: RandomKey, streams: [UInt64]) -> Tensor {
    let draws = uniforms(output.shape, key: key, streams: streams, element: .float64).values
    return counts(output) { Quantile.poisson(draws[$0], rate: $1) }
  }

  public func quantile(_ output: Tensor, at probability: Double) -> Tensor {
    Quantile.check(probability)
    return counts(output) { Quantile.poisson(probability, rate: $1) }
  }

  private func counts(_ output: Tensor, _ count: (_ place: Int, _ rate: Double) -> Double) -> Tensor {
    let rates = mean(Tape().constant(output.converted(to: .float64))).tensor.values
    return Tensor(rates.enumerated().map { count($0, $1) }, shape: output.shape, element: output.element)
  }
}

extension LikelihoodKind {
  /// ``PoissonLikelihood``
  public static let poisson = LikelihoodKind(
    "poisson", title: "Poisson", formula: "the sum over P of y - x log y + log x!", support: .counts, link: .exp
  ) { _, _ in PoissonLikelihood() }
}
