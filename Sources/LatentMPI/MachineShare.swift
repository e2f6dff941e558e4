import Latent

/// What a process may use of its machine.
struct MachineShare: Sendable, Codable, Equatable {
  /// Cores that it may run on.
  var allowed = Machine.allowedCores
  /// Cores of the machine.
  var all = Machine.allCores
  /// Threads that it could keep busy alone.
  var threads = Machine.cores

  /// The threads of this one, of those that share a machine: processes that are bound to cores of their own keep them, and
  /// those that may use the same cores share them.
  func threads(among neighbours: [MachineShare]) -> Int {
    let claimed = neighbours.reduce(0) { $0 + $1.allowed }
    return max(1, min(threads, allowed * min(all, claimed) / max(claimed, 1)))
  }

  /// What to say where the processes of a machine are bound to fewer cores than it has; nil where they are not.
  static func notice(_ neighbours: [MachineShare], on host: String) -> String? {
    guard let first = neighbours.first else { return nil }
    let claimed = neighbours.reduce(0) { $0 + $1.allowed }
    guard claimed < first.all else { return nil }
    let ranks = neighbours.count == 1 ? "the rank on \(host) is" : "the \(neighbours.count) ranks on \(host) are"
    return "\(ranks) bound to \(claimed) of its \(first.all) cores: mpirun --bind-to none gives them all"
  }
}
