import Foundation
import Latent
import LatentCommand
import LatentMPI
import LatentRun

/// What was measured on what.
struct Fingerprint: Codable {
  var processor = Machine.processor
  /// The best that the processor and the build have, and what the kernels use.
  var instructionSets = InstructionSet.available.map(\.description)
  var instructionSet = InstructionSet.selected.description
  /// Cores that the process may use, and that the machine has.
  var cores = Machine.cores
  /// How many processors' time a container or a service lets the process use; nil where nothing limits it.
  var processorQuota = Machine.processorQuota
  var machineCores = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  var blas = BLAS.version
  var blasKernel = BLAS.kernel
  var blasThreading = BLAS.threading.rawValue
  var swift = Machine.swiftVersion
  var build = Fingerprint.buildKind
  var commit = Fingerprint.commitOfProgram
  var threads: Int
  var shards: Int
  var data: String
  var dataSHA256: String
  /// Processes, their machines, and the MPI library between them; nil where there is one process.
  var ranks: Int?
  var hosts: Int?
  var mpi: String?

  init(_ settings: RunSettings, _ data: RunData) {
    threads = settings.training.threads
    shards = min(settings.training.shards, settings.training.batchSize)
    self.data = "\(data.whole.name), \(data.training.count) + \(data.validation.count) images"
    dataSHA256 = data.whole.sha256
    let world = Processes.world
    if world.processes > 1 { (ranks, hosts, mpi) = (world.processes, Set(world.hosts).count, world.library) }
  }

  static var buildKind: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }

  /// The commit of the checkout that the program was built in, with a plus sign where files differ from it.
  private static var commitOfProgram: String {
    let folder = URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent().path
    guard let commit = output(of: ["git", "-C", folder, "rev-parse", "--short=10", "HEAD"]), !commit.isEmpty else {
      return "unknown"
    }
    let changes = output(of: ["git", "-C", folder, "status", "--porcelain", "--untracked-files=no"]) ?? ""
    return commit + (changes.isEmpty ? "" : "+")
  }

  private static func output(of command: [String]) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 ? text.trimmingCharacters(in: .whitespacesAndNewlines) : nil
  }

  /// What a reader should know before the numbers.
  var lines: [(title: String, text: String)] {
    let threaded = "\(threads) \(threads == 1 ? "thread" : "threads")\(ranks == nil ? "" : " in rank 0")"
    var lines = [
      (title: "processor", text: "\(processor), \(instructionSets.joined(separator: " "))"),
      ("cores", "\(cores) of \(machineCores)\(quota); \(threaded), \(shards) shards"),
    ]
    if let ranks { lines.append(("ranks", "\(ranks) on \(hosts ?? 1) \(hosts == 1 ? "host" : "hosts"), \(mpi ?? "")")) }
    lines.append(("BLAS", "\(blas) \(blasKernel), \(blasThreading)"))
    lines.append(("build", "Swift \(swift), \(build), commit \(commit)"))
    lines.append(("data", "\(data), sha256 \(dataSHA256.prefix(12))"))
    return lines
  }

  private var quota: String { processorQuota.map { " (a quota of \($0))" } ?? "" }

  /// Each thing that holds the machine back.
  var warnings: [String] {
    var warnings = Processes.world.notices
    let environment = ProcessInfo.processInfo.environment
    if let type = environment["OPENBLAS_CORETYPE"] {
      warnings.append("OPENBLAS_CORETYPE=\(type) chooses OpenBLAS's kernels; without it they fit the processor")
    } else if InstructionSet.best >= .avx512,
      !["SkylakeX", "Cooperlake", "Sapphirerapids", "Zen4"].contains(blasKernel)
    {
      warnings.append("OpenBLAS uses \(blasKernel) kernels, though the processor has AVX-512")
    }
    if instructionSet != InstructionSet.best.description {
      warnings.append(
        "\(InstructionSet.environmentVariable)=\(instructionSet) keeps the kernels below \(InstructionSet.best)")
    }
    if blasThreading == BLAS.Threading.openMP.rawValue {
      warnings.append("this OpenBLAS is built for OpenMP and may start threads of its own: set OMP_NUM_THREADS=1")
    }
    if let processorQuota {
      warnings.append(
        "a quota (of a container or a service) gives the process the time of \(processorQuota) processors")
    } else if cores < machineCores {
      warnings.append("the process is bound to \(cores) of \(machineCores) cores")
    }
    if threads > cores { warnings.append("\(threads) threads share \(cores) cores") }
    if build == "debug" { warnings.append("this is a debug build: use swift run -c release vae-bench") }
    return warnings
  }
}
