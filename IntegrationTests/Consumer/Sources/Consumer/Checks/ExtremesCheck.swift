import Latent
import LatentData
import LatentTraining

/// What a function of one's own makes of examples, batch by batch, as two processes would share them.
func checkExtremes() {
  let values = numbers(33, seed: 5)
  let data = TensorDataset(Tensor(values, shape: [11, 3], element: .float64))
  let expected = stride(from: 0, to: 33, by: 12).map { Extremes(of: Array(values[$0..<min($0 + 12, 33)])) }
  let alone = DataParallel(threads: 2, shards: 1).map(data, batchSize: 4, in: BatchContext(element: .float64)) {
    Extremes(of: $0[0].values)
  }
  check(alone == expected, "a result of one's own")

  // A batch that two processes compute both: what comes is what was written.
  let both = DataParallel(threads: 2, shards: 1, sum: Twins()).map(
    data, batchSize: 11, in: BatchContext(element: .float64)
  ) {
    Extremes(of: $0[0].values)
  }
  check(both == [Extremes(of: values)], "a result of one's own that has travelled")
}

/// The first of two processes which compute the same.
private struct Twins: GradientSum {
  var processes: Int { 2 }

  func add(_ gradients: ShardGradients, on pool: WorkerPool) {}

  func gather(_ found: [[UInt8]], over cut: ShardCut) -> [[UInt8]] { found }
}
