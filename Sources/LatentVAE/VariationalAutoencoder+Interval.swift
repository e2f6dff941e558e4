import Latent

extension VariationalAutoencoder {
  /// What elements lie in with a probability, given latent points: z [B, Z] -> two tensors [B, T D], so much below and as much
  /// above.
  ///
  /// - Parameters:
  ///   - labels: as of ``decode(_:labels:)``
  ///   - probability: between 0 and 1, such as 0.9
  public func interval(
    _ z: Tensor, labels: [UInt8]? = nil, probability: Double
  ) -> (low: Tensor, high: Tensor) {
    require(probability > 0 && probability < 1, "VariationalAutoencoder.interval: a probability of \(probability)")
    let tape = Tape()
    let condition = condition(labels, count: z.shape[0], tape)
    let output = decoder(joined(tape.constant(z), condition)).tensor
    return (
      likelihood.quantile(output, at: (1 - probability) / 2), likelihood.quantile(output, at: (1 + probability) / 2)
    )
  }
}
