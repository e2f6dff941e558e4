import Latent
import LatentTraining
import Synchronization

/// Adds the shards' gradients one after the other, the last one first, and keeps what it adds.
final class LastFirst: GradientSum {
  /// The gradients of each sum's shards, in their order.
  let added = Mutex<[[[Double]]]>([])

  func add(_ gradients: ShardGradients, on pool: WorkerPool) {
    added.withLock { $0.append(gradients.own.map { gradients[$0].doubles() }) }
    gradients.add((1..<max(gradients.cut.shards, 1)).reversed().map { (into: 0, from: $0) }, on: pool)
  }
}
