import LatentFiles
import LatentKernels

/// The titles and axes around a plot, and where values lie between them.
struct PlotFrame {
  /// The size of every plot, in units.
  static let (width, height) = (760.0, 600.0)
  /// Pixels of a unit: plots are seen on screens with two pixels to a point.
  static let scale = 2.0
  static let textSize = 13.0

  let (left, top, right, bottom): (Double, Double, Double, Double)
  /// Nil for an axis without numbers, whose ends are 0 and 1.
  let (x, y): (AxisScale?, AxisScale?)

  /// Draws titles, grid, ticks and axes.
  ///
  /// - Parameters:
  ///   - legendWidth: kept free at the right
  ///   - yTitle: at the left, running upwards
  init(
    on drawing: Drawing, title: String, subtitle: String, xTitle: String, yTitle: String, x: AxisScale?, y: AxisScale?,
    legendWidth: Double = 0
  ) {
    let labelWidth = y?.ticks.map { drawing.width(of: $0.label, size: PlotFrame.textSize) }.max() ?? 0
    (self.x, self.y) = (x, y)
    left = 24 + (yTitle.isEmpty ? 0 : 24) + (labelWidth > 0 ? labelWidth + 8 : 0)
    right = drawing.width - 24 - legendWidth
    top = subtitle.isEmpty ? 56 : 76
    bottom = drawing.height - 20 - (xTitle.isEmpty ? 0 : 22) - (x == nil ? 0 : 20)
    let inside = drawing.width - 48
    drawing.text(
      drawing.shortened(title, to: inside, size: 19, weight: .bold), 24, 36, size: 19, .ink, weight: .bold)
    drawing.text(drawing.shortened(subtitle, to: inside, size: 14), 24, 58, size: 14, .text)
    for tick in y?.ticks ?? [] {
      let y = placeY(tick.value)
      drawing.line([(left, y), (right, y)], .grid)
      drawing.text(tick.label, left - 8, y + 4.5, size: PlotFrame.textSize, .text, .end)
    }
    for tick in x?.ticks ?? [] {
      let x = placeX(tick.value)
      drawing.line([(x, top), (x, bottom)], .grid)
      drawing.text(tick.label, x, bottom + 19, size: PlotFrame.textSize, .text, .middle)
    }
    if y?.ticks.isEmpty == false { drawing.line([(left, top), (left, bottom)], .axis) }
    if x?.ticks.isEmpty == false { drawing.line([(left, bottom), (right, bottom)], .axis) }
    let below = bottom + (x == nil ? 22 : 41)
    drawing.text(
      drawing.shortened(xTitle, to: right - left, size: 14), (left + right) / 2, below, size: 14, .text, .middle)
    drawing.text(
      drawing.shortened(yTitle, to: bottom - top, size: 14), 36, (top + bottom) / 2, size: 14, .text, .middle,
      isVertical: true)
  }

  func placeX(_ value: Double) -> Double { left + (x?.position(value) ?? value) * (right - left) }

  func placeY(_ value: Double) -> Double { bottom - (y?.position(value) ?? value) * (bottom - top) }
}
