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
    // As large as a shard, so that what a pass needs stays in the caches; all in one run, without barriers between. Of few
    // examples as many pieces as a batch has shards, so that all threads have some.
    let size = min(
      max(batchSize / shards, DataParallel.evaluationSize(elements: data.elementsPerExample)),
      max(1, (data.count + shards - 1) / shards))
    let pieces = stride(from: 0, to: data.count, by: size).map { $0..<min($0 + size, data.count) }
    // Most losses are means over examples, and any pieces will do. One that asks for a batch's mean has batches.
    return losses(pass, of: pieces, loss) ?? losses(pass, ofBatches: batchSize, loss)
  }

  /// The sum over pieces, each on a tape of its own; nil where the loss asks for something of a whole batch.
  private func losses<M: Module, D: TrainingData>(
    _ pass: EvaluationPass<M, D>, of pieces: [Range<Int>], _ loss: Loss<M, D>
  ) -> LossSums? {
    guard !pieces.isEmpty else { return LossSums() }
    let cut = ShardCut(shards: pieces.count, processes: sum.processes)
    let own = cut[sum.process]
    let results = ShardResults(count: own.count)
    let asked = Flag()
    pool.run(tasks: own.count, as: "validation") { [workspaces, packs] task, worker in
      if asked.isSet { return }
      let alone: ShardExchange = { finding, _ in
        asked.set()
        return [finding]
      }
      let indices = Array(pieces[own.lowerBound + task])[...]
      let sums = pass.losses(indices, workspaces[worker], packs, alone, loss)
      results[task] = ShardResult(sums: sums, asksForBatch: asked.isSet)
    }
    packs.removeAll()
    let all = sum.gather(results.all, over: cut, pool.profiler?.lane(0))
    return all.contains(where: \.asksForBatch) ? nil : all.sum()
  }

  /// The sum over batches, each cut into shards as in training.
  private func losses<M: Module, D: TrainingData>(
    _ pass: EvaluationPass<M, D>, ofBatches batchSize: Int, _ loss: Loss<M, D>
  ) -> LossSums {
    var sums = LossSums()
    // Some at a time: a shard that waits for others keeps a thread. Processes exchange what is of one batch at a time.
    let group = sum.processes > 1 ? batchSize : batchSize * max(1, DataParallel.mostWaiting / shards)
    for start in stride(from: 0, to: pass.data.count, by: group) {
      let batches = stride(from: start, to: min(start + group, pass.data.count), by: batchSize).map {
        EvaluationBatch($0..<min($0 + batchSize, pass.data.count), on: self)
      }
      let tasks = batches.flatMap { batch in batch.own.indices.map { (batch, shard: $0) } }
      let results = ShardResults(count: tasks.count)
      pool.runMeeting(tasks: tasks.count, as: "validation") { [workspaces, packs] task, worker in
        let (batch, shard) = tasks[task]
        let exchange = batch.meeting?.exchange(shard, worker)
        let sums = pass.losses(batch.own[shard], workspaces[shard], packs, exchange, loss)
        batch.meeting?.leave()
        results[task] = ShardResult(sums: sums)
      }
      let all =
        sum.processes > 1 ? sum.gather(results.all, over: batches[0].cut, pool.profiler?.lane(0)) : results.all
      sums.add(all.sum())
    }
    packs.removeAll()
    return sums
  }

  private static let mostWaiting = 64
}

/// A batch of an evaluation, cut into shards as in training.
private struct EvaluationBatch: Sendable {
  let cut: ShardCut
  /// The examples of each of this process's shards.
  let own: [ArraySlice<Int>]
  let meeting: ShardMeeting?

  init(_ examples: Range<Int>, on parallel: DataParallel) {
    let parts = parallel.cut(Array(examples)[...], into: min(parallel.shards, examples.count))
    cut = ShardCut(shards: parts.count, processes: parallel.sum.processes)
    own = cut[parallel.sum.process].map { parts[$0] }
    meeting = ShardMeeting(cut, over: parallel.sum, of: parallel.pool)
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
