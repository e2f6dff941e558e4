/// How much of what is an alarm is an anomaly, and how much of what is an anomaly is an alarm, each from 0 to 1.
public struct PrecisionRecall: Sendable, Equatable, Codable {
  /// nil where there are no alarms.
  public let precision: Double?
  /// nil where there are no anomalies.
  public let recall: Double?

  public init(precision: Double?, recall: Double?) { (self.precision, self.recall) = (precision, recall) }

  /// The harmonic mean of both; 0 where there are no alarms, nil where there are no anomalies.
  public var f1: Double? {
    guard let recall else { return nil }
    guard let precision, precision + recall > 0 else { return 0 }
    return 2 * precision * recall / (precision + recall)
  }
}

/// Rows that follow each other.
enum Runs {
  /// The runs of numbers from 0 on for which a condition holds.
  static func of(_ count: Int, where holds: (Int) -> Bool) -> [Range<Int>] {
    var (runs, first): ([Range<Int>], Int?) = ([], nil)
    for row in 0..<count {
      if holds(row) {
        if first == nil { first = row }
      } else if let start = first {
        runs.append(start..<row)
        first = nil
      }
    }
    if let first { runs.append(first..<count) }
    return runs
  }

  /// For each run, how many of its rows are in others, and in how many of them; both are in order.
  static func overlaps(of runs: [Range<Int>], with others: [Range<Int>]) -> [(rows: Int, runs: Int)] {
    var first = 0
    return runs.map { run in
      while first < others.count && others[first].upperBound <= run.lowerBound { first += 1 }
      var (rows, count, next) = (0, 0, first)
      while next < others.count && others[next].lowerBound < run.upperBound {
        rows += others[next].clamped(to: run).count
        (count, next) = (count + 1, next + 1)
      }
      return (rows, count)
    }
  }
}
