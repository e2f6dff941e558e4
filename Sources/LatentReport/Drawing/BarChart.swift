import LatentFiles
import LatentKernels

/// Named amounts as bars beside each other.
public struct BarChart: Sendable, Equatable {
  /// One bar.
  public struct Bar: Sendable, Equatable {
    /// Below it.
    public var name: String
    /// Its height; one below 0, or not finite, has none.
    public var value: Double

    public init(_ name: String, _ value: Double) { (self.name, self.value) = (name, value) }
  }

  /// Above the chart.
  public var title: String
  /// Below the title.
  public var subtitle: String
  /// Below the names.
  public var xTitle: String
  /// Beside the vertical axis: what the amounts are.
  public var yTitle: String
  /// From left to right.
  public var bars: [Bar]

  public init(title: String, subtitle: String = "", xTitle: String = "", yTitle: String, bars: [Bar]) {
    (self.title, self.subtitle, self.xTitle, self.yTitle, self.bars) = (title, subtitle, xTitle, yTitle, bars)
  }

  /// The chart as a picture.
  public func picture() -> Picture {
    let drawing = Drawing(width: PlotFrame.width, height: PlotFrame.height * 0.75, scale: PlotFrame.scale)
    let values = bars.map { $0.value > 0 && $0.value <= AxisScale.largestValue ? $0.value : 0 }
    let highest = values.max() ?? 0
    let frame = PlotFrame(
      on: drawing, title: title, subtitle: subtitle, xTitle: xTitle, yTitle: yTitle,
      x: AxisScale(lower: 0, upper: Double(max(bars.count, 1)), ticks: []),
      y: AxisScale.covering(0, highest > 0 ? highest : 1, maximumTicks: 7))
    let slot = (frame.right - frame.left) / Double(max(bars.count, 1))
    let widest = bars.map { drawing.width(of: $0.name, size: PlotFrame.textSize) }.max() ?? 0
    // Every bar is named where there is room, else every second, fifth, tenth, …
    let every = [1, 2, 5, 10, 20, 50, 100, 200, 500].first { slot * Double($0) >= widest + 6 } ?? 1000
    let texts = values.map { Format.fixed($0, $0 < 9.995 ? 2 : 1) }
    let hasValues = slot >= (texts.map { drawing.width(of: $0, size: 12) }.max() ?? 0) + 4
    for (index, bar) in bars.enumerated() {
      let (middle, top) = (frame.left + (Double(index) + 0.5) * slot, frame.placeY(values[index]))
      let wide = min(slot * 0.72, 60)
      drawing.rectangle(middle - wide / 2, top, width: wide, height: frame.bottom - top, .plain)
      if hasValues { drawing.text(texts[index], middle, top - 6, size: 12, .text, .middle, halo: .white) }
      if index % every == 0 {
        drawing.text(bar.name, middle, frame.bottom + 19, size: PlotFrame.textSize, .text, .middle)
      }
    }
    drawing.line([(frame.left, frame.bottom), (frame.right, frame.bottom)], .axis)
    return drawing.picture()
  }
}
