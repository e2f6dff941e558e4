import Latent
import LatentData

/// Data-parallel evaluation of a model: a batch is cut into shards, each worker runs the whole forward and backward pass
/// of a shard, and the shards' gradients are added in a fixed order.
///
/// The number of shards decides how the batch is cut and so the last bits of the results; the number of threads does
/// not. There is no barrier inside a pass, and after the first step no allocation.
public final class DataParallel: Sendable {
  public let pool: WorkerPool
  /// Parts that a batch is cut into.
  public let shards: Int
  // One for each shard, whichever worker runs it: so the first step finds out what every later one needs.
  private let workspaces: [Workspace]
  // Weights are packed once for all shards of a step.
  private let packs = PackedWeights()

  /// - Parameters:
  ///   - threads: workers, at least 1
  ///   - shards: parts of a batch, at least 1
  public init(threads: Int, shards: Int) {
    require(threads >= 1 && shards >= 1, "DataParallel: \(threads) threads, \(shards) shards; at least 1 of each")
    BLAS.useOneThread()
    pool = WorkerPool(threads: threads)
    self.shards = shards
    workspaces = (0..<max(threads, shards)).map { _ in Workspace() }
  }

  /// Parts to cut batches of this size into where nobody says otherwise: 8, but at least 8 images each. It does not
  /// depend on the machine, so that neither do the results.
  public static func defaultShards(batchSize: Int) -> Int { min(8, max(1, batchSize / 8)) }

  // Fewer images at a time would cost more in overhead than the caches give.
  private static let leastEvaluationSize = 32

  /// All bytes that the workspaces have asked the system for.
  public var workspaceBytes: Int { workspaces.reduce(packs.allocatedBytes) { $0 + $1.allocatedBytes } }

  /// The sums over a batch's images that a pass gives.
  struct Sums: Sendable {
    var total = 0.0
    var parts: [(name: String, value: Double)] = []

    init() {}

    init(_ terms: LossTerms, images: Int) {
      total = terms.total.scalar * Double(images)
      parts = terms.parts.map { ($0.name, $0.value.scalar * Double(images)) }
    }

    mutating func add(_ other: Sums) {
      total += other.total
      parts = parts.isEmpty ? other.parts : zip(parts, other.parts).map { ($0.name, $0.value + $1.value) }
    }

    func losses(images: Int) -> Losses {
      Losses(total: total / Double(images), parts: parts.map { ($0.name, $0.value / Double(images)) })
    }
  }

  /// The images' summed losses, and the gradient of their mean loss in `gradients[0]`.
  ///
  /// - Parameters:
  ///   - indices: the batch
  ///   - gradients: one for each shard, overwritten
  func gradients(
    of model: some TrainableModel, on dataset: Dataset, _ indices: ArraySlice<Int>, noiseKey: RandomKey,
    layout: ParameterLayout, into gradients: [Gradients]
  ) -> Sums {
    let parts = cut(indices, into: min(shards, indices.count))
    let results = Results(count: parts.count)
    let profiler = pool.profiler
    pool.run(tasks: parts.count) { [workspaces, packs] shard, worker in
      let part = parts[shard]
      let lane = profiler?.lane(worker)
      let tape = Tape(layout: layout, workspace: workspaces[shard], packs: packs, profile: lane)
      let batch = dataset.batch(part, noiseKey: noiseKey, element: layout.element, workspace: workspaces[shard])
      lane.map { $0.mark($0.row("data and shuffle")) }
      let terms = model.loss(batch, tape: tape)
      tape.backward(
        from: terms.total, seed: Double(part.count) / Double(indices.count), into: gradients[shard])
      results[shard] = Sums(terms, images: part.count)
    }
    packs.removeAll()
    addUp(gradients, count: parts.count)
    return results.sum()
  }

  /// The images' summed losses, without gradients.
  func losses(
    of model: some TrainableModel, on dataset: Dataset, batchSize: Int, noiseKey: RandomKey, element: ElementType
  ) -> Sums {
    // As large as a shard, so that what a pass needs stays in the caches; all in one run, without barriers between.
    let size = max(batchSize / shards, DataParallel.leastEvaluationSize)
    let results = Results(count: (dataset.count + size - 1) / size)
    pool.run(tasks: results.count, as: "validation") { [workspaces, packs] task, worker in
      let part = Array(task * size..<min((task + 1) * size, dataset.count))
      let tape = Tape(workspace: workspaces[worker], packs: packs)
      let batch = dataset.batch(part[...], noiseKey: noiseKey, element: element, workspace: workspaces[worker])
      results[task] = Sums(model.loss(batch, tape: tape), images: part.count)
    }
    packs.removeAll()
    return results.sum()
  }

  /// Adds the shards' gradients into the first, in a tree whose shape depends on their number alone.
  private func addUp(_ gradients: [Gradients], count: Int) {
    guard count > 1 else { return }
    let blockSize = 1 << 15
    let total = gradients[0].layout.count
    pool.run(tasks: (total + blockSize - 1) / blockSize, as: "gradient sum") { block, _ in
      let range = block * blockSize..<min((block + 1) * blockSize, total)
      var distance = 1
      while distance < count {
        for shard in stride(from: 0, to: count - distance, by: 2 * distance) {
          let sum = gradients[shard].flat[range]
          sum.assign(.add, sum, gradients[shard + distance].flat[range])
        }
        distance *= 2
      }
    }
  }

  /// Cuts into parts whose sizes differ by at most one.
  private func cut(_ indices: ArraySlice<Int>, into parts: Int) -> [ArraySlice<Int>] {
    (0..<parts).map { part in
      let (start, end) = (part * indices.count / parts, (part + 1) * indices.count / parts)
      return indices[(indices.startIndex + start)..<(indices.startIndex + end)]
    }
  }
}

/// A place for each task's result, written by whichever worker has it.
private final class Results: @unchecked Sendable {
  private let places: UnsafeMutableBufferPointer<DataParallel.Sums>
  var count: Int { places.count }

  init(count: Int) {
    places = .allocate(capacity: count)
    places.initialize(repeating: DataParallel.Sums())
  }

  deinit {
    places.deinitialize()
    places.deallocate()
  }

  subscript(index: Int) -> DataParallel.Sums {
    get { places[index] }
    set { places[index] = newValue }
  }

  /// The sum, in the tasks' order.
  func sum() -> DataParallel.Sums { places.reduce(into: DataParallel.Sums()) { $0.add($1) } }
}
