import Latent
import LatentCommand

/// Shows how far long work is, and what is left of it, in a line of the terminal; nothing anywhere else.
///
///     encoding ━━━━━━━━━━━────────  62%  4.2 s left
final class WorkBar: Sendable {
  private let bar: ProgressBar
  /// When the piece of work that is on began.
  private let start = Locked<ContinuousClock.Instant?>(nil)
  /// Work that is over sooner is not worth a line.
  private static let patience = Duration.milliseconds(400)

  init(_ bar: ProgressBar) { self.bar = bar }

  func hear(_ progress: WorkProgress) { hear(progress, at: .now) }

  func hear(_ progress: WorkProgress, at now: ContinuousClock.Instant) {
    guard progress.done > 0, progress.done < progress.total else {
      start.withLock { $0 = now }
      return bar.clear()
    }
    guard let start = start.withLock({ $0 }), now - start > Self.patience else { return }
    let fraction = Double(progress.done) / Double(progress.total)
    let seconds = (now - start) / .seconds(1)
    bar.update(
      RunProgress(label: progress.label, fraction: fraction, secondsLeft: seconds * (1 / fraction - 1)), at: now)
  }

  func clear() { bar.clear() }
}

extension Failure {
  /// Runs a command's work as ``reporting(_:)`` does, with a line that shows how far it is.
  ///
  /// - Parameter alone: whether the first process does it alone, where several run the program
  static func reportingProgress(isEnabled: Bool = true, alone: Bool = false, _ work: () throws -> Void) throws {
    if alone && !Processes.isFirst { return }
    try reporting {
      let bar = WorkBar(ProgressBar(isEnabled: isEnabled && Processes.isFirst))
      defer { bar.clear() }
      try LongWork.following({ bar.hear($0) }, work)
    }
  }
}
