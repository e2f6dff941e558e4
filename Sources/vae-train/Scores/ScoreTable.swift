import LatentAnomalies
import LatentData
import LatentFiles

/// The lines of a table of scores: for each row its time or number, and of each feature its value, what is expected of it, the
/// band that most values lie in and its part of the score; then the score, and whether it is an alarm. What is not there is
/// empty.
struct ScoreTable {
  private let columns: [String]
  private let hasTimes: Bool
  private let hasSeries: Bool
  /// - Parameters:
  ///   - columns: the features' names: [D]
  ///   - hasSeries: whether rows are of several series, whose names are told
  init(columns: [String], hasTimes: Bool, hasSeries: Bool = false) {
    (self.columns, self.hasTimes, self.hasSeries) = (columns, hasTimes, hasSeries)
  }

  /// The line of names: `time,load,expected,low,high,score,anomaly`, and of several features `load,load expected, … load score`.
  var header: String {
    let features =
      columns.count == 1
      ? [columns[0], "expected", "low", "high"]
      : columns.flatMap { [$0, $0 + " expected", $0 + " low", $0 + " high", $0 + " score"] }
    return CSVText.line((hasSeries ? ["series"] : []) + [hasTimes ? "time" : "row"] + features + ["score", "anomaly"])
  }

  /// The line of a row.
  ///
  /// - Parameters:
  ///   - label: its time or number
  ///   - values: [D]
  ///   - place: of the row among those of `scored`
  ///   - isAlarm: whether it is one; a row without a score is not judged
  func line(
    series: String = "", label: String, values: ArraySlice<Double>, _ scored: ScoredRows, at place: Int, isAlarm: Bool
  ) -> String {
    let features = columns.count
    var line = hasSeries ? CSVText.line([series, label]) : label
    // What a model says has the digits of single precision.
    func add(_ value: Double) {
      line += ","
      if !value.isNaN { line += value.isFinite ? "\(Float(value))" : "\(value)" }
    }
    for feature in 0..<features {
      let number = place * features + feature
      let value = values[values.startIndex + feature]
      line += "," + Self.text(value)
      add(scored.expected[number])
      add(scored.low[number])
      add(scored.high[number])
      if features > 1 { add(scored.shares[number]) }
    }
    let score = scored.scores[place]
    add(score)
    line += ","
    if !score.isNaN { line += isAlarm ? "1" : "0" }
    return line
  }

  /// A value as people write it: whole numbers without a fraction; nothing where it is missing.
  private static func text(_ value: Double) -> String {
    if value.isNaN { return "" }
    return Int(exactly: value).flatMap { $0.magnitude < 1 << 53 ? "\($0)" : nil } ?? "\(value)"
  }
}
