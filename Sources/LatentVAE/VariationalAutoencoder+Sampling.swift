import Latent

extension VariationalAutoencoder {
  /// Examples drawn from p(x | z): z [B, Z] -> [B, T D]. A decoder that reads what it has made reads what was drawn.
  ///
  /// - Parameters:
  ///   - temperature: what logits are divided by, where the likelihood has such: below 1 what is probable becomes more so,
  ///     and at 0 each element is the most probable one. Of other likelihoods it is 1, or 0 for their means.
  ///   - streams: which randomness of the key each example gets: [B]
  public func sample(
    _ z: Tensor, labels: [UInt8]? = nil, temperature: Double = 1, key: RandomKey, streams: [UInt64]
  ) -> Tensor {
    require(
      temperature >= 0 && (temperature == 0 || temperature == 1 || likelihood.kind.hasLogits),
      "VariationalAutoencoder.sample: a temperature of \(temperature) for \(likelihood.kind.title)"
        + "; it must be 0 or 1, or positive where the likelihood has logits")
    require(
      streams.count == z.shape[0],
      "VariationalAutoencoder.sample: \(streams.count) streams, z \(z.shape)"
        + "; there must be one for each row")
    if temperature == 0 { return decode(z, labels: labels) }
    let tape = Tape()
    func draw(_ numbers: Variable, _ key: RandomKey) -> Variable {
      let numbers = temperature == 1 ? numbers : numbers * (1 / temperature)
      return tape.constant(likelihood.sample(numbers.tensor, key: key, streams: streams))
    }
    let z = joined(tape.constant(z), condition(labels, count: z.shape[0], tape))
    guard decoder.readsExamples else { return draw(decoder(z), key).tensor }
    var steps: [Variable] = []
    _ = decoder(z) { numbers, step in
      steps.append(draw(numbers, key.child(UInt64(step))))
      return steps[step]
    }
    return Variable.concatenated(steps, axis: 1).tensor
  }
}

extension LikelihoodKind {
  /// Whether the decoder's numbers are logits of classes, or of 1: a temperature divides them.
  public var hasLogits: Bool {
    switch support {
    case .classes, .binary: true
    case .real, .unitInterval, .counts, .bytes: false
    }
  }
}
