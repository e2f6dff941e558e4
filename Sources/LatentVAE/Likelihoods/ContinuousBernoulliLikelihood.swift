import Latent
import LatentData

/// Elements in 0...1 with the continuous Bernoulli distribution (Loaiza-Ganem & Cunningham 2019), whose logits the decoder
/// gives; nats. It is what makes of the binary cross-entropy of grey pixels a likelihood.
///
/// The density is exp(l x) / Z with Z = (exp(l) - 1) / l, and near l = 0 everything comes from series.
public struct ContinuousBernoulliLikelihood: Likelihood {
  public init() {}

  public var kind: LikelihoodKind { .continuousBernoulli }

  /// log Z - l x
  public func elementLosses(_ output: Variable, of x: Variable) -> Variable {
    let near = Near(output)
    // With h = l / 2: h + log(sinh(h) / h), by its series in h^2; the 20th power is 1e-17 of the first.
    let series =
      near.half + near.series(
        [
          1 / 6, -1 / 180, 1 / 2835, -1 / 37800, 1 / 467775, -691 / 3_831_077_250, 2 / 127_702_575,
          -3617 / 2_605_132_530_000,
          1.2504359176004997e-10, -1.1402575602296091e-11,
        ]) * near.half.squared()
    // max(l, 0) + log((1 - exp(-|l|)) / |l|)
    let size = near.farther.abs()
    let exact = near.farther.relu() + (-((-size).exp())).log1p() - size.log()
    return near.isNear.select(series, exact) - output * x
  }

  /// 1 / (1 - exp(-l)) - 1 / l
  public func mean(_ output: Variable) -> Variable {
    let near = Near(output)
    let series =
      near.half
      * near.series(
        [
          1 / 3, -1 / 45, 2 / 945, -1 / 4725, 2 / 93555, -1382 / 638_512_875, 4 / 18_243_225, -2.2214608789979678e-08,
          2.2507846516808994e-09, -2.2805151204592183e-10,
        ])
    let half = 0.5 * near.farther
    return 0.5 + 0.5 * near.isNear.select(series, 1 / half.tanh() - 1 / half)
  }

  public func sample(_ output: Tensor, key: RandomKey, streams: [UInt64]) -> Tensor {
    let tape = Tape()
    let draws = uniforms(output.shape, key: key, streams: streams, element: output.element)
    return quantiles(tape.constant(output), at: tape.constant(draws))
  }

  public func quantile(_ output: Tensor, at probability: Double) -> Tensor {
    Quantile.check(probability)
    let tape = Tape()
    return quantiles(
      tape.constant(output), at: tape.constant(Tensor([probability], shape: [1], element: output.element)))
  }

  /// log(1 + p (exp(l) - 1)) / l for l < 0, where nothing is lost; what is above 0 is the mirror image.
  private func quantiles(_ output: Variable, at p: Variable) -> Tensor {
    let (isNegative, isZero) = (output .< 0, output .== 0)
    let mirrored = isNegative.select(p, 1 - p)
    let l = isZero.select(output - 1, -output.abs())
    let t = (0.5 * l).tanh()
    let found = (mirrored * (2 * t / (1 - t))).log1p() / l
    let low = isZero.select(mirrored, found)
    return isNegative.select(low, 1 - low).clipped(to: 0...1).tensor
  }

  /// Logits near 0 and others, each with harmless numbers in place of the other.
  private struct Near {
    let isNear: Variable
    /// l / 2, or 0 where it is not near.
    let half: Variable
    /// l, or 1 where it is near.
    let farther: Variable

    init(_ l: Variable) {
      let (zero, one) = (l.constant(0), l.constant(1))
      let isNear = l.abs() .< one
      self.isNear = isNear
      half = isNear.select(0.5 * l, zero)
      farther = isNear.select(one, l)
    }

    /// The sum of c_i h^2i.
    func series(_ coefficients: [Double]) -> Variable {
      let square = half.squared()
      let last = coefficients.count - 1
      return coefficients[..<(last - 1)].reversed().reduce(coefficients[last] * square + coefficients[last - 1]) {
        $0 * square + $1
      }
    }
  }
}

extension LikelihoodKind {
  /// ``ContinuousBernoulliLikelihood``
  public static let continuousBernoulli = LikelihoodKind(
    "continuous-bernoulli", title: "continuous Bernoulli", formula: "CE - the log of the normalising constant",
    support: .unitInterval, link: .continuousBernoulli
  ) { _, _ in ContinuousBernoulliLikelihood() }
}
