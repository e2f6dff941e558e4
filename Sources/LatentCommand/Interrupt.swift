import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Whether somebody wants the program to end: Ctrl-C, the signals of batch systems (SIGTERM, SIGUSR1, SIGUSR2), a closed
/// terminal (SIGHUP), a limit on processor time (SIGXCPU) or a reader of the output that is gone (SIGPIPE).
///
/// Until ``hold()`` there is nothing to finish: a signal ends the process at once. After it the first one is only noted, and
/// whoever works looks at ``happened``; the second ends the process. What a parent ignores or blocks, as `nohup` and a
/// shell's `&` do, stays ignored or blocked.
package enum Interrupt {
  /// SIGPIPE joins them in ``hold()``: before, a closed pipe ends the process without a word, as it does others.
  private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU]

  // All that a signal handler may look at.
  private static let noted = Atomic<Int32>(0)
  private static let isHeld = Atomic<Bool>(false)
  nonisolated(unsafe) private static let farewell = Atomic<UnsafeMutablePointer<CChar>?>(nil)

  /// Called where a signal ends the process: it must be fit for a signal handler, and is set once.
  nonisolated(unsafe) package static var beforeExit: (@convention(c) () -> Void)?

  package static var happened: Bool { noted.load(ordering: .relaxed) != 0 }

  /// What shells expect of a process that a signal ended: 130 for Ctrl-C, 143 for SIGTERM, 138 for SIGUSR1.
  package static var exitCode: Int32 { 128 + noted.load(ordering: .relaxed) }

  /// From now on a signal ends the process at once, with an exit code of its own.
  ///
  /// - Parameter line: what is said then; nil where another process says it
  package static func listen(saying line: String?) {
    if let line { say(line) }
    for number in signals { handle(number) }
  }

  /// What a signal says that ends the process at once.
  package static func say(_ line: String) {
    // The line before is not freed: a handler may be reading it.
    farewell.store(strdup(line + "\n"), ordering: .releasing)
  }

  /// From now on the first signal is only noted.
  package static func hold() {
    isHeld.store(true, ordering: .sequentiallyConsistent)
    handle(SIGPIPE)
  }

  /// From now on signals change nothing: the program ends, and has something to say first.
  static func ignore() { for number in signals { signal(number, SIG_IGN) } }

  /// Whether a parent, or the program, has the signal ignored.
  package static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    #if canImport(Darwin)
      let handler = action.__sigaction_u.__sa_handler
    #elseif canImport(Musl)
      let handler = action.__sa_handler.sa_handler
    #else
      let handler = action.__sigaction_handler.sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private static func handle(_ number: Int32) {
    guard !isIgnored(number) else { return }
    signal(number) { Interrupt.hear($0) }
  }

  private static func hear(_ number: Int32) {
    let isFirst = noted.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged
    let isHeld = isHeld.load(ordering: .sequentiallyConsistent)
    // These two come again and again: nobody insists.
    if isHeld && (isFirst || number == SIGXCPU || number == SIGPIPE) { return }
    beforeExit?()
    if !isHeld, let line = farewell.load(ordering: .acquiring) { _ = write(STDERR_FILENO, line, strlen(line)) }
    _exit(128 + number)
  }
}
