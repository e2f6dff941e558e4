import Foundation
import Synchronization

/// Whether Ctrl-C was pressed. The first one is noted, the second ends the process.
enum Interrupt {
  static let exitCode: Int32 = 130
  private static let isNoted = Atomic<Bool>(false)

  static var happened: Bool { isNoted.load(ordering: .relaxed) }

  /// Before any thread is started. A parent may have blocked the signal, and a child inherits that.
  static func listen() {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    signal(SIGINT) { _ in
      if Interrupt.isNoted.exchange(true, ordering: .relaxed) { _exit(Interrupt.exitCode) }
    }
  }
}
