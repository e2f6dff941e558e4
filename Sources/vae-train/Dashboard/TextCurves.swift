import LatentFiles
import LatentReport

/// A chart as lines of text: curves of dots in braille characters, two by four of them in each.
struct TextCurves {
  /// Each exactly as wide as was asked for, but for escape sequences of colours.
  private(set) var lines: [String] = []

  private static let gap = 2
  private static let narrowest = 24

  /// - Parameters:
  ///   - columns: of the terminal; panels that do not fit are left out
  ///   - rows: of all lines, at least 5
  ///   - epochs: where the horizontal axes end; where the longest curve does, without one
  init(_ chart: CurveChart, columns: Int, rows: Int = 14, epochs: Int? = nil, colors: Terminal.Colors = .palette) {
    let chart = chart.withLooks
    let count = max(1, min(chart.panels.count, (columns + Self.gap) / (Self.narrowest + Self.gap)))
    let width = (columns + Self.gap) / count - Self.gap
    let panels = chart.panels.prefix(count).map {
      TextPanel($0, width: width, height: max(rows - 1, 4), epochs: epochs, isColored: colors != .none).lines
    }
    guard let height = panels.first?.count else { return }
    let space = String(repeating: " ", count: Self.gap)
    for row in 0..<height { lines.append(panels.map { $0[row] }.joined(separator: space)) }
    var legend: [(name: String, color: CurveChart.Color, dashed: Bool)] = []
    for series in chart.panels.flatMap(\.series) where !legend.contains(where: { $0.name == series.name }) {
      legend.append((series.name, series.color ?? .blue, series.dashed))
    }
    var (line, used) = ("", 0)
    for entry in legend where used + entry.name.count + 6 <= columns {
      line += (entry.dashed ? "╍╍ " : "━━ ").colored(entry.color, if: colors != .none) + entry.name + "   "
      used += entry.name.count + 6
    }
    lines.append(line)
  }
}

/// One pair of axes.
private struct TextPanel {
  private(set) var lines: [String] = []

  init(_ panel: CurveChart.Panel, width: Int, height: Int, epochs: Int?, isColored: Bool) {
    // As the charts of files do, what is not finite or too large leaves a gap.
    let values = panel.series.flatMap(\.values).filter { $0.magnitude <= 1e100 }
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    let labels = values.isEmpty ? ["", ""] : [Format.measure(high), Format.measure(low)]
    let margin = max(labels[0].count, labels[1].count, 6)
    let (columns, rows) = (max(width - margin - 1, 1), max(height - 2, 1))
    var dots = BrailleDots(columns: columns, rows: rows)
    let last = max(epochs ?? 0, panel.series.map(\.values.count).max() ?? 0, 2)
    // Later curves lie above earlier ones: the first is the most important.
    for series in panel.series.reversed() {
      dots.draw(series.values, low: low, high: high, epochs: last, color: series.color ?? .blue, dashed: series.dashed)
    }
    lines.append(panel.title.padded(to: width))
    for row in 0..<rows {
      let label = row == 0 ? labels[0] : row == rows - 1 ? labels[1] : ""
      lines.append(label.padded(to: margin, right: true) + "┤" + dots.line(row, isColored: isColored))
    }
    let end = "\(panel.xTitle) \(last)"
    let axis = "1" + end.padded(to: columns - 1, right: true)
    lines.append(String(repeating: " ", count: margin) + "└" + axis.padded(to: columns))
  }
}

/// A field of dots with a colour for each character.
private struct BrailleDots {
  let columns: Int
  let rows: Int
  private var bits: [UInt8]
  private var colors: [CurveChart.Color?]

  /// The bits of a character's dots, by row and column (Unicode 17.0, section 21.1).
  private static let dots: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

  init(columns: Int, rows: Int) {
    (self.columns, self.rows) = (columns, rows)
    bits = Array(repeating: 0, count: columns * rows)
    colors = Array(repeating: nil, count: columns * rows)
  }

  /// Straight lines from each epoch's value to the next one's.
  mutating func draw(
    _ values: [Double], low: Double, high: Double, epochs: Int, color: CurveChart.Color, dashed: Bool
  ) {
    let (width, height) = (2 * columns, 4 * rows)
    func isDrawn(_ value: Double) -> Bool { value.magnitude <= 1e100 }
    func y(_ value: Double) -> Int {
      high > low ? Int(((high - value) / (high - low) * Double(height - 1)).rounded()) : height / 2
    }
    var before: Int?
    for x in 0..<width {
      let place = Double(x) / Double(max(width - 1, 1)) * Double(epochs - 1)
      let index = min(Int(place), values.count)
      let fraction = place - Double(index)
      var value = Double.nan
      if index + 1 < values.count, isDrawn(values[index]), isDrawn(values[index + 1]) {
        value = values[index] + (values[index + 1] - values[index]) * fraction
      } else if index < values.count, fraction * Double(width - 1) < Double(epochs - 1) {
        // The dot nearest to an epoch whose next one is not there.
        value = values[index]
      }
      guard isDrawn(value) else {
        before = nil
        continue
      }
      let now = y(value)
      // From the row after the last column's, so that steep curves have no gaps.
      let start = before.map { now > $0 ? $0 + 1 : now < $0 ? $0 - 1 : now } ?? now
      before = now
      if dashed && x / 2 % 2 == 1 { continue }
      for row in min(start, now)...max(start, now) { set(x, row, color) }
    }
  }

  private mutating func set(_ x: Int, _ y: Int, _ color: CurveChart.Color) {
    let cell = y / 4 * columns + x / 2
    bits[cell] |= Self.dots[y % 4][x % 2]
    colors[cell] = color
  }

  func line(_ row: Int, isColored: Bool) -> String {
    var (line, color) = ("", CurveChart.Color?.none)
    for cell in row * columns..<(row + 1) * columns {
      if isColored && bits[cell] != 0 && colors[cell] != color {
        color = colors[cell]
        line += color!.escape
      }
      line.unicodeScalars.append(bits[cell] == 0 ? " " : Unicode.Scalar(0x2800 + UInt32(bits[cell]))!)
    }
    return line + (color == nil ? "" : "\u{1B}[39m")
  }
}

extension CurveChart.Color {
  /// Of the 256 colours of xterm, one that is seen on black and on white.
  fileprivate var escape: String {
    let number =
      switch self {
      case .blue: 33
      case .orange: 208
      case .green: 35
      case .purple: 134
      case .red: 197
      case .grey: 244
      case .teal: 73
      case .plum: 133
      case .sand: 179
      case .maroon: 131
      case .sky: 39
      case .moss: 107
      case .brown: 137
      case .navy: 63
      }
    return "\u{1B}[38;5;\(number)m"
  }
}

extension String {
  /// Cut or filled up with spaces.
  func padded(to width: Int, right: Bool = false) -> String {
    let text = String(prefix(max(width, 0)))
    let space = String(repeating: " ", count: max(width, 0) - text.count)
    return right ? space + text : text + space
  }

  fileprivate func colored(_ color: CurveChart.Color, if isColored: Bool) -> String {
    isColored ? color.escape + self + "\u{1B}[39m" : self
  }
}
