import LatentTraining

/// What the time of a training step depends on: an estimate for machines that one does not have.
///
///     T(R) = ceil(ceil(S / R) / t) τ(B / S) + F + D(R) / β + m (α + (R - 1) o)
///
/// R ranks of t threads train batches of B examples that are cut into S shards.
///
/// - τ is the time of one shard on one thread, forward and backward, by its examples. The fullest rank decides: a rank's
///   threads take its shards in turns.
/// - F is what every rank does by itself, however many there are: packing weights, the optimizer's update, orders and draws.
/// - D is what a rank sends, or receives, in the sum of gradients of G bytes: parts of partial sums, then parts of the
///   result. Where every rank has one partial sum, as with a power of two of ranks, that is 2 (R - 1) / R · G.
/// - β, α and o are the link's: bytes a second each way, seconds of a message, and seconds of each further message.
/// - m is the number of exchanges of a step: two of the gradients, one of the losses, one in which all agree to go on, and two
///   for each batch statistic. Every rank sends to every other one at the same time.
///
/// Links are as fast both ways at once, and no switch is crowded. Ranks are equally fast, and nobody else uses them.
/// Additions of partial sums, which are short of memory traffic alone, are left out.
public struct StepModel: Sendable, Codable, Equatable {
  /// B: examples of a batch, of all ranks together.
  public var batchSize: Int
  /// S: parts that it is cut into.
  public var shards: Int
  /// t: threads of a rank, each on a core of its own.
  public var threads: Int
  /// τ, by examples of a shard, the fewest first; times in between are in proportion.
  public var shardTimes: [ShardTime]
  /// F, in seconds.
  public var undividedSeconds: Double
  /// G.
  public var gradientBytes: Int
  /// m.
  public var exchanges: Double

  /// The time of one shard on one thread.
  public struct ShardTime: Sendable, Codable, Equatable {
    /// b, those of the shard.
    public let examples: Int
    /// τ(b), forward and backward.
    public let seconds: Double

    public init(examples: Int, seconds: Double) { (self.examples, self.seconds) = (examples, seconds) }
  }

  public init(
    batchSize: Int, shards: Int, threads: Int, shardTimes: [ShardTime], undividedSeconds: Double, gradientBytes: Int,
    exchanges: Double = 4
  ) {
    (self.batchSize, self.shards, self.threads) = (batchSize, shards, threads)
    self.shardTimes = shardTimes.sorted { $0.examples < $1.examples }
    (self.undividedSeconds, self.gradientBytes, self.exchanges) = (undividedSeconds, gradientBytes, exchanges)
  }

  /// The time of a step.
  ///
  /// - Parameters:
  ///   - ranks: at least 1
  ///   - link: between any two of them
  ///   - sharing: ranks of a machine, which share its link to the others
  public func step(ranks: Int, link: LinkSpeed, sharing: Int = 1) -> StepTime {
    let fullest = (ShardCut(shards: shards, processes: ranks)).fullest
    let shard = shardSeconds(examples: Double(batchSize) / Double(shards))
    let compute = StepPhase("shards", count: fullest, seconds: shard).seconds(threads: threads)
    guard ranks > 1 else { return StepTime(computing: compute, undivided: undividedSeconds) }
    // Of a machine's ranks, what goes to other machines takes turns on its link.
    let share = sharing >= ranks ? 1 : Double(sharing) * Double(ranks - sharing) / Double(ranks - 1)
    return StepTime(
      computing: compute, undivided: undividedSeconds,
      transfer: StepModel.bytes(of: gradientBytes, shards: shards, ranks: ranks) * share / link.bytesPerSecond,
      messages: exchanges * (link.latency + Double(ranks - 1) * link.secondsPerMessage))
  }

  /// This model cut into as many shards as ranks and their threads need to have one each, and no more than examples.
  public func feeding(ranks: Int) -> StepModel {
    var model = self
    model.shards = min(batchSize, max(shards, ranks * threads))
    return model
  }

  /// This model with a batch for each rank, and its shards.
  public func scaled(by ranks: Int) -> StepModel {
    var model = self
    (model.batchSize, model.shards) = (batchSize * ranks, shards * ranks)
    return model
  }

  /// τ: in proportion between the times that are known and beyond the largest, and that of the smallest below it.
  func shardSeconds(examples: Double) -> Double {
    guard let first = shardTimes.first, let last = shardTimes.last else { return 0 }
    if examples <= Double(first.examples) { return first.seconds }
    if examples >= Double(last.examples) { return last.seconds * examples / Double(last.examples) }
    let above = shardTimes.firstIndex { Double($0.examples) >= examples }!
    let (a, b) = (shardTimes[above - 1], shardTimes[above])
    let place = (examples - Double(a.examples)) / Double(b.examples - a.examples)
    return a.seconds + place * (b.seconds - a.seconds)
  }

  /// D: bytes that the busiest rank sends, or receives, whichever is more, in the two exchanges of a sum.
  static func bytes(of gradient: Int, shards: Int, ranks: Int) -> Double {
    let plan = TreePlan(ShardCut(shards: shards, processes: ranks))
    let partial = (0..<ranks).map { plan.partialSums(of: $0).count }
    let all = partial.reduce(0, +)
    // Of what is added up, a rank sends its own to all others, and receives its part of all others'.
    let first = partial.map { max($0 * (ranks - 1), all - $0) }.max() ?? 0
    return Double(gradient) / Double(ranks) * Double(first + ranks - 1)
  }
}

/// How fast the link between two machines is.
public struct LinkSpeed: Sendable, Codable, Equatable {
  /// Seconds of a small message, one way.
  public var latency: Double
  /// Seconds of each further message that is sent at the same time.
  public var secondsPerMessage: Double
  /// Each way, while both send.
  public var bytesPerSecond: Double

  public init(latency: Double, secondsPerMessage: Double, bytesPerSecond: Double) {
    (self.latency, self.secondsPerMessage, self.bytesPerSecond) = (latency, secondsPerMessage, bytesPerSecond)
  }
}

/// The parts of a step's time, in seconds.
public struct StepTime: Sendable, Codable, Equatable {
  /// Forward and backward passes.
  public var computing: Double
  /// What each rank does by itself.
  public var undivided: Double
  /// Gradients on their way.
  public var transfer = 0.0
  /// Latency of messages.
  public var messages = 0.0

  public init(computing: Double, undivided: Double, transfer: Double = 0, messages: Double = 0) {
    (self.computing, self.undivided, self.transfer, self.messages) = (computing, undivided, transfer, messages)
  }

  /// All of it.
  public var total: Double { computing + undivided + transfer + messages }
}

extension ShardCut {
  /// The most shards that a process has.
  fileprivate var fullest: Int { (0..<processes).map { self[$0].count }.max() ?? shards }
}
