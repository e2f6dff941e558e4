import LatentFiles

extension CurveChart.Panel {
  /// The horizontal axis over these places, with as many ticks as have room.
  ///
  /// - Parameter width: of the area inside the axes
  func xScale(_ places: [Double], width: Double) -> AxisScale {
    guard series.contains(where: { $0.x != nil }) || xAxis != .linear else {
      // A label and the space beside it need about 32 pixels; more than ten labels are not read any better.
      return AxisScale.epochs(series.map(\.values.count).max() ?? 0, maximumTicks: min(max(2, Int(width / 32)), 10))
    }
    let (low, high) = (places.min() ?? 1, places.max() ?? 2)
    var scale = xAxis.scale(low, high, maximumTicks: 3)
    for count in (4...10).reversed() {
      let wide = xAxis.scale(low, high, maximumTicks: count)
      if wide.fits(width) {
        scale = wide
        break
      }
    }
    return scale
  }

  /// What stands below the axis: of times of the day without any, which day it is.
  func xTitle(on scale: AxisScale) -> String {
    guard xTitle.isEmpty, case .time(let format) = xAxis, format.pattern.unit == .calendar else { return xTitle }
    let days = [scale.lower, scale.upper].map { String(format.text(of: $0).prefix(10)) }
    if scale.ticks.contains(where: { $0.label.count >= 10 }) { return "" }
    return days[0] == days[1] ? days[0] : days.joined(separator: " – ")
  }
}

extension CurveChart.XAxis {
  fileprivate func scale(_ low: Double, _ high: Double, maximumTicks: Int) -> AxisScale {
    switch self {
    case .linear: return .covering(low, high, maximumTicks: maximumTicks)
    case .logarithmic: return .logarithmic(low, high, maximumTicks: maximumTicks, isCovered: false)
    case .time(let format):
      let (low, high) = high > low ? (low, high) : (low - 1, low + 1)
      return AxisScale(lower: low, upper: high, ticks: TimeTicks.between(low...high, most: maximumTicks, format))
    }
  }
}

extension AxisScale {
  /// Whether the ticks' labels stand apart, and not far beyond the ends of an axis.
  fileprivate func fits(_ width: Double) -> Bool {
    let labels = ticks.map { tick in
      let (middle, size) = (position(tick.value) * width, SVGText.width(of: tick.label, size: 11))
      return (from: middle - size / 2, to: middle + size / 2)
    }
    return zip(labels, labels.dropFirst()).allSatisfy { $1.from - $0.to >= 10 }
  }
}
