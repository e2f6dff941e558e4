import Latent
import LatentData

/// What a model says of each element of some examples.
public struct ElementJudgement {
  /// -log p(x|z) of each element, averaged over the latent points: [B, P]. Of a missing one it says nothing.
  public let losses: Tensor
  /// The mean of p(x|z) at the mean of q(z|x), in the examples' numbers: [B, P]
  public let expected: Tensor
  /// What an element lies in with the probability that was asked for: [B, P] each
  public let interval: (low: Tensor, high: Tensor)
  /// KL(q(z|x) || N(0, I)) of each example: [B], nats
  public let divergences: Tensor
}

extension VariationalAutoencoder {
  /// What the model says of each element of examples.
  ///
  /// - Parameters:
  ///   - noise: standard normal numbers for the latent points that losses are averaged over, the same for all examples, so that
  ///     what is said of one does not depend on the others: [K, Z]; nil for the mean of q(z|x) alone
  ///   - probability: that of the interval
  ///   - workspace: memory for what is computed; nil takes it from the system
  ///   - packs: packed weights to share between calls that use the same weights
  public func judge(
    _ batch: ExampleBatch, noise: Tensor?, probability: Double, workspace: Workspace? = nil,
    packs: PackedWeights? = nil
  ) -> ElementJudgement {
    checkLengths(batch)
    let tape = Tape(workspace: workspace, packs: packs)
    let (count, elements) = (batch.count, batch.values.count / max(batch.count, 1))
    let condition = condition(batch.labels, count: count, tape)
    let known = tape.constant(batch.observed.map { self.known(batch.values, $0) } ?? batch.values)
    let (mean, logVariance) = encoder(known, observed: batch.observed.map(tape.constant), condition: condition)
    let x = known.reshaped(to: [count, elements])
    let center = decoder(joined(mean, condition), of: known)
    let divergences = 0.5 * (mean.squared() + logVariance.exp() - logVariance - 1).sum(axes: [-1])

    var losses = likelihood.elementLosses(center, of: x)
    if let noise {
      require(
        noise.shape.last == encoder.latentSize,
        "judge: noise \(noise.shape), \(encoder.latentSize) dimensions"
          + "; its last axis must have as many")
      let (points, size) = (noise.shape[0], encoder.latentSize)
      let spread = (0.5 * logVariance).exp().expanded(at: 1)
      let z = mean.expanded(at: 1) + spread * tape.constant(noise.reshaped(to: [1, points, size]))
      let conditions = condition.map { $0.expanded(at: 1).broadcast(to: [count, points, $0.shape[1]]) }
      let input = joined(z, conditions)
      let width = input.shape[2]
      let output = decoder(input.reshaped(to: [count * points, width]), of: known)
      let outputs = output.reshaped(to: [count, points, output.shape[1]])
      losses = likelihood.elementLosses(outputs, of: x.expanded(at: 1)).mean(axes: [1])
    }
    return ElementJudgement(
      losses: losses.tensor.reshaped(to: [count, elements]),
      expected: likelihood.mean(center).tensor, interval: likelihood.interval(center.tensor, probability: probability),
      divergences: divergences.tensor)
  }
}
