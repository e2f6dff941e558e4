/// One panel of a chart in a box of the picture: titles above, ticks left and below, end values at the right.
struct PanelDrawing {
  private let panel: CurveChart.Panel
  private let xScale: AxisScale
  /// Nil when there is nothing to draw.
  private let yScale: AxisScale?
  /// The title's place.
  private let (originX, originY): (Double, Double)
  /// The edges of the area inside the axes.
  private let (left, top, right, bottom): (Double, Double, Double, Double)

  init(_ panel: CurveChart.Panel, x: Double, y: Double, width: Double, height: Double) {
    self.panel = panel
    let values = panel.series.flatMap(\.runs).joined().map(\.value)
    let yScale = values.isEmpty ? nil : AxisScale.covering(values.min()!, values.max()!)
    self.yScale = yScale
    func widest(_ labels: [String], size: Double) -> Double {
      labels.map { SVGText.width(of: $0, size: size) }.max() ?? 0
    }
    (originX, originY) = (x, y)
    left = x + 8 + widest(yScale?.ticks.map(\.label) ?? [], size: 11)
    right = x + width - 10 - widest(panel.series.compactMap(\.lastDrawn).map { Format.measure($0.value) }, size: 11.5)
    top = y + (panel.title.isEmpty ? 24 : 44)
    bottom = y + height - 38
    let epochs = panel.series.map(\.values.count).max() ?? 0
    // A label and the space beside it need about 32 pixels; more than ten labels are not read any better.
    xScale = AxisScale.epochs(epochs, maximumTicks: min(max(2, Int((right - left) / 32)), 10))
  }

  func svg() -> String { "<g>\n" + titles() + axes() + curves() + endLabels() + "</g>\n" }

  private func x(_ epoch: Int) -> Double { left + xScale.position(Double(epoch)) * (right - left) }

  private func y(_ value: Double, _ scale: AxisScale) -> Double { bottom - scale.position(value) * (bottom - top) }

  private func titles() -> String {
    var svg = panel.title.isEmpty ? "" : SVGText.text(panel.title, originX, originY + 13, class: "panel-title")
    svg += SVGText.text(panel.yTitle, originX, top - 15, class: "y-title")
    return svg + SVGText.text(panel.xTitle, (left + right) / 2, bottom + 33, class: "x-title")
  }

  private func axes() -> String {
    var svg = ""
    for tick in yScale?.ticks ?? [] {
      let y = y(tick.value, yScale!)
      svg += SVGText.line(left, y, right, y, class: "grid")
      svg += SVGText.text(tick.label, left - 7, y + 4, class: "y-tick")
    }
    svg += SVGText.line(left, bottom, right, bottom, class: "axis")
    guard yScale != nil else {
      return svg + SVGText.text("no data", (left + right) / 2, (top + bottom) / 2, class: "no-data")
    }
    for tick in xScale.ticks {
      let x = left + xScale.position(tick.value) * (right - left)
      svg += SVGText.line(x, bottom, x, bottom + 4, class: "axis")
      svg += SVGText.text(tick.label, x, bottom + 17, class: "x-tick")
    }
    return svg
  }

  /// One line for each unbroken piece, and a dot for a piece of one epoch and for the last epoch.
  private func curves() -> String {
    guard let yScale else { return "" }
    var svg = ""
    for series in panel.series {
      for run in series.runs {
        if run.count > 1 {
          let points = run.map { "\(SVGText.number(x($0.epoch))),\(SVGText.number(y($0.value, yScale)))" }
          svg += "<polyline class=\"\(series.look)\" points=\"\(points.joined(separator: " "))\"/>\n"
        } else {
          svg += SVGText.dot(x(run[0].epoch), y(run[0].value, yScale), class: "dot \(series.color)")
        }
      }
      if let run = series.runs.last, run.count > 1 {
        svg += SVGText.dot(x(run.last!.epoch), y(run.last!.value, yScale), class: "dot \(series.color)")
      }
    }
    return svg
  }

  /// The last values beside the ends of their curves, moved apart where they would cover each other.
  private func endLabels() -> String {
    guard let yScale else { return "" }
    let ends = panel.series.compactMap { series in series.lastDrawn.map { (series, $0.value) } }
      .sorted { $0.1 > $1.1 }
    let heights = Self.spread(ends.map { y($0.1, yScale) }, distance: 14, within: top...bottom)
    return zip(ends, heights).map { end, y in
      SVGText.text(Format.measure(end.1), right + 8, y + 4, class: "end \(end.0.color)")
    }.joined()
  }

  /// Ascending positions, moved as little as is simple so that neighbours are `distance` apart and inside `range`.
  static func spread(_ positions: [Double], distance: Double, within range: ClosedRange<Double>) -> [Double] {
    var result = positions
    // Neighbours that are too close share the move: first half of it upwards, then what is left downwards.
    for index in result.indices.dropFirst() where result[index] - result[index - 1] < distance {
      result[index - 1] -= (distance - (result[index] - result[index - 1])) / 2
    }
    for index in result.indices.dropFirst() { result[index] = max(result[index], result[index - 1] + distance) }
    // Then back inside the range, from its lower end upwards.
    var limit = range.upperBound
    for index in result.indices.reversed() {
      result[index] = min(result[index], limit)
      limit = result[index] - distance
    }
    return result
  }
}
