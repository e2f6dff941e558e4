import LatentAnomalies
import LatentFiles

/// A scored series as a picture: features with what was expected of them, and the scores with their threshold below, all on
/// one axis of time. A column of pixels shows all rows that are in it, from their least to their greatest.
public struct ScoredChart: Sendable {
  /// The most features that are drawn.
  public static let mostFeatures = 4

  let timeline: ScoredTimeline
  /// A line among the scores.
  public var threshold: Double
  /// Shaded; the features with the greatest shares in them are drawn.
  public var events: [AnomalyEvent]
  /// Above the chart; the series' name at first.
  public var title: String

  /// A chart with the series' name as its title.
  ///
  /// - Parameter events: ascending
  public init(_ timeline: ScoredTimeline, threshold: Double, events: [AnomalyEvent]) {
    (self.timeline, self.threshold, self.events, title) = (timeline, threshold, events, timeline.name)
  }

  /// The features that are drawn, in their order.
  var features: [Int] {
    var shares = Array(repeating: 0.0, count: timeline.columns.count)
    for feature in events.lazy.flatMap(\.features) where shares.indices.contains(feature.feature) {
      shares[feature.feature] += feature.share
    }
    let order = shares.indices.sorted { (-shares[$0], $0) < (-shares[$1], $1) }
    return order.prefix(Self.mostFeatures).sorted()
  }
}

/// The picture.
extension ScoredChart {
  private static let (width, left, right, head, foot, gap) = (1200.0, 72.0, 24.0, 88.0, 34.0, 30.0)
  private static let (panel, alarm, label) = (150.0, Color(0xcf222e), Color(0x1a7f37))

  /// The chart as a picture.
  public func picture() -> Picture {
    let shown = features
    let panels = Double(shown.count + 1)
    let drawing = Drawing(
      width: Self.width, height: Self.head + panels * (Self.panel + Self.gap) + Self.foot, scale: PlotFrame.scale)
    let inside = Self.width - Self.left - Self.right
    drawing.text(
      drawing.shortened(title, to: Self.width - 48, size: 19, weight: .bold), 24, 30, size: 19, .ink, weight: .bold)
    drawLegend(on: drawing)
    guard timeline.rows > 0 else { return drawing.picture() }
    let columns = ChartColumns(timeline, count: Int(inside * PlotFrame.scale))
    var top = Self.head
    for feature in shown {
      draw(feature, columns, on: drawing, top)
      top += Self.panel + Self.gap
    }
    drawScores(columns, on: drawing, top)
    let bottom = top + Self.panel
    for tick in columns.ticks(most: 9) {
      let x = Self.left + tick.value * inside
      drawing.line([(x, bottom), (x, bottom + 4)], .axis)
      drawing.text(tick.label, x, bottom + 18, size: 12, .text, .middle)
    }
    return drawing.picture()
  }

  private func draw(_ feature: Int, _ columns: ChartColumns, on drawing: Drawing, _ top: Double) {
    func part(_ low: FeatureBins.Part, _ high: FeatureBins.Part) -> ChartColumns.Extents {
      columns.extents(
        timeline.features.column(low, of: feature), timeline.features.column(high, of: feature),
        size: timeline.features.size)
    }
    let value = part(.valueLow, .valueHigh)
    let expected = part(.expectedLow, .expectedHigh)
    let band = part(.low, .high)
    let scale = Self.scale(value.ends + expected.ends + band.ends)
    let place = drawFrame(timeline.columns[feature], scale, columns, on: drawing, top)
    for run in band.runs {
      let upper = run.map { (x: columns.x($0, in: inside), y: place(band.high[$0])) }
      let lower = run.map { (x: columns.x($0, in: inside), y: place(band.low[$0])) }
      drawing.area(upper + lower.reversed(), .plain, opacity: 0.2)
    }
    drawLines(expected, .plain, columns, on: drawing, place)
    drawLines(value, .ink, columns, on: drawing, place)
  }

  private func drawScores(_ columns: ChartColumns, on drawing: Drawing, _ top: Double) {
    let scores = timeline.scores.scores.map { $0.magnitude <= AxisScale.largestValue ? Float($0) : .nan }
    let score = columns.extents(scores, scores, size: timeline.scores.size)
    let scale = Self.scale(score.ends + (threshold.magnitude <= AxisScale.largestValue ? [Float(threshold)] : []))
    let place = drawFrame("score", scale, columns, on: drawing, top)
    drawLines(score, .text, columns, on: drawing, place)
    let y = place(Float(threshold))
    drawing.line([(Self.left, y), (Self.width - Self.right, y)], Self.alarm, width: 1.2, dashes: [6, 4])
  }

  private var inside: ClosedRange<Double> { Self.left...Self.width - Self.right }

  /// A little more than what is drawn.
  private static func scale(_ values: [Float]) -> AxisScale {
    let values = values.filter { $0.isFinite }.map(Double.init)
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    let round = AxisScale.covering(low, high, maximumTicks: 7)
    guard high > low else { return round }
    let (lower, upper) = (low - 0.06 * (high - low), high + 0.06 * (high - low))
    return AxisScale(lower: lower, upper: upper, ticks: round.ticks.filter { (lower...upper).contains($0.value) })
  }

  /// The grid, alarms, labels and the name of a panel.
  ///
  /// - Returns: where a value lies
  private func drawFrame(
    _ name: String, _ scale: AxisScale, _ columns: ChartColumns, on drawing: Drawing, _ top: Double
  ) -> (Float) -> Double {
    let bottom = top + Self.panel
    func place(_ value: Float) -> Double {
      bottom - min(max(scale.position(Double(value)), 0), 1) * Self.panel
    }
    func shade(_ runs: [Range<Int>], _ y: Double, _ height: Double, _ color: Color, opacity: Double) {
      for run in columns.covered(by: runs) {
        let (a, b) = (columns.x(run.lowerBound, in: inside), columns.x(run.upperBound, in: inside))
        drawing.area([(a, y), (b, y), (b, y + height), (a, y + height)], color, opacity: opacity)
      }
    }
    shade(events.map(\.rows), top, Self.panel, Self.alarm, opacity: 0.18)
    for tick in scale.ticks {
      drawing.line([(Self.left, place(Float(tick.value))), (Self.width - Self.right, place(Float(tick.value)))], .grid)
      drawing.text(tick.label, Self.left - 8, place(Float(tick.value)) + 4, size: 12, .text, .end)
    }
    let labelled = timeline.labelledBins ?? []
    shade(
      labelled.map { $0.lowerBound * timeline.rowsPerScore..<$0.upperBound * timeline.rowsPerScore }, bottom - 4, 4,
      Self.label, opacity: 0.9)
    drawing.line([(Self.left, bottom), (Self.width - Self.right, bottom)], .axis)
    drawing.text(
      drawing.shortened(name, to: 600, size: 13, weight: .bold), Self.left, top - 8, size: 13, .ink, weight: .bold)
    return place
  }

  private func drawLines(
    _ extents: ChartColumns.Extents, _ color: Color, _ columns: ChartColumns, on drawing: Drawing,
    _ place: (Float) -> Double
  ) {
    for run in extents.runs {
      var points: [(x: Double, y: Double)] = []
      for column in run {
        let x = columns.x(column, in: inside)
        var ends = [place(extents.low[column]), place(extents.high[column])]
        // On from the nearer end.
        if let y = points.last?.y, abs(y - ends[1]) < abs(y - ends[0]) { ends.reverse() }
        points += ends.map { (x, $0) }
      }
      drawing.line(points, color, width: 1, isRound: true)
    }
  }

  private func drawLegend(on drawing: Drawing) {
    var x = 24.0
    let labels = timeline.labelledBins == nil ? [] : [("labelled", Self.label)]
    for (name, color) in [("value", .ink), ("expected", .plain), ("alarm, threshold", Self.alarm)] + labels {
      drawing.line([(x, 47), (x + 18, 47)], color, width: 2.5)
      drawing.text(name, x + 25, 51, size: 12, .text)
      x += 25 + drawing.width(of: name, size: 12) + 22
    }
  }
}
