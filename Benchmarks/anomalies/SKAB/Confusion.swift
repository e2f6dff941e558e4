/// Rows by what they are and what was said of them; SKAB adds them up over its files.
struct Confusion: Sendable {
  private var found = 0
  private var missed = 0
  private var falseAlarms = 0
  private var quiet = 0

  mutating func add(isAlarm: Bool, isAnomaly: Bool) {
    switch (isAlarm, isAnomaly) {
    case (true, true): found += 1
    case (false, true): missed += 1
    case (true, false): falseAlarms += 1
    case (false, false): quiet += 1
    }
  }

  /// The harmonic mean of precision and recall.
  var f1: Double { Double(found) / (Double(found) + Double(missed + falseAlarms) / 2) }
  /// The share of normal rows with an alarm (SKAB's FAR).
  var falseAlarmRate: Double { Double(falseAlarms) / Double(falseAlarms + quiet) }
  /// The share of anomalous rows without one (SKAB's MAR).
  var missedAlarmRate: Double { Double(missed) / Double(missed + found) }
}
