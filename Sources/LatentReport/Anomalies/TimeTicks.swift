import LatentFiles

/// Round times on an axis, written as a file writes them.
enum TimeTicks {
  private static let day = 86_400.0
  private static let steps: [Double] =
    [0.001, 0.01, 0.1, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200]
    + [1, 2, 7, 14, 28, 91, 182, 364, 728, 1820, 3640, 18_200, 36_400, 364_000].map { $0 * day }

  /// - Parameters:
  ///   - range: seconds since 1970
  ///   - most: ticks at the most, 1 or more
  static func between(_ range: ClosedRange<Double>, most: Int, _ format: TimeFormat) -> [AxisScale.Tick] {
    let (pattern, span) = (format.pattern, range.upperBound - range.lowerBound)
    guard pattern.unit == .calendar else {
      let unit = pattern.unit == .milliseconds ? 1000.0 : 1
      return AxisScale.covering(range.lowerBound * unit, range.upperBound * unit, maximumTicks: max(most, 3)).ticks.map
      {
        AxisScale.Tick(value: $0.value / unit, label: $0.label.replacing(",", with: ""))
      }.filter { range.contains($0.value) }
    }
    let step = steps.first { $0 >= span / Double(max(most, 1)) } ?? steps.last!
    // In the zone of the file; weeks begin on Mondays, and 1970 began on a Thursday.
    let shift = Double(60 * pattern.offset) + (step >= 7 * day ? 3 * day : 0)
    let (first, last) = (
      ((range.lowerBound + shift) / step).rounded(.up), ((range.upperBound + shift) / step).rounded(.down)
    )
    guard first <= last, last - first <= Double(most) + 1 else { return [] }
    return stride(from: first, through: last, by: 1).map { number in
      let text = format.text(of: number * step - shift)
      let isDay = step >= day || (number * step).truncatingRemainder(dividingBy: day) == 0
      let time = text.dropFirst(11).prefix { $0.isNumber || $0 == ":" || $0 == "." }
      return AxisScale.Tick(
        value: number * step - shift,
        label: String(isDay || time.isEmpty ? text.prefix(10) : step >= 60 ? time.prefix(5) : time))
    }
  }
}
