import Latent

/// Independent Bernoulli elements, whose logits the decoder gives: binary cross-entropy, nats. Of grey pixels in 0...1 it is
/// the cross-entropy, which is no likelihood but what is usually reported.
public struct BernoulliLikelihood: Likelihood {
  public init() {}

  public var kind: LikelihoodKind { .bernoulli }

  /// log(1 + exp(l)) - l x
  public func elementLosses(_ output: Variable, of x: Variable) -> Variable {
    let losses = output.softplus() - output * x
    if losses.tensor.storage.isFinite() || !output.tensor.values.contains(where: \.isInfinite) { return losses }
    // An infinite logit gives inf - inf. As x log(1 + exp(-l)) + (1 - x) log(1 + exp(l)), without the part that is 0 times
    // something, it counts 0 where the pixel agrees and infinity where not.
    let (one, zero) = ((-output).softplus(), output.softplus())
    return x.select((1 - x).select(x * one + (1 - x) * zero, one), zero)
  }

  public func negativeLogLikelihood(_ output: Variable, of x: Tensor) -> Variable {
    binaryCrossEntropy(logits: output, targets: x)
  }

  /// 1 as probable as the mean.
  public func sample(_ output: Tensor, key: RandomKey, streams: [UInt64]) -> Tensor {
    let mean = mean(Tape().constant(output)).tensor
    let draws = uniforms(mean.shape, key: key, streams: streams, element: mean.element)
    draws.storage.assign(.less, draws.storage, mean.storage)
    return draws
  }

  /// 0 where that is at least so probable, else 1.
  public func quantile(_ output: Tensor, at probability: Double) -> Tensor {
    let mean = mean(Tape().constant(output)).tensor
    mean.storage.assign(.less, 1 - probability, mean.storage)
    return mean
  }
}

extension LikelihoodKind {
  /// ``BernoulliLikelihood``
  public static let bernoulli = LikelihoodKind(
    "bce", title: "binary cross-entropy", formula: "CE", support: .binary, link: .sigmoid
  ) { _, _ in BernoulliLikelihood() }
}
