import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where the system refuses memory or a thread, or data that are read as they are needed. Nothing can go on then, and what is
/// in files stays: the process stops with a message, in a program of Latent's with one line and exit status 1.
package enum Shortage {
  /// What ends the process.
  package typealias Ending = @Sendable (_ message: String) -> Never

  private static let ending = Locked<Ending?>(nil)
  private static let hasBegun = Atomic<Bool>(false)

  /// Has `ending` called with the message; without it, `fatalError` is.
  package static func end(with ending: @escaping Ending) { Self.ending.withLock { $0 = ending } }

  /// Stops the process. Of several threads that run out at the same time, the first one speaks.
  package static func stop(_ message: String) -> Never {
    if hasBegun.exchange(true, ordering: .relaxed) { while true { sleep(1) } }
    if let ending = ending.withLock({ $0 }) { ending(message) }
    fatalError(message)
  }

  /// Stops the process for lack of memory.
  static func stop(bytes: Int, _ purpose: String = "") -> Never {
    let what = purpose.isEmpty ? "" : " " + purpose
    let advice = "use a smaller model, smaller batches or fewer threads"
    let limit = limit.map { "raise the limit of \($0.bytes >> 10) KiB (\($0.command)), or " } ?? ""
    stop("out of memory: there are no \((bytes >> 10) + 1) KiB\(what); \(limit)\(advice)")
  }

  /// Before an array that may be large: Swift's own way to say that there is no memory for it is a crash.
  package static func checkArray(bytes: Int) {
    if bytes >= large { checkMemory(for: bytes) }
  }

  /// Stops the process where `bytes` can't be had now, and `margin` beside them: small arrays, texts and closures are not
  /// asked for one by one. Costs nothing where no limit is set for the process; the machine's own memory isn't looked at,
  /// because the system lends more of it than it has.
  package static func checkMemory(for bytes: Int = 0, _ purpose: String = "") {
    if limit != nil && !canHave(bytes + margin) { stop(bytes: bytes + margin, purpose) }
  }

  /// Bytes that large blocks and arrays leave to the rest.
  private static let margin = 48 << 20
  /// The fewest bytes that count as large.
  static let large = 1 << 16

  /// The smallest limit on this process's memory, in bytes, and the shell's command for it; nil if there is none.
  package static let limit: (bytes: Int, command: String)? = {
    #if os(Linux)
      let limits = [(RLIMIT_AS, "ulimit -v"), (RLIMIT_DATA, "ulimit -d")].map { (__rlimit_resource_t($0.rawValue), $1) }
    #else
      let limits = [(RLIMIT_AS, "ulimit -v"), (RLIMIT_DATA, "ulimit -d")]
    #endif
    return limits.compactMap { resource, command in
      var limit = rlimit()
      guard getrlimit(resource, &limit) == 0, let bytes = Int(exactly: limit.rlim_cur), bytes < 1 << 50 else {
        return nil
      }
      return (bytes, command)
    }.min { $0.bytes < $1.bytes }
  }()

  /// Whether the system would give so much; it isn't touched, and given back at once.
  private static func canHave(_ bytes: Int) -> Bool {
    guard let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      memory != MAP_FAILED
    else { return false }
    munmap(memory, bytes)
    return true
  }
}
