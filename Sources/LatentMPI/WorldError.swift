/// Why processes can't work together.
public enum WorldError: Error, Sendable, Equatable, CustomStringConvertible {
  /// This program was built without the trait `MPI`, and a launcher has started it as one of several.
  case builtWithoutMPI(launcher: String, processes: Int?)
  /// MPI does not start.
  case mpi(String)

  public var description: String {
    switch self {
    case .builtWithoutMPI(let launcher, let processes):
      "\(launcher) has started this program \(processes.map { "\($0) times" } ?? "as one of several processes"), but it "
        + "was built without MPI: each process would do all the work alone; build it with swift build --traits MPI"
    case .mpi(let reason): "MPI does not start: \(reason)"
    }
  }
}
