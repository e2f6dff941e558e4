import Latent

/// Adds up the gradients of a batch's shards: the seam where training spreads over processes.
///
/// ``TreeSum`` is the default. A sum of your own is given to ``Trainer`` or ``DataParallel``; in one process it needs
/// ``add(_:on:)`` alone:
///
///     struct InOrder: GradientSum {
///       func add(_ gradients: ShardGradients, on pool: WorkerPool) {
///         gradients.add((1..<gradients.cut.shards).map { (into: 0, from: $0) }, on: pool)
///       }
///     }
///
/// **Several processes** each run the same program with the same data, settings and seed. Each computes some neighbouring
/// shards of every batch (``ShardCut``), and all have the whole batch's gradients, losses and buffers after a step, so that
/// all take the same one. What is not a gradient goes through ``gather(_:over:)`` as bytes: losses, buffers, the losses of
/// a validation, and the statistics of a batch that shards exchange while they are computed. Each process clips the whole
/// batch's gradients, so that norms need no exchange. A sum that adds in the order of ``GradientTree`` gives the bits that
/// one process gives. A trained model's examples are shared as well: see ``DataParallel/map(_:batchSize:in:_:)``.
///
/// The processes call these methods in the same order, and each calls one at a time, on any of its threads. A method
/// returns when it has what it needs from the others. One that can't get it ends the process, with a line that says why.
public protocol GradientSum: Sendable {
  /// How many processes share each batch.
  var processes: Int { get }
  /// The number of this one, from 0.
  var process: Int { get }

  /// Adds up the gradients of all shards, of all processes, into ``ShardGradients/result``.
  ///
  /// - Parameter pool: the workers, which are free
  func add(_ gradients: ShardGradients, on pool: WorkerPool)

  /// Gives what this process's shards have found to all processes, and returns what all shards have found, in their order.
  ///
  /// - Parameters:
  ///   - found: bytes of each shard of `cut[process]`, in order; they may be of different lengths
  ///   - cut: which process has which shards
  func gather(_ found: [[UInt8]], over cut: ShardCut) -> [[UInt8]]
}

extension GradientSum {
  /// One.
  public var processes: Int { 1 }
  /// 0.
  public var process: Int { 0 }

  /// Whether this is the process that writes files and prints, for all of them.
  public var isFirst: Bool { process == 0 }

  /// What is found, where there is one process.
  public func gather(_ found: [[UInt8]], over cut: ShardCut) -> [[UInt8]] {
    require(processes == 1, "\(Self.self): a sum over \(processes) processes needs gather(_:over:)")
    return found
  }
}

/// The sum over shards in the order of ``GradientTree``, in one process.
public struct TreeSum: GradientSum {
  public init() {}

  public func add(_ gradients: ShardGradients, on pool: WorkerPool) {
    gradients.add(GradientTree.additions(of: gradients.cut.shards), on: pool)
  }
}

/// The order in which shards are added: in pairs, then pairs of pairs. It depends on the number of shards alone, and so do
/// the bits of the sum.
public enum GradientTree {
  /// The additions, each after those that it needs; the sum is shard 0's.
  ///
  ///     GradientTree.additions(of: 4)  // (into: 0, from: 1), (into: 2, from: 3), (into: 0, from: 2)
  public static func additions(of shards: Int) -> [(into: Int, from: Int)] {
    var additions: [(into: Int, from: Int)] = []
    additions.reserveCapacity(max(shards - 1, 0))
    var distance = 1
    while distance < shards {
      for shard in stride(from: 0, to: shards - distance, by: 2 * distance) {
        additions.append((into: shard, from: shard + distance))
      }
      distance *= 2
    }
    return additions
  }

  /// Makes the additions, one after the other, block by block on all workers.
  ///
  /// - Parameters:
  ///   - count: elements of each gradient
  ///   - gradient: that of a shard, which may be written
  package static func add(
    _ additions: [(into: Int, from: Int)], count: Int, on pool: WorkerPool, _ gradient: @Sendable (Int) -> Storage
  ) {
    guard !additions.isEmpty else { return }
    let blockSize = 1 << 15
    pool.run(tasks: (count + blockSize - 1) / blockSize, as: "gradient sum") { block, _ in
      let range = block * blockSize..<min((block + 1) * blockSize, count)
      for (into, from) in additions {
        let sum = gradient(into)[range]
        sum.assign(.add, sum, gradient(from)[range])
      }
    }
  }
}
