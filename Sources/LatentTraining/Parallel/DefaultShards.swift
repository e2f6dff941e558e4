import Latent
import LatentData

/// What a model does with one example and for one tape, counted in a pass forward: what the default number of shards follows
/// from.
public struct ModelWork: Sendable, Equatable {
  /// Multiply-adds of the products that an example takes, on the way forward.
  public var multiplyAdds: Double
  /// Operations of a tape, and of those of its parts.
  public var operations: Int
  /// Parameters that get a gradient.
  public var parameters: Int

  public init(multiplyAdds: Double, operations: Int, parameters: Int) {
    (self.multiplyAdds, self.operations, self.parameters) = (multiplyAdds, operations, parameters)
  }

  /// What `loss` does with some examples, on a tape that nothing is kept of.
  init<M: Module, D: TrainingData>(
    of model: M, on data: D, _ indices: ArraySlice<Int>, loss: DataParallel.Loss<M, D>, layout: ParameterLayout
  ) {
    let (profiler, workspace) = (Profiler(), Workspace())
    let key = RandomKey(seed: 0)
    let batch = data.batch(indices, in: BatchContext(noiseKey: key, element: layout.element, workspace: workspace))
    let pass = Pass(isTraining: true, step: 0, key: key, examples: indices.map(UInt64.init))
    profiler.start()
    let tape = Tape(layout: layout, workspace: workspace, pass: pass, profile: profiler.lane(0))
    _ = loss(model, batch, tape)
    profiler.stop()
    self.init(
      multiplyAdds: profiler.profile.rows.reduce(0) { $0 + $1.forward.flops } / 2 / Double(max(indices.count, 1)),
      operations: tape.operationCount, parameters: layout.count)
  }
}

extension DataParallel {
  /// The most parts that batches of this size are cut into where nobody says otherwise.
  public static func defaultShards(batchSize: Int) -> Int { min(8, max(1, batchSize)) }

  /// Parts to cut batches into where nobody says otherwise: the most of 8, 4 and 2 for which what each part costs beside its
  /// examples is at most a quarter of their products; 2 where it is more for any and the batch has 16 examples, else 1.
  ///
  /// A tape's operations and a gradient's elements cost the same however few examples a part has, so that small models and those of
  /// many small operations are faster in few parts; fewer than 2 would leave all but one core idle. The number follows from
  /// the batch and the model alone: it decides the last bits of all results, which do not depend on the machine.
  public static func defaultShards(batchSize: Int, work: ModelWork) -> Int {
    // In the multiply-adds that a core does meanwhile: 1.5 microseconds for an operation, forward and backward; for a gradient's
    // element 2 nanoseconds, since it is written, read and added to from memory.
    let part = 80_000 * Double(work.operations) + 100 * Double(work.parameters)
    // Two products on the way back for each on the way forward.
    let products = 3 * work.multiplyAdds * Double(batchSize)
    return [8, 4, 2].first { $0 <= batchSize && 4 * Double($0) * part <= products } ?? (batchSize < 16 ? 1 : 2)
  }

  /// The same for a model: its work is counted in a pass over the first examples.
  public static func defaultShards<M: Module, D: TrainingData>(
    batchSize: Int, of model: M, on data: D, layout: ParameterLayout? = nil, _ loss: Loss<M, D>
  ) -> Int {
    if batchSize < 2 || data.count == 0 { return defaultShards(batchSize: batchSize) }
    // As many as a part may have: what a pass takes of memory, training takes too.
    let examples = Array(0..<max(1, min(batchSize, data.count) / min(8, max(1, batchSize / 8))))[...]
    let work = ModelWork(
      of: model, on: data, examples, loss: loss, layout: layout ?? ParameterLayout(of: model))
    return defaultShards(batchSize: batchSize, work: work)
  }
}
