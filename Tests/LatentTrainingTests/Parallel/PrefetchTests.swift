import Latent
import LatentData
import LatentTraining
import Testing

/// Data hear of a batch before they are asked for it.
@Suite struct PrefetchTests {
  /// Whatever is asked of it, in order; each list is a shard's examples.
  private struct Recorder: TrainingData {
    let count: Int
    let asked = Locked<[[Int]]>([])
    let announced = Locked<[[Int]]>([])

    func batch(_ indices: ArraySlice<Int>, in context: BatchContext) -> Tensor {
      asked.withLock { $0.append(Array(indices)) }
      return Tensor([Double](repeating: 1, count: indices.count * 2), shape: [indices.count, 2])
    }
    func prefetch(_ indices: ArraySlice<Int>) { announced.withLock { $0.append(Array(indices)) } }
  }

  /// Five batches an epoch, the last one smaller: all of an epoch but its first batch are announced, the shards that follow.
  @Test func everyBatchButTheFirstIsAnnounced() throws {
    let data = Recorder(count: 36)
    var model = Dense(inputSize: 2, outputSize: 1, key: RandomKey(seed: 1))
    var trainer = Trainer(optimizer: Adam(), batchSize: 8, threads: 1, shards: 2)
    _ = try trainer.fit(&model, to: data, epochs: 2) { layer, batch, tape in
      LossTerms(total: layer(tape.constant(batch)).squared().sum(axes: [1]).mean())
    }
    let (asked, announced) = (data.asked.withLock { $0 }, data.announced.withLock { $0 })
    #expect(asked.count == 20 && Set(asked.prefix(10).joined()) == Set(0..<36))
    #expect(announced == Array(asked[2..<10]) + Array(asked[12..<20]))
  }
}
