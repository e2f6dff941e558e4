import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Whether somebody wants the program to end: Ctrl-C, or a SIGTERM as from a batch system. The first signal is noted, the
/// second ends the process.
package enum Interrupt {
  private static let noted = Atomic<Int32>(0)

  /// Called where the second signal ends the process: it must be fit for a signal handler, and is set once.
  nonisolated(unsafe) package static var beforeExit: (@convention(c) () -> Void)?

  package static var happened: Bool { noted.load(ordering: .relaxed) != 0 }

  /// What shells expect of a process that a signal ended: 130 for Ctrl-C, 143 for SIGTERM.
  package static var exitCode: Int32 { 128 + noted.load(ordering: .relaxed) }

  /// Before any thread is started. A parent may have blocked the signals, and a child inherits that.
  package static func listen() {
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGINT, SIGTERM] { sigaddset(&set, number) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        if Interrupt.noted.exchange(number, ordering: .relaxed) != 0 {
          Interrupt.beforeExit?()
          _exit(128 + number)
        }
      }
    }
  }
}
