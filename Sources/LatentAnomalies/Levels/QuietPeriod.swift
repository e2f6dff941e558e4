import Latent

/// Lets one alarm stand for what follows it: after an alarm, the next rows give none, so that an event is counted once, when
/// it begins.
///
///     var quiet = QuietPeriod(above: 1.15, rows: 150)
///     for level in levels where quiet.isAlarm(level) { … }
///
/// The detectors of the Numenta Anomaly Benchmark have one, as each row of an alarm outside of an event counts against them
/// (CAD OSE: a fifth of the rows that were learned). ``AnomalyEvents`` join alarms to events instead, which have an end.
public struct QuietPeriod: Sendable {
  /// The number that alarms are above.
  public let threshold: Double
  /// The rows after an alarm that give none.
  public let rows: Int
  private var left = 0

  public init(above threshold: Double, rows: Int) {
    require(rows >= 0, "QuietPeriod: \(rows) rows; their number must not be negative")
    (self.threshold, self.rows) = (threshold, rows)
  }

  /// Whether the row that follows is quiet, whatever its number is.
  public var isQuiet: Bool { left > 0 }

  /// Whether the row that follows is an alarm; a row without a number (NaN) is none.
  public mutating func isAlarm(_ number: Double) -> Bool {
    if left > 0 {
      left -= 1
      return false
    }
    guard number > threshold else { return false }
    left = rows
    return true
  }
}
