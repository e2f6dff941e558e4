#if !LIBFUZZER
  import Foundation

  #if canImport(Darwin)
    import Darwin
  #elseif canImport(Musl)
    import Musl
  #else
    import Glibc
  #endif

  /// Ends the process where an input takes too long or too much memory, and leaves the input in a file.
  final class FuzzWatchdog {
    /// Processor seconds that an input may take.
    private static let seconds = 1
    /// Memory that the process may come to have.
    private static let megabytes = 256
    private let descriptor: Int32

    /// - Parameter file: holds the present input, so that it is there after whatever ends the process
    init(file: String) {
      descriptor = open(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { fatalError("fuzz-readers: cannot write \(file)") }
      signal(SIGVTALRM) { _ in
        let message: StaticString = "fuzz-readers: an input takes over a second\n"
        _ = message.withUTF8Buffer { write(2, $0.baseAddress, $0.count) }
        abort()
      }
    }

    /// Calls `body`, which uses the input.
    func watch(_ input: [UInt8], _ body: () -> Void) {
      input.withUnsafeBytes { _ = pwrite(descriptor, $0.baseAddress, $0.count, 0) }
      ftruncate(descriptor, off_t(input.count))
      set(seconds: Self.seconds)
      body()
      set(seconds: 0)
      guard peakMegabytes <= Self.megabytes else {
        fatalError("fuzz-readers: an input takes \(peakMegabytes) MB of memory, over \(Self.megabytes)")
      }
    }

    /// The most memory that the process ever had.
    var peakMegabytes: Int {
      var usage = rusage()
      #if os(Linux)
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss >> 10
      #else
        getrusage(RUSAGE_SELF, &usage)
        return usage.ru_maxrss >> 20
      #endif
    }

    private func set(seconds: Int) {
      var timer = itimerval()
      timer.it_value.tv_sec = .init(seconds)
      #if os(Linux)
        setitimer(__itimer_which_t(ITIMER_VIRTUAL.rawValue), &timer, nil)
      #else
        setitimer(ITIMER_VIRTUAL, &timer, nil)
      #endif
    }
  }
#endif
