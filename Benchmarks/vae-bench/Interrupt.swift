import Foundation
import Synchronization

/// Whether Ctrl-C was pressed. The first one is noted, the second ends the process.
enum Interrupt {
  static let exitCode: Int32 = 130
  private static let isNoted = Atomic<Bool>(false)

  static var happened: Bool { isNoted.load(ordering: .relaxed) }

  static func listen() {
    signal(SIGINT) { _ in
      if Interrupt.isNoted.exchange(true, ordering: .relaxed) { _exit(Interrupt.exitCode) }
    }
  }
}
