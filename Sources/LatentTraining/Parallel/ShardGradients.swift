import Latent

/// Which process computes which shards of a batch: neighbours, as many for each as for any other, or one more.
///
/// No process is without a shard: where there are fewer shards than processes, several compute the same one.
public struct ShardCut: Sendable, Hashable {
  /// Parts that the batch is cut into, at least 1.
  public let shards: Int
  /// Processes that share them, at least 1.
  public let processes: Int

  public init(shards: Int, processes: Int) {
    require(shards >= 1 && processes >= 1, "ShardCut: \(shards) shards, \(processes) processes; at least 1 of each")
    self.shards = shards
    self.processes = processes
  }

  /// The shards that a process computes.
  public subscript(process: Int) -> Range<Int> {
    require((0..<processes).contains(process), "ShardCut: process \(process) of \(processes)")
    let start = process * shards / processes
    return start..<max((process + 1) * shards / processes, start + 1)
  }

  /// The process that has a shard; the first of several.
  public func process(of shard: Int) -> Int {
    require((0..<shards).contains(shard), "ShardCut: shard \(shard) of \(shards)")
    return (0..<processes).first { self[$0].contains(shard) }!
  }
}

/// The gradients of a batch's shards that this process has computed, each a flat buffer of the same length.
public struct ShardGradients: Sendable {
  /// All shards of the batch, those of other processes too.
  public let cut: ShardCut
  /// Those that are here, by their numbers in the batch.
  public let own: Range<Int>
  private let flat: [Storage]

  /// - Parameter flat: of the shards of `process`, in their order
  package init(_ flat: [Storage], _ cut: ShardCut, process: Int) {
    self.cut = cut
    own = cut[process]
    self.flat = flat
  }

  /// The gradient of the shard with this number, one of ``own``. It may be written.
  public subscript(shard: Int) -> Storage {
    require(own.contains(shard), "ShardGradients: shard \(shard) is not among those of this process, \(own)")
    return flat[shard - own.lowerBound]
  }

  /// Where the sum over all shards goes: the first of this process's.
  public var result: Storage { flat[0] }

  /// Adds shards that are here to each other, one addition after the other, block by block on all workers.
  public func add(_ additions: [(into: Int, from: Int)], on pool: WorkerPool) {
    GradientTree.add(additions, count: result.count, on: pool) { self[$0] }
  }
}
