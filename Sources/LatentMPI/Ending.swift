import Latent
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How all processes end because one has to: with one line, by process 0 where it still can.
enum Ending {
  private static let isUnderWay = Atomic<Bool>(false)
  /// Says a line; set by the program that has a terminal to give back first.
  static let say = Locked<@Sendable (String) -> Void> { line in
    let bytes = Array("Error: \(line)\n".utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  /// Whether it has begun: what MPI says then does not matter any more.
  static var hasBegun: Bool { isUnderWay.load(ordering: .sequentiallyConsistent) }

  /// Ends this process and asks the others to.
  ///
  /// - Parameters:
  ///   - problem: of this process, or of another that is named in it
  ///   - isNamed: whether it names its process already
  ///   - lost: processes that are not there any more
  static func end(_ problem: String, isNamed: Bool = false, code: Int32 = 1, lost: Set<Int> = []) -> Never {
    // Whoever comes second waits for the end.
    if isUnderWay.exchange(true, ordering: .sequentiallyConsistent) { while true { sleep(1) } }
    // A launcher that sees one process end may send the others signals: they end anyway, and have something to say first.
    for number in [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE] { signal(number, SIG_IGN) }
    #if MPI
      if let watch = Watch.current {
        let line = isNamed ? problem : "\(watch.name(of: watch.link.process)): \(problem)"
        watch.letFirstSay(line, code: code, lost: lost)
        say.withLock { $0 }(line)
        watch.endOthers(code: code)
        _exit(code)
      }
    #endif
    say.withLock { $0 }(problem)
    _exit(code)
  }

  /// Ends this process, of which everything is said.
  static func leave(code: Int32) -> Never { _exit(code) }
}
