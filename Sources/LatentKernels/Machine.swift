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
    #if os(Linux)
      if let file = fopen("/proc/cpuinfo", "r") {
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        while fgets(&line, Int32(line.count), file) != nil {
          let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
          guard text.hasPrefix("model name"), let colon = text.firstIndex(of: ":") else { continue }
          return String(text[text.index(after: colon)...].drop(while: \.isWhitespace).prefix { $0 != "\n" })
        }
      }
    #endif
    return "unknown processor"
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
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss * 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
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
}

/// Seconds on a clock that never jumps.
public func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
