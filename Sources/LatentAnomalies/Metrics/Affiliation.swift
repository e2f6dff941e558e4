/// Affiliation precision and recall (Huet, Navarro and Rossi, Local Evaluation of Time Series Anomaly Detection Algorithms, KDD
/// 2022): how near alarms are to anomalies, and anomalies to alarms, beside what random rows would have.
///
/// The series is cut in zones, one for each anomaly: the rows that are nearer to it than to another. In each, precision is the
/// mean chance, over all rows of alarms, that a row drawn from the zone is farther from the anomaly; recall the mean chance,
/// over the rows of the anomaly, that one drawn from the zone is farther from them than the nearest alarm. Both are then
/// averaged over zones, precision over those that have alarms.
enum Affiliation {
  /// A stretch of time. A row is the time from its number to the next.
  private typealias Interval = (low: Double, high: Double)

  /// - Parameters:
  ///   - alarms: runs of rows, in order
  ///   - events: the anomalies, runs of rows, in order
  static func precisionRecall(_ alarms: [Range<Int>], _ events: [Range<Int>], rows: Int) -> PrecisionRecall {
    guard !events.isEmpty else { return PrecisionRecall(precision: nil, recall: nil) }
    var (precision, recall, zonesWithAlarms, first) = (0.0, 0.0, 0, 0)
    for (number, event) in events.enumerated() {
      let zone: Interval = (
        number == 0 ? 0 : Double(events[number - 1].upperBound + event.lowerBound) / 2,
        number + 1 == events.count ? Double(rows) : Double(event.upperBound + events[number + 1].lowerBound) / 2
      )
      while first < alarms.count && Double(alarms[first].upperBound) <= zone.low { first += 1 }
      var (pieces, next) = ([Interval](), first)
      while next < alarms.count && Double(alarms[next].lowerBound) < zone.high {
        let alarm = interval(alarms[next])
        pieces.append((max(alarm.low, zone.low), min(alarm.high, zone.high)))
        next += 1
      }
      if pieces.isEmpty { continue }
      zonesWithAlarms += 1
      precision += self.precision(pieces, interval(event), zone)
      recall += self.recall(pieces, interval(event), zone)
    }
    return PrecisionRecall(
      precision: zonesWithAlarms > 0 ? precision / Double(zonesWithAlarms) : nil, recall: recall / Double(events.count))
  }

  private static func interval(_ rows: Range<Int>) -> Interval { (Double(rows.lowerBound), Double(rows.upperBound)) }

  private static func length(_ interval: Interval) -> Double { max(0, interval.high - interval.low) }

  private static func overlap(_ one: Interval, _ other: Interval) -> Interval {
    (max(one.low, other.low), min(one.high, other.high))
  }

  private static func precision(_ alarms: [Interval], _ event: Interval, _ zone: Interval) -> Double {
    let margin = min(event.low - zone.low, zone.high - event.high)
    // The mean over the times of an alarm that is outside of the event, near to far, times its length.
    func outside(_ near: Double, _ far: Double) -> Double {
      guard far > near else { return 0 }
      let (nearSide, farSide) = (min(near, margin), min(far, margin))
      let onBothSides = (farSide * farSide - nearSide * nearSide) / 2 + margin * (max(far, margin) - max(near, margin))
      let onOne = (far * far - near * near) / 2
      return far - near - (onBothSides + onOne + length(event) * (far - near)) / length(zone)
    }
    var (sum, lengths) = (0.0, 0.0)
    for alarm in alarms {
      sum += length(overlap(alarm, event))
      sum += outside(max(0, event.low - alarm.high), event.low - alarm.low)
      sum += outside(max(0, alarm.low - event.high), alarm.high - event.high)
      lengths += length(alarm)
    }
    return sum / lengths
  }

  private static func recall(_ alarms: [Interval], _ event: Interval, _ zone: Interval) -> Double {
    var sum = 0.0
    for (number, alarm) in alarms.enumerated() {
      // The part of the event that is nearest to this alarm.
      let near: Interval = (
        number == 0 ? zone.low : (alarms[number - 1].high + alarm.low) / 2,
        number + 1 == alarms.count ? zone.high : (alarm.high + alarms[number + 1].low) / 2
      )
      let part = overlap(event, near)
      guard part.high > part.low else { continue }
      sum += length(overlap(part, alarm))
      sum += before(overlap(part, (zone.low, alarm.low)), alarm.low, zone)
      sum += after(overlap(part, (alarm.high, zone.high)), alarm.high, zone)
    }
    return sum / length(event)
  }

  /// The mean over times before an alarm of the chance that a time of the zone is farther, times their length.
  private static func before(_ part: Interval, _ alarm: Double, _ zone: Interval) -> Double {
    guard part.high > part.low, alarm > zone.low, alarm < zone.high else { return 0 }
    // A time has the zone's times within its distance from the alarm on both sides, or up to the zone's end.
    let middle = (zone.low + zone.high) / 2
    var nearer = 0.0
    func add(_ low: Double, _ high: Double, _ integral: (_ low: Double, _ high: Double) -> Double) {
      let piece = overlap(part, (low, high))
      if piece.high > piece.low { nearer += integral(piece.low, piece.high) }
    }
    let (lowTurn, highTurn) = ((zone.low + alarm) / 2, (zone.high + alarm) / 2)
    func twice(_ low: Double, _ high: Double) -> Double { (high - low) * (2 * alarm - low - high) }
    add(zone.low, min(middle, lowTurn)) { (alarm - zone.low) * ($1 - $0) }
    add(min(middle, lowTurn), middle, twice)
    add(middle, max(middle, highTurn), twice)
    add(max(middle, highTurn), zone.high) { (zone.high + alarm - $0 - $1) * ($1 - $0) }
    return length(part) - nearer / length(zone)
  }

  /// The same of times after an alarm: time backwards.
  private static func after(_ part: Interval, _ alarm: Double, _ zone: Interval) -> Double {
    before((-part.high, -part.low), -alarm, (-zone.high, -zone.low))
  }
}
