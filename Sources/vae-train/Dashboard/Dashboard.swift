import LatentFiles
import LatentReport

/// A run on the whole of a terminal: curves, progress and reconstructions, drawn again as they change.
///
/// Everything is drawn by the thread that trains, between two steps and at most ten times a second: the line of the
/// progress, or all of it after an epoch and where the terminal has another size than before.
final class Dashboard {
  private let terminal: Terminal
  private var state = DashboardState()
  private var drawn: (columns: Int, rows: Int)?
  private var nextDraw = ContinuousClock.now
  /// Whether more than the progress is to be drawn.
  private var isStale = true

  /// Nil if there is no terminal, or none that can show it: too small, or without Unicode.
  init?(_ terminal: Terminal?) {
    guard let terminal, terminal.isUTF8, let size = terminal.size, size.columns >= DashboardView.smallest.columns,
      size.rows >= DashboardView.smallest.rows
    else { return nil }
    self.terminal = terminal
  }

  deinit { close() }

  /// Takes the terminal.
  func open(title: String, epochs: Int) {
    (state.title, state.epochs) = (title, epochs)
    FullScreen.enter(terminal.file)
    draw()
  }

  /// Gives the terminal back.
  func close() { FullScreen.leave() }

  /// Changes what is shown: at once, unless something was drawn less than a tenth of a second ago, else with the next step.
  func show(_ change: (inout DashboardState) -> Void) {
    change(&state)
    isStale = true
    if ContinuousClock.now >= nextDraw { draw() }
  }

  /// Shows how far the run is, unless that was drawn less than a tenth of a second ago.
  func update(_ progress: @autoclosure () -> RunProgress) {
    let now = ContinuousClock.now
    guard now >= nextDraw else { return }
    state.progress = progress()
    let size = terminal.size
    guard !FullScreen.mustRedraw, !isStale, let size, let drawn, size == drawn else { return draw() }
    nextDraw = now + ProgressBar.interval
    terminal.write(
      "\u{1B}[\(DashboardView.progressRow + 1);1H" + DashboardView.progressLine(state, columns: size.columns)
        + "\u{1B}[K")
  }

  private func draw() {
    guard let size = terminal.size else { return }
    nextDraw = .now + ProgressBar.interval
    (drawn, isStale) = (size, false)
    let view = DashboardView(state, columns: size.columns, rows: size.rows, colors: terminal.colors)
    // Line by line over what is there, so that nothing flickers.
    terminal.write("\u{1B}[H" + view.lines.joined(separator: "\u{1B}[K\r\n") + "\u{1B}[K\u{1B}[J")
  }
}
