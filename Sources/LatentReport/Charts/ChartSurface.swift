import LatentFiles

/// What charts are drawn on: SVG or a picture.
protocol ChartSurface: AnyObject {
  /// A line of text with its baseline at (x, y), at the start, middle or end as the style wants.
  func text(_ text: String, _ x: Double, _ y: Double, _ style: ChartText)
  func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: ChartLine)
  /// The line through points of a series.
  func curve(_ points: [(x: Double, y: Double)], _ look: CurveLook)
  /// A short piece of such a line, for a legend.
  func sample(_ x1: Double, _ x2: Double, _ y: Double, _ look: CurveLook)
  /// What is at a curve's point.
  func mark(_ x: Double, _ y: Double, _ look: CurveLook)
  /// What a curve's values lie in, given around it.
  func band(_ points: [(x: Double, y: Double)], _ look: CurveLook)
  /// A shaded rectangle, with what readers are told who point at it.
  func shade(_ x: Double, _ y: Double, width: Double, height: Double, _ color: CurveChart.Color, name: String)
  /// What belongs together.
  func group(_ draw: () -> Void)
}

/// What a text of a chart is.
enum ChartText: Equatable {
  case title, panelTitle, legend, xTitle, yTitle, xTick, yTick, noData
  /// In a shaded part.
  case span
  /// The last value of a curve.
  case end(CurveChart.Color)
}

/// What a straight line of a chart is.
enum ChartLine {
  case grid, axis
}
