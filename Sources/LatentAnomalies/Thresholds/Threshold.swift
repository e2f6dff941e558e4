import Foundation

/// The score above which a row is an alarm, and how it was found.
///
///     let threshold = try Threshold(.peaksOverThreshold(1e-4), scores: validation)
///     threshold.words          // "alarms on about 1 row in 10,000 of normal data"
///     threshold.isAlarm(7.5)
public struct Threshold: Sendable, Equatable, Codable {
  /// How it was found.
  public let rule: Rule
  /// The highest score that is no alarm.
  public let value: Double
  /// The number of scores that it was found from.
  public let count: Int
  /// The part of them that is above it, from 0 to 1; 0 if there were none.
  public let share: Double

  /// The threshold that a rule gives for scores of normal data, such as those of the rows that training was validated on;
  /// NaN is a row without a score.
  ///
  /// - Throws: `ThresholdError` where there are too few scores for the rule, or too many that are the same
  public init(_ rule: Rule, scores: [Double]) throws(ThresholdError) {
    try self.init(rule, sketch: ScoreSketch(scores))
  }

  /// The same by a record of the scores: equal to that of the scores themselves, as these are made a sketch too.
  ///
  /// - Throws: `ThresholdError` where there are too few scores for the rule, or too many that are the same
  public init(_ rule: Rule, sketch: ScoreSketch) throws(ThresholdError) {
    (self.rule, count) = (rule, sketch.count)
    switch rule {
    case .quantile(let part):
      let needed = Int((1 / (1 - part) - 1e-6).rounded(.up))
      guard count >= needed else { throw .tooFewScores(rule: "\(rule)", count: count, needed: needed) }
      value = sketch.quantile(part)
    case .peaksOverThreshold(let risk):
      value = try ParetoTail.Peaks(of: sketch, for: rule).threshold(risk: risk) ?? sketch.quantile(1 - risk)
    case .medianDeviations(let number):
      guard count >= 2 else { throw .tooFewScores(rule: "\(rule)", count: count, needed: 2) }
      guard sketch.medianDeviation > 0 else { throw .noDeviation(rule: "\(rule)", score: sketch.median) }
      value = sketch.median + number * 1.4826 * sketch.medianDeviation
    case .number(let score): value = score
    }
    share = sketch.share(above: value)
  }

  /// A threshold that was chosen, and found from no scores.
  public init(_ value: Double) { (rule, self.value, count, share) = (.number(value), value, 0, 0) }

  /// Whether a row with this score is an alarm; one without a score (NaN) is none.
  public func isAlarm(_ score: Double) -> Bool { score > value }

  /// What it means, for people: "alarms on about 1 row in 10,000 of normal data".
  ///
  /// A quantile and peaks over threshold say what they were made for; others, what part of the scores is above them.
  public var words: String {
    switch rule {
    case .quantile(let part): return "alarms on about \(Words.oneRowIn(1 - part)) of normal data"
    case .peaksOverThreshold(let risk): return "alarms on about \(Words.oneRowIn(risk)) of normal data"
    case .medianDeviations, .number:
      if count == 0 { return "alarms on rows with a score above \(value)" }
      let above = Int((share * Double(count)).rounded())
      if above == 0 { return "alarms on none of the \(Words.grouped(count)) rows of normal data" }
      if above == count { return "alarms on every one of the \(Words.grouped(count)) rows of normal data" }
      return "alarms on about \(Words.oneRowIn(share)) of normal data "
        + "(\(Words.grouped(above)) of \(Words.grouped(count)))"
    }
  }
}
