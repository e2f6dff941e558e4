import Latent

extension VariationalAutoencoder {
  /// The importance-weighted bound of K samples (Burda, Grosse & Salakhutdinov 2016), negative, in nats per example:
  ///
  ///     -log 1/K sum_k w_k,   w_k = p(x|z_k) p(z_k) / q(z_k|x),   z_k = mean + exp(logVariance / 2) noise_k
  ///     log p(z) - log q(z|x) = sum (logVariance + noise^2 - z^2) / 2 over the Z dimensions
  ///
  /// - Parameters:
  ///   - x: [B, T, D]
  ///   - observed: of its shape; nil where all is known
  ///   - mean: [B, Z]
  ///   - logVariance: [B, Z]
  ///   - noise: [B, K Z]
  func importanceWeightedLoss(
    _ x: Tensor, observed: Tensor?, mean: Variable, logVariance: Variable, noise: Tensor, condition: Variable?
  ) -> LossTerms {
    let tape = mean.tape
    let (batch, latent, samples) = (mean.shape[0], encoder.latentSize, objective.samples)
    let stack = [batch, samples, latent]
    let (z, priorRatio) = tape.scoped("sampling") { () -> (Variable, Variable) in
      let noise = tape.constant(noise.reshaped(to: stack))
      let logVariances = logVariance.expanded(at: 1)
      let z = mean.expanded(at: 1) + (0.5 * logVariances).exp() * noise
      return (z, 0.5 * (logVariances + noise.squared() - z.squared()).sum(axes: [-1]))
    }
    let repeated = condition.map { $0.expanded(at: 1).broadcast(to: [batch, samples, classes]) }
    let input = joined(z, repeated)
    let output = decoder(input.reshaped(to: [batch * samples, input.shape[2]]))
    return tape.scoped("loss") {
      let output = output.reshaped(to: [batch, samples, output.shape[1]])
      let elements = [batch, 1, x.count / batch]
      let examples = tape.constant(x.reshaped(to: elements))
      let reconstructions =
        observed.map { likelihood.negativeLogLikelihoods(output, of: examples, observed: $0.reshaped(to: elements)) }
        ?? likelihood.negativeLogLikelihoods(output, of: examples)
      let logWeights = priorRatio - reconstructions  // [B, K]
      let count = tape.constant(Tensor([Double(samples)], shape: [], element: x.element))
      let bound = logWeights.logSumExp(axes: [1]) - count.log()
      return LossTerms(
        total: -bound.mean(),
        parts: [
          ("reconstruction", reconstructions.mean()),
          ("kl", standardNormalDivergence(mean: mean, logVariance: logVariance)),
        ])
    }
  }
}
