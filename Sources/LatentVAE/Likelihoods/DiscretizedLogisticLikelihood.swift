import Latent
import LatentData

/// Bytes, read as 0, 1/255, ... 1, each with a mixture of K logistic distributions that is rounded to bytes (Salimans et al.
/// 2017, PixelCNN++); nats, so that bits for each pixel and channel can be compared with other models of bytes.
///
/// The decoder gives 3K numbers for an element: logits of the K shares, then the K means m, then K numbers v. Means are on
/// the paper's scale, -1...1 from black to white, so that a decoder begins with grey. The scale of a logistic is
/// exp(v) + exp(-7), where the paper cuts v off at -7 (``shareAtBound(_:)``). Channels of a pixel are independent given z,
/// and not conditioned on each other as in the paper.
public struct DiscretizedLogisticLikelihood: Likelihood {
  /// K
  public let mixtures: Int

  /// The least scale that there is: exp(-7), about an eighth of the distance between two bytes.
  public static let leastScale = 0.0009118819655545162

  public init(mixtures: Int = 5) {
    require(mixtures > 0, "DiscretizedLogisticLikelihood: \(mixtures) mixtures; at least one is needed")
    self.mixtures = mixtures
  }

  public var kind: LikelihoodKind { .discretizedLogistic(mixtures: mixtures) }

  /// [..., P 3K] -> shares' logits, means and log-scales, [..., P, K] each
  private func parts(_ output: Variable) -> (logits: Variable, means: Variable, logScales: Variable) {
    let (leading, last) = (Array(output.shape.dropLast()), output.shape[output.shape.count - 1])
    let parts = output.reshaped(to: leading + [last / (3 * mixtures), 3 * mixtures])
      .split([mixtures, mixtures, mixtures], axis: -1)
    return (parts[0], parts[1], LearnedSpread(nil, least: Self.leastScale, element: .float64).bounded(parts[2]))
  }

  /// With a and b the upper and lower end of x's interval, less the mean and over the scale, a component's probability is
  /// sigmoid(a) - sigmoid(b) = sigmoid(a) sigmoid(-b) (1 - exp(b - a)), of which nothing cancels: the intervals of black and
  /// white have no lower and no upper end. With t = tanh((a - b) / 2) the last factor is 2 t / (1 + t).
  public func elementLosses(_ output: Variable, of x: Variable) -> Variable {
    let (logits, means, logScales) = parts(output)
    let (x, inverse, zero) = (x.expanded(at: -1), (-logScales).exp(), output.constant(0))
    let distance = 2 * x - 1 - means
    let (upper, lower) = ((distance + 1 / 255.0) * inverse, (distance - 1 / 255.0) * inverse)
    let (hasUpper, hasLower) = (x .< 1 - 0.5 / 255, x .> 0.5 / 255)
    let t = ((1 / 255.0) * inverse).tanh()
    let within = (2 * t / (1 + t)).log()
    let log =
      (hasUpper * hasLower).select(within, zero) - hasUpper.select((-upper).softplus(), zero)
      - hasLower.select(lower.softplus(), zero)
    return logits.logSumExp(axes: [-1]) - (logits + log).logSumExp(axes: [-1])
  }

  /// Of the mixture before it is rounded, brought into 0...1.
  public func mean(_ output: Variable) -> Variable {
    let (logits, means, _) = parts(output)
    return (0.5 * (logits.softmax() * means).sum(axes: [-1]) + 0.5).clipped(to: 0...1)
  }

  public func sample(_ output: Tensor, key: RandomKey, streams: [UInt64]) -> Tensor {
    let tape = Tape()
    let shape = output.shape.dropLast() + [output.shape[output.shape.count - 1] / (3 * mixtures)]
    let draws = uniforms(Array(shape), key: key, streams: streams, element: output.element)
    return firstByte(beyond: tape.constant(draws), tape.constant(output))
  }

  public func quantile(_ output: Tensor, at probability: Double) -> Tensor {
    Quantile.check(probability)
    let tape = Tape()
    return firstByte(
      beyond: tape.constant(Tensor([probability], shape: [1], element: output.element)), tape.constant(output))
  }

  /// The first byte that, with those below, has a probability of no less, found bit by bit.
  private func firstByte(beyond probability: Variable, _ output: Variable) -> Tensor {
    let (logits, means, logScales) = parts(output)
    let (shares, inverse) = (logits.softmax(), (-logScales).exp())
    var byte = 0 * means.sum(axes: [-1])
    for bit in [128.0, 64, 32, 16, 8, 4, 2, 1] {
      // All bytes below byte + bit.
      let end = (2 / 255.0) * (byte + (bit - 0.5)) - 1
      let below = (shares * ((end.expanded(at: -1) - means) * inverse).sigmoid()).sum(axes: [-1])
      byte = byte + bit * (below .< probability)
    }
    return ((1 / 255.0) * byte).tensor
  }

  public func shareAtBound(_ output: Tensor) -> Double? {
    let bounded = parts(Tape().constant(output)).logScales
    let limit = Quantile.number(.log, 2 * Self.leastScale)
    return (bounded .<= limit).mean().scalar
  }
}

extension LikelihoodKind {
  /// ``DiscretizedLogisticLikelihood``; in options and files `discretized-logistic-5`, with the number of mixtures.
  public static func discretizedLogistic(mixtures: Int) -> LikelihoodKind {
    LikelihoodKind(
      "discretized-logistic-\(mixtures)", title: "mixture of \(mixtures) discretized logistics",
      formula: "-log of the mixture's probability of a byte, summed over P,", support: .bytes,
      numbersPerElement: 3 * mixtures, link: .logisticMixture
    ) { _, _ in DiscretizedLogisticLikelihood(mixtures: mixtures) }
  }
}
