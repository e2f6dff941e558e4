import LatentFiles

extension DetectionLabels {
  /// The rows whose times are in one of the intervals, both ends included.
  ///
  ///     let file = try IntervalFile(contentsOf: "combined_windows.json", series: "nyc_taxi.csv")
  ///     let labels = try DetectionLabels(file.intervals, times: series.times!)
  ///
  /// - Parameters:
  ///   - intervals: in seconds since 1970, in any order; none where nothing is an anomaly
  ///   - times: of the rows, in ascending order; the numbers of rows for a series without times
  /// - Throws: `AnomalyError.data` where there are intervals, and none has a row
  public init(_ intervals: [ClosedRange<Double>], times: [Double]) throws(AnomalyError) {
    var isAnomaly = Array(repeating: false, count: times.count)
    for interval in intervals {
      let first = times.partitioningIndex { $0 >= interval.lowerBound }
      let end = times.partitioningIndex { $0 > interval.upperBound }
      for row in first..<max(first, end) { isAnomaly[row] = true }
    }
    self.init(isAnomaly)
    if events.isEmpty, let first = intervals.map(\.lowerBound).min(), let last = intervals.map(\.upperBound).max() {
      let rows =
        times.isEmpty ? "there are no rows" : "its rows are from \(Self.text(times[0])) to \(Self.text(times.last!))"
      throw .data(
        "labels that never occur: no row of the series is in any of the \(intervals.count) intervals from "
          + "\(Self.text(first)) to \(Self.text(last)), and \(rows): give the labels of this series, in the same time zone"
      )
    }
  }

  private static func text(_ time: Double) -> String {
    // Those of 1970 are numbers of rows.
    time.magnitude < 1e7 ? "\(time)" : TimeFormat.calendar.text(of: time)
  }
}
