import Latent
import LatentData

/// Data-parallel evaluation of a model: a batch is cut into shards, each worker runs the whole forward and backward pass
/// of a shard, and the shards' gradients are added in a fixed order.
///
/// The number of shards decides how the batch is cut and so the last bits of the results; the number of threads does
/// not. There is no barrier inside a pass, and after the first step no allocation. A loop of your own is as fast as the
/// trainer's:
///
///     let parallel = DataParallel(batchSize: 256)
///     for batch in data.batches(of: 256, key: RandomKey(seed: 0)) {
///       let (losses, gradients) = parallel.valueWithGradients(of: model, on: data, batch, step: optimizer.step) {
///         model, batch, tape in model.loss(batch, tape: tape)
///       }
///       optimizer.update(&model, along: gradients, pool: parallel.pool)
///     }
public final class DataParallel: Sendable {
  /// The workers.
  public let pool: WorkerPool
  /// Parts that a batch is cut into; where nobody said how many, 8 at most until the first batch has shown what the model
  /// does (``defaultShards(batchSize:work:)``).
  public var shards: Int { partition.withLock(\.shards) }
  /// Adds up their gradients, and says which of them are this process's.
  public let sum: any GradientSum
  // One for each shard, whichever worker runs it: so the first step finds out what every later one needs.
  let workspaces: [Workspace]
  // Weights are packed once for all shards of a step.
  let packs: PackedWeights
  private let partition: Locked<Partition>
  /// Whether the number of shards follows from the model.
  let shardsFollowModel: Bool

  private struct Partition {
    var shards: Int
    var isSettled: Bool
    /// What the number of shards is at most: it began with it.
    let most: Int
  }

  /// What products of matrices multiply, in training and in evaluation.
  public var precision: Precision { packs.precision }

  /// - Parameters:
  ///   - threads: workers, at least 1
  ///   - shards: parts of a batch, at least 1
  ///   - precision: what products of matrices multiply
  ///   - sum: adds up their gradients, of other processes too
  public convenience init(threads: Int, shards: Int, precision: Precision = .full, sum: any GradientSum = TreeSum()) {
    self.init(threads: threads, shards: shards, precision: precision, isSettled: true, sum: sum)
  }

  private init(threads: Int, shards: Int, precision: Precision, isSettled: Bool, sum: any GradientSum) {
    require(threads >= 1 && shards >= 1, "DataParallel: \(threads) threads, \(shards) shards; at least 1 of each")
    require(
      (0..<sum.processes).contains(sum.process),
      "DataParallel: the sum is of process \(sum.process) of \(sum.processes)")
    BLAS.useOneThread()
    pool = WorkerPool(threads: threads)
    partition = Locked(Partition(shards: shards, isSettled: isSettled, most: shards))
    shardsFollowModel = !isSettled
    self.sum = sum
    packs = PackedWeights(precision: precision)
    workspaces = (0..<max(threads, shards)).map { _ in Workspace() }
  }

  /// With the default number of shards for batches of this size and the first model.
  ///
  /// - Parameters:
  ///   - threads: workers; as many as the process has cores where left out
  ///   - precision: what products of matrices multiply
  public convenience init(
    batchSize: Int, threads: Int? = nil, precision: Precision = .full, sum: any GradientSum = TreeSum()
  ) {
    self.init(
      threads: threads ?? Machine.cores, shards: DataParallel.defaultShards(batchSize: batchSize), precision: precision,
      isSettled: false,
      sum: sum)
  }

  /// Has the number of shards follow from the next model, where nobody said how many.
  ///
  /// - Parameter saved: the number with which training goes on
  func unsettle(saved: Int?) {
    guard shardsFollowModel else { return }
    partition.withLock { partition in
      let known = saved.flatMap { (1...partition.most).contains($0) ? $0 : nil }
      (partition.shards, partition.isSettled) = (known ?? partition.most, known != nil)
    }
  }

  /// Chooses the number of shards for a model, where nobody said how many and no model did before.
  ///
  /// - Parameter batchSize: examples in a batch
  func settle<M: Module, D: TrainingData>(
    batchSize: Int, of model: M, on data: D, layout: ParameterLayout, loss: Loss<M, D>
  ) {
    guard !partition.withLock(\.isSettled) else { return }
    let shards = DataParallel.defaultShards(batchSize: batchSize, of: model, on: data, layout: layout, loss)
    partition.withLock { ($0.shards, $0.isSettled) = (min($0.most, shards), true) }
  }

  /// All bytes that the workspaces have asked the system for.
  public var workspaceBytes: Int { workspaces.reduce(packs.allocatedBytes) { $0 + $1.allocatedBytes } }

  /// What is minimised, as a function of the model.
  public typealias Loss<M, D: TrainingData> = @Sendable (M, D.Batch, Tape) -> LossTerms

  /// The mean losses of a batch's examples, and their gradient.
  ///
  /// - Parameters:
  ///   - indices: the batch
  ///   - step: steps that the optimizer has taken before
  ///   - noiseKey: of this epoch's randomness: noise, dropout, augmentation; a step has one of its own where it is left out
  ///   - layout: the model's layout, to save making it again in every step
  ///   - loss: averaged over its examples; called by all workers at the same time
  public func valueWithGradients<M: Module, D: TrainingData>(
    of model: M, on data: D, _ indices: ArraySlice<Int>, step: Int, noiseKey: RandomKey? = nil,
    layout: ParameterLayout? = nil, _ loss: Loss<M, D>
  ) -> (losses: Losses, gradients: Gradients) {
    let layout = layout ?? ParameterLayout(of: model)
    let noiseKey = noiseKey ?? RandomKey(seed: 0).child("step").child(UInt64(step))
    let (sums, gradients) = gradients(
      of: model, on: data, indices, noiseKey: noiseKey, step: step, layout: layout, loss: loss)
    return (sums.losses, gradients)
  }

  /// The mean losses of all examples, without gradients.
  ///
  /// - Parameters:
  ///   - batchSize: that of training; no result depends on it but what a loss makes of a batch's mean
  ///     (``Latent/Variable/batchMean()``)
  ///   - step: steps that the optimizer has taken before
  ///   - noiseKey: where randomness comes from
  public func evaluate<M: Module, D: TrainingData>(
    _ model: M, on data: D, batchSize: Int = 256, step: Int = 0, noiseKey: RandomKey = RandomKey(seed: 0),
    _ loss: Loss<M, D>
  ) -> Losses {
    let layout = ParameterLayout(of: model)
    return losses(
      of: model, on: data, batchSize: batchSize, noiseKey: noiseKey, step: step, element: layout.element, loss: loss
    ).losses
  }

  /// The summed losses of a batch's examples, and the gradient of their mean loss.
  ///
  /// - Parameters:
  ///   - total: the examples of the batch that these are a part of, whose mean the gradients are terms of; nil for all
  ///   - next: the batch that will follow
  func gradients<M: Module, D: TrainingData>(
    of model: M, on data: D, _ indices: ArraySlice<Int>, ofBatch total: Int? = nil,
    before next: ArraySlice<Int> = [], noiseKey: RandomKey, step: Int, layout: ParameterLayout,
    loss: Loss<M, D>
  ) -> (sums: LossSums, gradients: Gradients) {
    require(!indices.isEmpty, "DataParallel: a batch without examples")
    settle(batchSize: indices.count, of: model, on: data, layout: layout, loss: loss)
    let shards = shards
    let parts = cut(indices, into: min(shards, indices.count))
    let cut = ShardCut(shards: parts.count, processes: sum.processes)
    let own = cut[sum.process]
    let upcoming = next.isEmpty ? [] : self.cut(next, into: min(shards, next.count))
    let results = ShardResults(count: own.count)
    let profiler = pool.profiler
    let meeting = ShardMeeting(cut, over: sum, of: pool)
    pool.runMeeting(tasks: own.count) { [workspaces, packs] task, worker in
      let part = parts[own.lowerBound + task]
      let lane = profiler?.lane(worker)
      let workspace = workspaces[task]
      let context = BatchContext(noiseKey: noiseKey, element: layout.element, workspace: workspace)
      let batch = data.batch(part, in: context)
      if own.lowerBound + task < upcoming.count { data.prefetch(upcoming[own.lowerBound + task]) }
      var pass = Pass(isTraining: true, step: step, key: noiseKey, examples: part.map(UInt64.init))
      pass.exchange = meeting?.exchange(task, worker)
      let tape = Tape(layout: layout, workspace: workspace, packs: packs, pass: pass, profile: lane)
      lane.map { $0.mark($0.row("data and shuffle")) }
      let terms = loss(model, batch, tape)
      var gradients = Gradients(layout: layout, workspace: workspace)
      tape.backward(from: terms.total, seed: Double(part.count) / Double(total ?? indices.count), into: &gradients)
      meeting?.leave()
      results[task] = ShardResult(
        sums: LossSums(terms, examples: part.count), gradients: gradients, updates: tape.bufferUpdates)
    }
    packs.removeAll()
    let found = results.all
    var whole = found[0].gradients!
    sum.add(ShardGradients(found.map { $0.gradients!.flat }, cut, process: sum.process), on: pool)
    let all = sum.gather(found, over: cut, profiler?.lane(0))
    whole.bufferUpdates = [BufferUpdate](mergingShards: zip(all, parts).map { ($0.updates, examples: $1.count) })
    return (all.sum(), whole)
  }

  /// Cuts into parts whose sizes differ by at most one.
  func cut(_ indices: ArraySlice<Int>, into parts: Int) -> [ArraySlice<Int>] {
    (0..<parts).map { part in
      let (start, end) = (part * indices.count / parts, (part + 1) * indices.count / parts)
      return indices[(indices.startIndex + start)..<(indices.startIndex + end)]
    }
  }
}
