import LatentKernels

// A batch may be cut into shards, each on a tape of its own, whose losses and gradients are averaged afterwards. For a mean
// over examples that comes to the same. For a function of a batch's mean that is not linear, such as max(mean, 1), it does
// not: what goes into the function must be the mean over the whole batch, which only the shards together know.

extension Variable {
  /// The mean over all examples of the batch, those of its other shards too: x [B, ...] -> [...].
  ///
  /// Take it wherever a loss is a function of the batch's mean that is not linear. Where a tape has the whole batch it is
  /// `mean(axes: [0])`. Every shard must compute it, in the same order.
  ///
  ///     d/dx = upstream / B, B being the examples of all shards
  public func batchMean() -> Variable {
    require((shape.first ?? 0) > 0, of: [self], "batchMean: \(shape) is not [B, ...] with examples in it")
    return mean(axes: [0]).averagedOverShards(examples: shape[0])
  }

  /// The mean over a batch, of its mean over this tape's examples: x [...] -> [...].
  ///
  /// - Parameter examples: those that x is the mean of
  package func averagedOverShards(examples: Int) -> Variable {
    guard let round = tape.exchange(tensor.storage, count: examples, as: "batchMean", of: [self]) else { return self }
    let mean = tape.makeTensor(like: tensor)
    round.all.assignMean(to: mean.storage)
    let share = Double(examples) / Double(round.all.examples)
    return tape.record("batchMean", self, output: mean) { backward in
      // Each shard's part of the loss depends on the mean, and the mean on each shard's x.
      let upstreams = round.exchange(backward.upstream.storage, backward)
      backward.accumulate(0) { gradient in
        upstreams.assignSum(to: gradient)
        gradient.assign(gradient, times: share)
      }
    }.ruled([{ share * $0.addedUpOverShards() }])
  }

  /// The sum over all shards of what each has, which every shard gets: so it is for its gradients too.
  private func addedUpOverShards() -> Variable {
    guard let round = tape.exchange(tensor.storage, count: 1, as: "batchMean", of: [self]) else { return self }
    let sum = tape.makeTensor(like: tensor)
    round.all.assignSum(to: sum.storage)
    return tape.record("batchMean", self, output: sum) { backward in
      let upstreams = round.exchange(backward.upstream.storage, backward)
      backward.accumulate(0) { upstreams.assignSum(to: $0) }
    }.ruled([{ $0.addedUpOverShards() }])
  }
}
