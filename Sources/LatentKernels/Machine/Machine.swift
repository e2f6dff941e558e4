import CLatentKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What this process runs on.
public enum Machine {
  /// The processor's name, as the system gives it.
  public static let processor: String = {
    let name = fileLine(of: "/proc/cpuinfo", startingWith: "model name")?.drop { $0.isWhitespace || $0 == ":" }
    return name.map(String.init) ?? "unknown processor"
  }()

  /// Runs multiply-adds on vector registers, without memory, and returns how many floating-point operations that were:
  /// over the time they took, the most that a core can do. A billion or so take long enough to measure.
  public static func runMultiplyAdds(_ element: ElementType, _ precision: Precision = .full, rounds: Int) -> Double {
    var result = 0.0
    if let products = precision.products { return products.pointee.multiply_adds(rounds, &result) }
    return Operations.selected(for: element).pointee.multiply_adds(rounds, &result)
  }

  /// How many threads this process can keep busy: the cores that it may run on (its affinity), or fewer where it may
  /// use less of their time, see ``processorQuota``. At least 1.
  public static var cores: Int { cores(allowed: Int(latent_allowed_cores()), quota: processorQuota) }

  /// The cores that this process may run on, whatever their quota: those that it is bound to.
  package static var allowedCores: Int { max(1, Int(latent_allowed_cores())) }

  /// The cores of the machine.
  package static var allCores: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// How many processors' time a container, a service or a batch job lets this process use: 0.5 is half of one's, and
  /// `docker run --cpus 1.5` gives 1.5. Nil where nothing limits it.
  ///
  /// The smallest quota counts of the control group that the process is in and of all above it. A part of a processor
  /// counts as a core: a quota of 1.5 gives two threads work.
  public static let processorQuota: Double? = ControlGroups.own?.processors(textFile)

  /// The memory that a container, a service or a batch job lets its processes use, in bytes; nil where nothing limits it.
  package static let memoryQuota: Int? = ControlGroups.own?.memoryBytes(textFile)

  /// `cores` and their quota, for people: `2 cores`, `1 core (a quota of 0.5)`.
  package static var coresText: String {
    let text = cores == 1 ? "1 core" : "\(cores) cores"
    return processorQuota.map { "\(text) (a quota of \(round($0 * 100) / 100))" } ?? text
  }

  static func cores(allowed: Int, quota: Double?) -> Int {
    let cores = max(1, allowed)
    guard let quota, quota < Double(cores) else { return cores }
    return max(1, Int(quota.rounded(.up)))
  }

  /// The largest resident set so far, in bytes.
  public static var peakResidentBytes: Int {
    // Not getrusage's: on Linux that of a new program starts with the memory of the process that started it.
    if let line = fileLine(of: "/proc/self/status", startingWith: "VmHWM:"),
      let kibibytes = line.split(whereSeparator: \.isWhitespace).first.flatMap({ Int($0) })
    {
      return kibibytes * 1024
    }
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss * 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }

  /// Has the allocator give large blocks back as soon as they are freed: for programs, at their start. Training keeps its
  /// memory in workspaces and isn't concerned.
  package static func returnLargeBlocks() { latent_return_large_blocks() }

  /// Gives back to the system what the allocator keeps of freed memory, so that the next large task starts from little.
  package static func releaseFreeMemory() { latent_release_free_memory() }

  /// What is in one of the system's text files, up to a megabyte; nil where it can't be read.
  static func textFile(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while bytes.count < 1 << 20 {
      let count = fread(&piece, 1, piece.count, file)
      if count == 0 { break }
      bytes += piece[..<count]
    }
    return ferror(file) == 0 ? String(decoding: bytes, as: UTF8.self) : nil
  }

  /// What follows `start` in a line of one of the system's text files.
  private static func fileLine(of path: String, startingWith start: String) -> Substring? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [CChar](repeating: 0, count: 512)
    while fgets(&bytes, Int32(bytes.count), file) != nil {
      let text = String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      if text.hasPrefix(start) { return text.dropFirst(start.count).prefix { $0 != "\n" } }
    }
    return nil
  }
}

/// Seconds on a clock that never jumps.
public func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
