import LatentFiles

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

  func draw(on surface: some ChartSurface) {
    surface.group {
      drawTitles(on: surface)
      drawAxes(on: surface)
      drawCurves(on: surface)
      drawEndLabels(on: surface)
    }
  }

  private func x(_ epoch: Int) -> Double { left + xScale.position(Double(epoch)) * (right - left) }

  private func y(_ value: Double, _ scale: AxisScale) -> Double { bottom - scale.position(value) * (bottom - top) }

  private func drawTitles(on surface: some ChartSurface) {
    if !panel.title.isEmpty { surface.text(panel.title, originX, originY + 13, .panelTitle) }
    surface.text(panel.yTitle, originX, top - 15, .yTitle)
    surface.text(panel.xTitle, (left + right) / 2, bottom + 33, .xTitle)
  }

  private func drawAxes(on surface: some ChartSurface) {
    for tick in yScale?.ticks ?? [] {
      let y = y(tick.value, yScale!)
      surface.line(left, y, right, y, .grid)
      surface.text(tick.label, left - 7, y + 4, .yTick)
    }
    surface.line(left, bottom, right, bottom, .axis)
    guard yScale != nil else { return surface.text("no data", (left + right) / 2, (top + bottom) / 2, .noData) }
    for tick in xScale.ticks {
      let x = left + xScale.position(tick.value) * (right - left)
      surface.line(x, bottom, x, bottom + 4, .axis)
      surface.text(tick.label, x, bottom + 17, .xTick)
    }
  }

  /// One line for each unbroken piece, and a dot for a piece of one epoch and for the last epoch.
  private func drawCurves(on surface: some ChartSurface) {
    guard let yScale else { return }
    for series in panel.series {
      let runs = series.runs.map { $0.map { (x: x($0.epoch), y: y($0.value, yScale)) } }
      for (index, run) in runs.enumerated() {
        if run.count > 1 { surface.curve(run, series.look) }
        if run.count == 1 || index == runs.count - 1 { surface.dot(run.last!.x, run.last!.y, series.color) }
      }
    }
  }

  /// The last values beside the ends of their curves, moved apart where they would cover each other.
  private func drawEndLabels(on surface: some ChartSurface) {
    guard let yScale else { return }
    let ends = panel.series.compactMap { series in series.lastDrawn.map { (series, $0.value) } }
      .sorted { $0.1 > $1.1 }
    let heights = Self.spread(ends.map { y($0.1, yScale) }, distance: 14, within: top...bottom)
    for (end, y) in zip(ends, heights) {
      surface.text(Format.measure(end.1), right + 8, y + 4, .end(end.0.color))
    }
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
