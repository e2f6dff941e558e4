import Latent
import LatentTraining

/// The processes that work on one training, of which this is one: MPI's ranks. It is the sum that a trainer or a loop of
/// one's own takes to share each batch with the others, with the bits of one process.
///
///     let world = try World()
///     let trainer = Trainer(optimizer: Adam(), batchSize: 256, sum: world)
///     let parallel = DataParallel(batchSize: 256, sum: world)
///     if world.process == 0 { print("done") }
///     world.finish()
///
/// All processes make the same calls in the same order. Without a launcher (`mpirun`, `srun`) there is one process, and
/// nothing is exchanged; MPI is not even started.
///
/// A process that has to end ends all of them, with one line; one that is killed, or whose machine is lost, is noticed within
/// 15 seconds. Needs the package's trait `MPI`.
public final class World: GradientSum {
  /// How many processes there are.
  public let processes: Int
  /// The number of this one, from 0: its rank.
  public let process: Int
  /// The name of this process's machine.
  public let host: String
  /// The names of all processes' machines, by rank.
  public let hosts: [String]
  /// The MPI library, "Open MPI 4.1.4"; nil where there is one process.
  public let library: String?
  /// The threads that this process can keep busy, where processes share a machine's cores.
  public var threads: Int { threadsOfAll[process] }
  /// Those of all processes, by rank.
  package let threadsOfAll: [Int]
  /// Machines whose cores the processes may not all use, a line each.
  package let notices: [String]

  /// What nobody answers who has said goodbye.
  static let farewell = "the end"

  let carrier: any Carrier
  private let tree: TreeExchange

  /// The processes that were started together. A process joins them once: each World is the same one.
  ///
  /// - Parameter program: the version of this program, which all processes must have
  /// - Throws: ``WorldError`` where this program was built without MPI and is one of several, where MPI does not start, or where
  ///   the processes are of different programs
  public convenience init(program: String = "") throws(WorldError) {
    let meeting = try Meeting.shared.withLock { (meeting) throws(WorldError) in
      if let meeting { return meeting }
      let new = try Meeting(program: program)
      meeting = new
      return new
    }
    self.init(meeting.carrier, peers: meeting.peers, library: meeting.library)
  }

  /// One process, which needs nobody.
  package static let alone = World(Alone(), peers: [Peer(program: "")], library: nil)

  /// The processes that a carrier connects.
  package convenience init(_ carrier: any Carrier, hosts: [String], library: String? = nil) {
    self.init(carrier, hosts: hosts, shares: hosts.map { _ in MachineShare() }, library: library)
  }

  private convenience init(_ carrier: any Carrier, peers: [Peer], library: String?) {
    self.init(carrier, hosts: peers.map(\.host), shares: peers.map(\.share), library: library)
  }

  init(_ carrier: any Carrier, hosts: [String], shares: [MachineShare], library: String?) {
    (processes, process) = (carrier.processes, carrier.process)
    (self.hosts, host, self.library) = (hosts, hosts[carrier.process], library)
    self.carrier = carrier
    tree = TreeExchange(carrier)
    func neighbours(on host: String) -> [MachineShare] { zip(hosts, shares).filter { $0.0 == host }.map(\.1) }
    threadsOfAll = zip(hosts, shares).map { $1.threads(among: neighbours(on: $0)) }
    // In the order of ranks. One process alone is bound by whoever has started it.
    let machines = hosts.indices.filter { hosts.firstIndex(of: hosts[$0]) == $0 }.map { hosts[$0] }
    notices = processes == 1 ? [] : machines.compactMap { MachineShare.notice(neighbours(on: $0), on: $0) }
  }

  public func add(_ gradients: ShardGradients, on pool: WorkerPool) {
    if processes == 1 { return TreeSum().add(gradients, on: pool) }
    tree.add(gradients, on: pool)
  }

  public func gather(_ found: [[UInt8]], over cut: ShardCut) -> [[UInt8]] {
    if processes == 1 { return found }
    // Of a shard that several compute, the first tells.
    let own = zip(cut[process], found).filter { cut.process(of: $0.0) == process }.map(\.1)
    let all = carrier.gather(ByteList.joined(own), as: "what the shards have found")
    return all.flatMap { bytes in
      guard let list = ByteList.split(bytes) else { end("a message of another process is none of this program") }
      return list
    }
  }

  /// Returns when all processes have come here.
  public func barrier() { _ = carrier.gather([], as: "a barrier") }

  /// Ends all processes, with one line that names this one.
  ///
  /// - Parameters:
  ///   - isNamed: whether the line names a process already
  ///   - code: the exit status of all
  public func end(_ problem: String, isNamed: Bool = false, code: Int32 = 1) -> Never {
    Ending.end(problem, isNamed: isNamed, code: code)
  }

  /// Sets how the line is said that ends all: on standard error, after `Error: `, where nothing is set.
  public static func setFarewell(_ say: @escaping @Sendable (String) -> Void) { Ending.say.withLock { $0 = say } }

  /// Sets how it is known whether somebody, such as a launcher, has asked this process to end: then it waits less long for one
  /// that is not heard of.
  package static func setInterrupted(_ isAsked: @escaping @Sendable () -> Bool) {
    isAskedToEnd.withLock { $0 = isAsked }
  }
  static let isAskedToEnd = Locked<@Sendable () -> Bool> { false }
}
