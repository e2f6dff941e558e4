import Latent

/// What an ``Objective`` sees of one pass over examples: what the encoder has made of them, and ways to the decoder and the
/// likelihood.
public struct LatentPass {
  /// The examples, [B, ...].
  public let x: Tensor
  /// 1 where an element of x is known and 0 where it is missing, of its shape; nil where all are known.
  public let observed: Tensor?
  /// The mean of q(z|x), [B, Z].
  public let mean: Variable
  /// The log-variance of q(z|x), [B, Z].
  public let logVariance: Variable
  /// Standard normal numbers, [B, K Z] with the objective's K.
  public let noise: Tensor
  let likelihood: any Likelihood
  /// What a conditional model knows of the examples, [B, C].
  let condition: Variable?
  let decoder: any Decoder

  /// Where everything is recorded.
  public var tape: Tape { mean.tape }

  /// KL(q(z|x) || N(0, I)), averaged over the examples: one number, nats.
  public func divergence() -> Variable { standardNormalDivergence(mean: mean, logVariance: logVariance) }

  /// KL of each latent dimension, averaged over the whole batch, of which a shard's tape has a part: [Z], nats.
  ///
  ///     (m^2 + exp(v) - v - 1) / 2
  public func divergences() -> Variable {
    0.5 * (mean.squared() + logVariance.exp() - logVariance - 1).batchMean()
  }

  /// A point of q(z|x) for each example: mean + exp(logVariance / 2) noise, [B, Z].
  public func sample() -> Variable {
    tape.scoped("sampling") { gaussianSample(mean: mean, logVariance: logVariance, noise: noise) }
  }

  /// -log p(x|z) of what is known of x, averaged over the examples: z [B, Z] -> one number.
  public func reconstruction(from z: Variable) -> Variable {
    let output = decoded(z, condition)
    let size = [x.shape[0], elements]
    guard let observed else { return likelihood.negativeLogLikelihood(output, of: x.reshaped(to: size)) }
    return likelihood.negativeLogLikelihoods(
      output, of: tape.constant(x.reshaped(to: size)), observed: observed.reshaped(to: size)
    ).mean()
  }

  /// -log p(x|z) of what is known of each example and each of its points: z [B, K, Z] -> [B, K].
  public func reconstructions(from z: Variable) -> Variable {
    let (count, samples) = (z.shape[0], z.shape[1])
    let repeated = condition.map { $0.expanded(at: 1).broadcast(to: [count, samples, $0.shape[1]]) }
    let (output, size) = (decoded(z, repeated), [count, 1, elements])
    let outputs = output.reshaped(to: [count, samples, output.shape[1]])
    let examples = tape.constant(x.reshaped(to: size))
    return observed.map { likelihood.negativeLogLikelihoods(outputs, of: examples, observed: $0.reshaped(to: size)) }
      ?? likelihood.negativeLogLikelihoods(outputs, of: examples)
  }

  /// P, the numbers of an example.
  private var elements: Int { x.count / max(x.shape[0], 1) }

  /// z [..., Z] and the condition [..., C] -> [N, P k]
  private func decoded(_ z: Variable, _ condition: Variable?) -> Variable {
    tape.scoped(nil) {
      let input = condition.map { Variable.concatenated([z, $0], axis: -1) } ?? z
      let size = input.shape[input.shape.count - 1]
      let points = input.shape.count == 2 ? input : input.reshaped(to: [input.tensor.count / max(size, 1), size])
      return decoder(points, of: tape.constant(x))
    }
  }
}
