#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What has started this process as one of several, as its environment tells: `mpirun`, `srun` and their kin.
public struct Launcher: Sendable, Equatable {
  /// "Open MPI's mpirun", for people.
  public let name: String
  /// This process's number, from 0, and how many there are; nil where the launcher says only to MPI.
  public let place: (rank: Int, size: Int)?

  /// The one of this process; nil where it was started alone.
  public static let current = Launcher { getenv($0).map { String(cString: $0) } }

  /// - Parameter variable: a variable of the environment, by its name
  package init?(_ variable: (String) -> String?) {
    for kind in Launcher.kinds {
      guard let rank = variable(kind.rank) else { continue }
      // A batch script has srun's rank, but no step of several tasks.
      if kind.name == "srun" && variable("SLURM_STEP_NUM_TASKS") == nil { continue }
      name = kind.name
      place = kind.size.flatMap(variable).flatMap { Int($0) }.flatMap { size in Int(rank).map { ($0, size) } }
      // A process alone needs no others, whoever has started it.
      if place?.size == 1 { return nil }
      return
    }
    return nil
  }

  /// The first whose variables are there: `srun` comes last, since MPI's own launchers use it to start their helpers.
  private static let kinds: [(name: String, rank: String, size: String?)] = [
    ("Open MPI's mpirun", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
    ("MVAPICH's mpirun", "MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE"),
    ("mpiexec", "PMI_RANK", "PMI_SIZE"),
    ("Flux", "FLUX_TASK_RANK", "FLUX_JOB_SIZE"),
    ("Cray's launcher", "PALS_RANKID", nil),
    ("srun", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS"),
    ("a launcher with PMIx", "PMIX_RANK", nil),
  ]

  /// "Open MPI 4.1.4" of what a library says of itself: "Open MPI v4.1.4, package: …", "MPICH Version:\t4.0.2".
  static func name(ofLibrary line: String) -> String {
    let words = line.prefix { $0 != "," }.split(whereSeparator: \.isWhitespace).filter { $0 != "Version:" }
    return words.map { word in
      word.first == "v" && word.dropFirst().first?.isNumber == true ? String(word.dropFirst()) : String(word)
    }.joined(separator: " ")
  }

  public static func == (a: Launcher, b: Launcher) -> Bool {
    a.name == b.name && a.place?.rank == b.place?.rank && a.place?.size == b.place?.size
  }
}
