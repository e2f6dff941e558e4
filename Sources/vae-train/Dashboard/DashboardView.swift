import LatentFiles
import LatentReport

/// What the dashboard shows at a moment.
struct DashboardState {
  /// The run, in a line.
  var title = ""
  var progress: RunProgress?
  /// The learning rate, the best epoch, the time so far.
  var status = ""
  /// Curves of the finished epochs, on axes for all.
  var chart: CurveChart?
  var epochs = 1
  /// The same number of each.
  var images: (originals: ImageStack, reconstructions: ImageStack)?
  /// Series and what is expected of them, in place of images.
  var series: CurveChart?
}

/// The dashboard as lines of text that fill a terminal.
///
///     vae-train  runs/1  synthetic digits
///     epoch 3/30 ━━━━━━━━━━━────────  62%  7,264 images/s  4.2 s left
///     learning rate 0.001  best epoch 2: 243.81  12.3 s
///
///     curves
///     originals, or series with what is expected of them
///     reconstructions
struct DashboardView {
  private(set) var lines: [String] = []

  /// The line of the progress, which changes more often than all else.
  static let progressRow = 1
  /// What a dashboard needs to be read at all.
  static let smallest = (columns: 40, rows: 16)

  private static let headRows = 4

  init(_ state: DashboardState, columns: Int, rows: Int, colors: Terminal.Colors) {
    // The last column stays free: some terminals go to the next line as soon as it is written.
    let width = columns - 1
    lines = [
      state.title.padded(to: width), Self.progressLine(state, columns: columns), state.status.padded(to: width), "",
    ]
    let imageRows = state.images.map { min(max((rows - Self.headRows) / 5, 3), TextImages.mostRows($0.originals)) } ?? 0
    let seriesRows = state.series == nil ? 0 : max((rows - Self.headRows) * 2 / 5, 6)
    let below = imageRows == 0 ? seriesRows == 0 ? 0 : seriesRows + 1 : 2 * imageRows + 1
    if let chart = state.chart {
      lines +=
        TextCurves(
          chart, columns: width, rows: max(rows - Self.headRows - below, 6), epochs: state.epochs, colors: colors
        ).lines
    }
    if let images = state.images {
      let columns = TextImages.columns(images.originals, rows: imageRows)
      let count = max(1, min(images.originals.count, (width + 1) / (columns + 1)))
      lines.append("")
      for stack in [images.originals, images.reconstructions] {
        lines += TextImages(stack, count: count, rows: imageRows, colors: colors).lines
      }
    }
    if let series = state.series {
      lines.append("")
      lines += TextCurves(series, columns: width, rows: seriesRows, colors: colors).lines
    }
    lines = Array(lines.prefix(rows))
  }

  static func progressLine(_ state: DashboardState, columns: Int) -> String {
    state.progress?.line(width: columns - 1) ?? ""
  }
}
