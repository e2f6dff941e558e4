import Latent

extension LabelledAlarms {
  /// How long it takes until anomalies are found.
  public struct Delay: Sendable, Equatable, Codable {
    /// The number of anomalies that have an alarm.
    public let found: Int
    /// The number of those that have none.
    public let missed: Int
    /// Of those found, from their first row to their first alarm: 0 where the first row is one. In rows, or seconds where a
    /// period was given; nil where none is found.
    public let mean: Double?
    /// The longest of them.
    public let longest: Double?
  }

  /// The time from the beginning of each anomaly to its first alarm.
  ///
  /// - Parameter period: seconds from a row to the next; nil to count rows
  public func delay(period: Double? = nil) -> Delay {
    var (first, delays) = (0, [Double]())
    for event in labels.events {
      while first < runs.count && runs[first].upperBound <= event.lowerBound { first += 1 }
      guard first < runs.count, runs[first].lowerBound < event.upperBound else { continue }
      let row = max(event.lowerBound, runs[first].lowerBound)
      delays.append(Double(labels.rows[row] - labels.rows[event.lowerBound]) * (period ?? 1))
    }
    return Delay(
      found: delays.count, missed: labels.events.count - delays.count,
      mean: delays.isEmpty ? nil : delays.reduce(0, +) / Double(delays.count), longest: delays.max())
  }

  /// The number of runs of alarms that no row of an anomaly is in.
  public var falseAlarms: Int { Runs.overlaps(of: runs, with: labels.events).count { $0.rows == 0 } }

  /// The number of false alarms in a day: ``falseAlarms`` by the time of all rows. nil where there are no rows.
  ///
  /// - Parameter period: seconds from a row to the next
  public func falseAlarmsPerDay(period: Double) -> Double? {
    require(period > 0, "LabelledAlarms.falseAlarmsPerDay: a period of \(period) s; it must be positive")
    return labels.count > 0 ? Double(falseAlarms) / (Double(labels.count) * period / 86_400) : nil
  }
}
