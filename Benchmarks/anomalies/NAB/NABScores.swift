import LatentAnomalies

/// What follows the score of a row, the same for all files: its level among the peaks so far, alarms that are followed by a quiet
/// period, and a number from 0 to 1.
struct NABScores: Sendable {
  /// The level that alarms are above. NAB's optimizer, which looks for the best threshold of all files, comes to nearly the
  /// same.
  var alarm = 1.15
  /// A block of ``PeakLevel``, as a share of the rows that were learned.
  var block = 0.1
  /// The quiet rows after an alarm, as a share of the rows that were learned: that of CAD OSE, another entry of NAB's.
  var quiet = 0.2

  /// NAB's `anomaly_score` of each row: 0 in rows that are learned or quiet, else the probability that normal peaks are lower.
  func numbers(of scores: [Double], learned: Int) -> [Double] {
    var peaks = PeakLevel(block: max(1, Int(block * Double(learned))), normal: Array(scores[..<learned]))
    var rest = QuietPeriod(above: alarm, rows: Int(quiet * Double(learned)))
    return Array(repeating: 0, count: learned)
      + scores[learned...].map { score in
        let level = peaks.next(score)
        let isQuiet = rest.isQuiet
        _ = rest.isAlarm(level)
        return isQuiet || level.isNaN ? 0 : PeakLevel.probability(of: level)
      }
  }
}
