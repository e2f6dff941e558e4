import LatentTraining

/// What of an epoch's training is whose.
struct RankShare {
  /// Examples of an epoch, and of a batch; the last batch has what is left.
  let examples: Int, batchSize: Int
  /// Parts that a batch is cut into.
  let shards: Int
  let processes: Int

  /// The shards that a process computes of a whole batch.
  func shards(of process: Int) -> Int { ShardCut(shards: min(shards, batchSize), processes: processes)[process].count }

  /// The examples of an epoch that it computes.
  func examples(of process: Int) -> Int {
    let whole = examples / batchSize
    return whole * images(of: batchSize, process) + images(of: examples % batchSize, process)
  }

  private func images(of batch: Int, _ process: Int) -> Int {
    guard batch > 0 else { return 0 }
    let parts = min(shards, batch)
    let own = ShardCut(shards: parts, processes: processes)[process]
    return own.upperBound * batch / parts - own.lowerBound * batch / parts
  }
}
