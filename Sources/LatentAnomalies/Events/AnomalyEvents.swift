import Latent

/// Makes events of alarms, as the rows of a series come, in memory that does not grow with them.
///
/// - An **alarm** is a row whose score is above the threshold.
/// - An **event** begins with an alarm and ends with the last alarm before `cooldown` rows without one. So alarms with fewer
///   quiet rows between them are one event.
/// - An event of fewer rows than `minLength`, from its first alarm to its last, is left out.
/// - A **row without a score** (NaN) is neither an alarm nor a quiet row: it begins no event, and ends none.
///
/// A feature's part of an event is its part of the shares of all rows from the first alarm to the last, where shares below 0
/// count as 0; all features have the same part where no share is above 0.
public struct AnomalyEvents: Sendable {
  /// The score that alarms are above.
  public var threshold: Double
  /// The fewest rows of an event.
  public let minLength: Int
  /// The number of rows without alarm that end an event.
  public let cooldown: Int

  private var open: OpenEvent?
  /// The number of the row that follows.
  private var nextRow = 0

  public init(above threshold: Double, minLength: Int = 1, cooldown: Int = 1) {
    require(
      minLength >= 1 && cooldown >= 1,
      "AnomalyEvents: \(minLength) rows at least, \(cooldown) without alarm; 1 and more")
    (self.threshold, self.minLength, self.cooldown) = (threshold, minLength, cooldown)
  }

  /// Takes the rows that follow, and gives the events that have ended with them.
  ///
  /// - Parameter rows: after those of the call before; rows between them count as rows without a score
  public mutating func add(_ rows: ScoredRows) -> [AnomalyEvent] {
    let threshold = threshold
    return add(rows, alarms: rows.scores.map { $0 > threshold })
  }

  /// The same where something else has said which rows are alarms, such as a ``StreamingThreshold``. A row without a score is
  /// none, whatever it says.
  public mutating func add(_ rows: ScoredRows, alarms: [Bool]) -> [AnomalyEvent] {
    require(
      rows.rows.lowerBound >= nextRow,
      "AnomalyEvents: rows from \(rows.rows.lowerBound) on, after those up to \(nextRow)")
    require(alarms.count == rows.rows.count, "AnomalyEvents: \(alarms.count) alarms for \(rows.rows.count) rows")
    nextRow = rows.rows.upperBound
    var ended: [AnomalyEvent] = []
    for (place, row) in rows.rows.enumerated() {
      let score = rows.scores[place]
      let isAlarm = alarms[place] && !score.isNaN
      guard open != nil || isAlarm else { continue }
      if open == nil { open = OpenEvent(row: row, score: score, features: rows.features) }
      open!.add(rows.shares[(place * rows.features)..<((place + 1) * rows.features)])
      if isAlarm {
        open!.alarm(row: row, score: score)
      } else if !score.isNaN {
        open!.quietRows += 1
        if open!.quietRows >= cooldown { ended += finish() }
      }
    }
    return ended
  }

  /// Ends the event that is open at the end of the series. Rows may follow, as those of another part.
  ///
  /// - Returns: the event, or nothing
  public mutating func finish() -> [AnomalyEvent] {
    defer { open = nil }
    guard let event = open?.event, event.rows.count >= minLength else { return [] }
    return [event]
  }
}

/// An event that may go on.
private struct OpenEvent: Sendable {
  /// Rows since the last alarm that have a score, and are no alarm.
  var quietRows = 0
  private let first: Int
  private var last: Int
  private var peak: Int
  private var score: Double
  /// What each feature added up to the last alarm, and since.
  private var sums: [Double]
  private var since: [Double]

  init(row: Int, score: Double, features: Int) {
    (first, last, peak, self.score) = (row, row, row, score)
    sums = Array(repeating: 0, count: features)
    since = sums
  }

  /// Far beyond any share, and its sum over all rows is finite.
  private static let largestShare = 1e200

  mutating func add(_ shares: ArraySlice<Double>) {
    require(shares.count == since.count, "AnomalyEvents: \(shares.count) features, after rows of \(since.count)")
    for (feature, share) in shares.enumerated() where share > 0 { since[feature] += min(share, Self.largestShare) }
  }

  mutating func alarm(row: Int, score: Double) {
    for feature in sums.indices { sums[feature] += since[feature] }
    since = Array(repeating: 0, count: sums.count)
    (last, quietRows) = (row, 0)
    if score > self.score { (peak, self.score) = (row, score) }
  }

  var event: AnomalyEvent {
    let total = sums.reduce(0, +)
    let parts = sums.map { total > 0 ? $0 / total : 1 / Double(sums.count) }
    let order = parts.indices.sorted { (-parts[$0], $0) < (-parts[$1], $1) }
    return AnomalyEvent(
      rows: first..<(last + 1), peak: peak, score: score,
      features: order.map { AnomalyEvent.Feature(feature: $0, share: parts[$0]) })
  }
}
