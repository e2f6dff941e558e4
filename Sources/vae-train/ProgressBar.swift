import Latent
import LatentFiles
import LatentReport

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How far a run is, as the progress line shows it.
struct RunProgress: Sendable, Equatable {
  /// What is running: `epoch 3/30`.
  var label: String
  /// Done, in 0...1.
  var fraction: Double
  var imagesPerSecond: Double?
  /// Seconds until `fraction` is 1.
  var secondsLeft: Double?
  /// Seconds until the whole run is done.
  var runSecondsLeft: Double?
  /// Running losses in nats per image, the most important first.
  var losses: [(name: String, value: Double)] = []

  static func == (a: RunProgress, b: RunProgress) -> Bool {
    a.label == b.label && a.fraction == b.fraction && a.imagesPerSecond == b.imagesPerSecond
      && a.secondsLeft == b.secondsLeft && a.runSecondsLeft == b.runSecondsLeft
      && a.losses.elementsEqual(b.losses, by: ==)
  }

  /// The progress line, at most `width` columns wide:
  ///
  ///     epoch 3/30 ━━━━━━━━━━━────────  62%  7,264 images/s  4.2 s left  loss 243.81  kl 15.70
  ///
  /// The narrower the terminal, the more is left out: the run's time left, losses from the last, then the time left,
  /// the speed, the bar.
  func line(width: Int, ascii: Bool = false) -> String {
    let percent = Format.percent(fraction)
    let head = label + " "
    let tail = String(repeating: " ", count: 5 - percent.count) + percent
    let barWidths = 8...28
    guard head.count + barWidths.lowerBound + tail.count <= width else {
      let short = head + percent
      return short.count <= width ? short : percent.count <= width ? percent : ""
    }
    var details: [String] = []
    if let imagesPerSecond, imagesPerSecond.isFinite { details.append(Format.rate(imagesPerSecond, "images")) }
    if let secondsLeft, secondsLeft.isFinite { details.append(Format.duration(secondsLeft) + " left") }
    details += losses.map { "\($0.name) \(Format.fixed($0.value, 2))" }
    if let runSecondsLeft, runSecondsLeft.isFinite { details.append("run \(Format.duration(runSecondsLeft)) left") }
    var room = width - head.count - barWidths.lowerBound - tail.count
    let shown = details.prefix { detail in
      room -= detail.count + 2
      return room >= 0
    }
    let text = tail + shown.map { "  " + $0 }.joined()
    return head + bar(width: min(width - head.count - text.count, barWidths.upperBound), ascii: ascii) + text
  }

  private func bar(width: Int, ascii: Bool) -> String {
    let done = fraction.isNaN ? 0 : Int((min(max(fraction, 0), 1) * Double(width)).rounded(.down))
    return String(repeating: ascii ? "#" : "━", count: done) + String(repeating: ascii ? "." : "─", count: width - done)
  }
}

/// A progress line that redraws itself in place on a terminal, and does nothing at all anywhere else.
///
/// May be called from any thread.
final class ProgressBar: Sendable {
  private struct State {
    var nextDraw: ContinuousClock.Instant?
    var isVisible = false
  }

  private let file: Int32
  private let isTerminal: Bool
  private let isASCII: Bool
  private let fallbackColumns: Int
  private let state = Locked(State())
  /// Ten times a second is smooth, and costs nothing.
  static let interval = Duration.milliseconds(100)

  /// - Parameters:
  ///   - file: the descriptor of the terminal; standard error by default, so that standard output stays clean.
  ///   - isEnabled: false for a program that was told to be quiet.
  ///   - environment: finds `TERM`, `COLUMNS` and the locale; by default in the environment of the process.
  init(
    file: Int32 = STDERR_FILENO, isEnabled: Bool = true,
    environment: Terminal.Environment = Terminal.environment(_:)
  ) {
    self.file = file
    isTerminal = isEnabled && Terminal(file, environment: environment) != nil
    fallbackColumns = environment("COLUMNS").flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil } ?? 80
    isASCII = !Terminal.isUTF8(environment)
  }

  deinit { clear() }

  /// Shows `progress`, unless the line was drawn less than `interval` ago.
  func update(_ progress: @autoclosure () -> RunProgress, at now: ContinuousClock.Instant = .now) {
    guard isTerminal else { return }
    state.withLock { state in
      if let next = state.nextDraw, now < next { return }
      state.nextDraw = now + Self.interval
      state.isVisible = true
      // The last column stays free: some terminals go to the next line as soon as it is written.
      write("\r" + progress().line(width: columns - 1, ascii: isASCII) + "\u{1B}[K")
    }
  }

  /// Removes the line, so that something else can be printed in its place; the next `update` draws it again.
  func clear() {
    guard isTerminal else { return }
    state.withLock { state in
      if state.isVisible { write("\r\u{1B}[K") }
      state = State()
    }
  }

  /// The width of the terminal now (it may change at any time), else `COLUMNS`, else 80.
  private var columns: Int {
    var size = winsize()
    if ioctl(file, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 { return Int(size.ws_col) }
    return fallbackColumns
  }

  private func write(_ text: String) { Terminal.write(text, to: file) }
}
