import LatentFiles

/// One panel of a chart in a box of the picture: titles above, ticks left and below, end values at the right.
struct PanelDrawing {
  /// A series with the unbroken pieces of its curve.
  private typealias Curve = (series: CurveChart.Series, runs: [[CurvePoint]])

  private let panel: CurveChart.Panel
  private let curves: [Curve]
  private let xScale: AxisScale
  /// Nil when there is nothing to draw.
  private let yScale: AxisScale?
  /// The title's place.
  private let (originX, originY): (Double, Double)
  /// The edges of the area inside the axes.
  private let (left, top, right, bottom): (Double, Double, Double, Double)
  /// Whether there is room for all curves' last values.
  private let hasEnds: Bool

  private static let endDistance = 14.0

  /// - Parameter panel: with a colour for each series
  init(_ panel: CurveChart.Panel, x: Double, y: Double, width: Double, height: Double) {
    self.panel = panel
    curves = panel.series.map { ($0, $0.thinned.runs(panel.xAxis, panel.yAxis)) }
    let points = curves.flatMap(\.runs).joined()
    let values = points.flatMap { [$0.y] + ($0.band.map { [$0.low, $0.high] } ?? []) }
    let yScale = values.isEmpty ? nil : panel.yAxis.scale(values.min()!, values.max()!)
    self.yScale = yScale
    func widest(_ labels: [String], size: Double) -> Double {
      labels.map { SVGText.width(of: $0, size: size) }.max() ?? 0
    }
    (originX, originY) = (x, y)
    left = x + 8 + widest(yScale?.ticks.map(\.label) ?? [], size: 11)
    top = y + (panel.title.isEmpty ? 24 : 44)
    bottom = y + height - 38
    let ends = curves.compactMap { $0.runs.last?.last }.map { Format.measure($0.y) }
    hasEnds = Double(ends.count) * Self.endDistance <= bottom - top
    right = x + width - 10 - (hasEnds ? widest(ends, size: 11.5) : 0)
    xScale = panel.xScale(points.map(\.x), width: right - left)
  }

  func draw(on surface: some ChartSurface) {
    surface.group {
      drawSpans(on: surface)
      drawTitles(on: surface)
      drawAxes(on: surface)
      drawCurves(on: surface)
      drawEndLabels(on: surface)
    }
  }

  private func x(_ value: Double) -> Double { left + xScale.position(value) * (right - left) }

  private func y(_ value: Double, _ scale: AxisScale) -> Double { bottom - scale.position(value) * (bottom - top) }

  /// What is shaded, as far as the axis has it, with the names that fit.
  private func drawSpans(on surface: some ChartSurface) {
    guard yScale != nil else { return }
    var taken: [ClosedRange<Double>] = []
    for span in panel.spans where span.x.upperBound >= xScale.lower && span.x.lowerBound <= xScale.upper {
      let (from, to) = (x(max(span.x.lowerBound, xScale.lower)), x(min(span.x.upperBound, xScale.upper)))
      // A moment is seen too.
      let width = max(to - from, 1.5)
      surface.shade(from, top, width: width, height: bottom - top, span.color ?? .grey, name: span.name)
      let (middle, size) = (from + width / 2, SVGText.width(of: span.name, size: 11))
      let place = middle - size / 2...middle + size / 2
      guard size + 8 <= width, !taken.contains(where: { $0.overlaps(place) }) else { continue }
      taken.append(place)
      surface.text(span.name, middle, top + 12, .span)
    }
  }

  private func drawTitles(on surface: some ChartSurface) {
    if !panel.title.isEmpty { surface.text(panel.title, originX, originY + 13, .panelTitle) }
    surface.text(panel.yTitle, originX, top - 15, .yTitle)
    surface.text(panel.xTitle(on: xScale), (left + right) / 2, bottom + 33, .xTitle)
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
      let x = x(tick.value)
      surface.line(x, bottom, x, bottom + 4, .axis)
      surface.text(tick.label, x, bottom + 17, .xTick)
    }
  }

  /// Bands below all lines. One line for each unbroken piece, and a dot for a piece of one point and for the last point.
  private func drawCurves(on surface: some ChartSurface) {
    guard let yScale else { return }
    for (series, runs) in curves {
      for run in runs {
        for piece in run.split(whereSeparator: { $0.band == nil }) {
          let upper = piece.map { (x: x($0.x), y: y($0.band!.high, yScale)) }
          let lower = piece.map { (x: x($0.x), y: y($0.band!.low, yScale)) }
          if piece.count > 1 { surface.band(upper + lower.reversed(), series.look) }
        }
      }
    }
    for (series, runs) in curves {
      let count = runs.reduce(0) { $0 + $1.count }
      // All of a few measurements, or some points of a curve that its mark tells from others.
      let every = series.x != nil && count <= 12 ? 1 : series.mark == nil ? count + 1 : max(1, count / 8)
      var number = 0
      for (index, run) in runs.enumerated() {
        let places = run.map { (x: x($0.x), y: y($0.y, yScale)) }
        if run.count > 1 { surface.curve(places, series.look) }
        for (place, point) in places.enumerated() {
          let isLast = place == places.count - 1 && (run.count == 1 || index == runs.count - 1)
          if isLast || number % every == every - 1 { surface.mark(point.x, point.y, series.look) }
          number += 1
        }
      }
    }
  }

  /// The last values beside the ends of their curves, moved apart where they would cover each other.
  private func drawEndLabels(on surface: some ChartSurface) {
    guard let yScale, hasEnds else { return }
    let ends = curves.compactMap { series, runs in runs.last?.last.map { (series, $0.y) } }.sorted { $0.1 > $1.1 }
    let heights = Self.spread(ends.map { y($0.1, yScale) }, distance: Self.endDistance, within: top...bottom)
    for (end, y) in zip(ends, heights) {
      surface.text(Format.measure(end.1), right + 8, y + 4, .end(end.0.look.color))
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
