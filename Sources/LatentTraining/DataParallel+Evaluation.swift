import Latent
import LatentData
import LatentFiles
import Synchronization

extension DataParallel {
  /// The examples' summed losses, without gradients.
  func losses<M: Module, D: TrainingData>(
    of model: M, on data: D, batchSize: Int, noiseKey: RandomKey, step: Int, element: ElementType, loss: Loss<M, D>
  ) -> LossSums {
    let pass = EvaluationPass(model: model, data: data, noiseKey: noiseKey, step: step, element: element)
    // As large as a shard, so that what a pass needs stays in the caches; all in one run, without barriers between.
    let size = max(batchSize / shards, DataParallel.evaluationSize(elements: data.elementsPerExample))
    let pieces = stride(from: 0, to: data.count, by: size).map { $0..<min($0 + size, data.count) }
    // Most losses are means over examples, and any pieces will do. One that asks for a batch's mean has batches.
    return losses(pass, of: pieces, loss) ?? losses(pass, ofBatches: batchSize, loss)
  }

  /// The sum over pieces, each on a tape of its own; nil where the loss asks for something of a whole batch.
  private func losses<M: Module, D: TrainingData>(
    _ pass: EvaluationPass<M, D>, of pieces: [Range<Int>], _ loss: Loss<M, D>
  ) -> LossSums? {
    let results = ShardResults(count: pieces.count)
    let asked = Flag()
    pool.run(tasks: pieces.count, as: "validation") { [workspaces, packs] task, worker in
      if asked.isSet { return }
      let alone: ShardExchange = { finding, _ in
        asked.set()
        return [finding]
      }
      results[task] = (pass.losses(Array(pieces[task])[...], workspaces[worker], packs, alone, loss), nil)
    }
    packs.removeAll()
    return asked.isSet ? nil : results.sum()
  }

  /// The sum over batches, each cut into shards as in training.
  private func losses<M: Module, D: TrainingData>(
    _ pass: EvaluationPass<M, D>, ofBatches batchSize: Int, _ loss: Loss<M, D>
  ) -> LossSums {
    var sums = LossSums()
    // Some at a time: a shard that waits for others keeps a thread.
    let group = batchSize * max(1, DataParallel.mostWaiting / shards)
    for start in stride(from: 0, to: pass.data.count, by: group) {
      let batches = stride(from: start, to: min(start + group, pass.data.count), by: batchSize).flatMap {
        shardsOfBatch(Array($0..<min($0 + batchSize, pass.data.count)))
      }
      let results = ShardResults(count: batches.count)
      pool.runMeeting(tasks: batches.count, as: "validation") { [workspaces, packs] task, worker in
        let (shard, indices, meeting) = batches[task]
        let sums = pass.losses(indices, workspaces[shard], packs, meeting?.exchange(shard, worker), loss)
        meeting?.leave()
        results[task] = (sums, nil)
      }
      sums.add(results.sum())
    }
    packs.removeAll()
    return sums
  }

  private static let mostWaiting = 64

  private func shardsOfBatch(_ indices: [Int]) -> [(shard: Int, indices: ArraySlice<Int>, meeting: ShardMeeting?)] {
    let parts = cut(indices[...], into: min(shards, indices.count))
    let meeting = ShardMeeting(shards: parts.count, of: pool)
    return parts.enumerated().map { ($0, $1, meeting) }
  }
}

/// What an evaluation does with some of its examples.
private struct EvaluationPass<M: Module, D: TrainingData>: Sendable {
  let model: M
  let data: D
  let noiseKey: RandomKey
  let step: Int
  let element: ElementType

  func losses(
    _ indices: ArraySlice<Int>, _ workspace: Workspace, _ packs: PackedWeights, _ exchange: ShardExchange?,
    _ loss: DataParallel.Loss<M, D>
  ) -> LossSums {
    let context = BatchContext(noiseKey: noiseKey, element: element, workspace: workspace)
    let batch = data.batch(indices, in: context)
    var pass = Pass(step: step, key: noiseKey, examples: indices.map(UInt64.init))
    pass.exchange = exchange
    return LossSums(loss(model, batch, Tape(workspace: workspace, packs: packs, pass: pass)), examples: indices.count)
  }
}

/// A yes that any thread may say.
private final class Flag: Sendable {
  private let value = Atomic<Bool>(false)
  var isSet: Bool { value.load(ordering: .relaxed) }
  func set() { value.store(true, ordering: .relaxed) }
}
