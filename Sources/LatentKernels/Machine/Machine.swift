import CLatentKernels
import COpenBLAS

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
  public static func runMultiplyAdds(_ element: ElementType, rounds: Int) -> Double {
    var result = 0.0
    return Operations.table(for: element).pointee.multiply_adds(rounds, &result)
  }

  /// Cores that this process may run on.
  public static var cores: Int { max(1, Int(latent_allowed_cores())) }

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

/// The OpenBLAS that this process is linked with.
public enum BLAS {
  /// How OpenBLAS makes its own threads.
  public enum Threading: String, Sendable { case sequential, pthreads, openMP }

  /// For example `OpenBLAS 0.3.21`.
  public static let version: String = {
    let words = String(cString: openblas_get_config()).split(separator: " ")
    return words.count > 1 ? "\(words[0]) \(words[1])" : "OpenBLAS"
  }()

  /// The kernels that OpenBLAS chose for this processor, for example `SkylakeX`.
  public static let kernel = String(cString: openblas_get_corename())

  /// How OpenBLAS makes its own threads.
  public static let threading: Threading =
    switch openblas_get_parallel() {
    case 0: .sequential
    case 1: .pthreads
    default: .openMP
    }

  /// Each product runs on the thread that asks for it: the workers are the parallelism. Call once, before training.
  public static func useOneThread() { openblas_set_num_threads(1) }

  /// The same where nobody has called it: with more threads, the last bits would depend on how many there are.
  static let useOneThreadOnce: Void = useOneThread()
}

/// Seconds on a clock that never jumps.
public func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
