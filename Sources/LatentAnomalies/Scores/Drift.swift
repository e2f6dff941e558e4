import Foundation
import Latent
import LatentData
import LatentTraining

/// Whether new data look like what a model has learned: each feature's mean, spread and missing share, and the distribution of
/// scores, beside those of normal data.
///
///     let drift = Drift(of: series, from: calibration, by: scorer, on: workers)
///     for finding in drift.findings { print(finding.sentence) }
public struct Drift: Sendable {
  /// Something that has changed.
  public struct Finding: Sendable, Equatable {
    /// What kind of thing.
    public let kind: Kind
    /// What is the case, with the numbers that say so.
    public let sentence: String
  }

  /// What can change.
  public enum Kind: String, Sendable, CaseIterable {
    /// The mean of a feature, by more than its standard deviation.
    case level
    /// The standard deviation of a feature, to more than twice or less than half.
    case spread
    /// The share of missing values of a feature, by more than a twentieth of the rows.
    case missing
    /// The distribution of the scores: their greatest distance (Kolmogorov and Smirnov's) is more than a fifth.
    case scores
  }

  /// What has changed; nothing where the data are like those that were learned.
  public let findings: [Finding]
  /// The greatest distance between the distributions of scores, 0...1; NaN where no row has a score.
  public let scoreDistance: Double
  /// [D], of the new data
  public let features: [ScoreCalibration.Feature]

  /// Whether scores mean what they meant: an anomaly or two does not change it, other data do.
  public var asksForTraining: Bool { findings.contains { $0.kind == .scores } }

  /// - Parameters:
  ///   - rows: the new data, in the units of what was learned
  ///   - columns: the features' names: [D]
  public init(
    of rows: [Series], from calibration: ScoreCalibration, columns: [String], by scorer: AnomalyScorer,
    on workers: DataParallel
  ) {
    var scores: [Double] = []
    for series in rows { scorer.score(series, on: workers) { scores += $0.scores.filter { !$0.isNaN } } }
    let sketch = ScoreSketch(scores)
    scoreDistance = calibration.scores.distance(to: scores) ?? .nan
    features = (0..<scorer.model.features).map { feature in
      ScoreCalibration.Feature(rows.flatMap { $0.column(feature) })
    }
    var findings: [Finding] = []
    for (feature, name) in columns.enumerated() {
      findings += Self.findings(of: name, features[feature], before: calibration.features[feature])
    }
    if scoreDistance > 0.2 {
      findings.append(
        Finding(
          kind: .scores,
          sentence: "Half of the scores are above \(Self.text(sketch.median)), where it was "
            + "\(Self.text(calibration.scores.median)); their distribution differs by \(Self.text(scoreDistance)) of 1."
        ))
    }
    self.findings = findings
  }

  private static func findings(
    of name: String, _ now: ScoreCalibration.Feature, before: ScoreCalibration.Feature
  ) -> [Finding] {
    var found: [Finding] = []
    if abs(now.missing - before.missing) > 0.05 {
      let (new, old) = (text(100 * now.missing), text(100 * before.missing))
      found.append(
        Finding(kind: .missing, sentence: "\(name) is missing in \(new)% of the rows, where it was in \(old)%."))
    }
    guard now.missing < 1, before.missing < 1 else { return found }
    let moved = now.mean - before.mean
    if abs(moved) > before.deviation {
      let distance = before.deviation > 0 ? ", \(text(abs(moved) / before.deviation)) standard deviations" : ","
      found.append(
        Finding(
          kind: .level,
          sentence: "\(name) has a mean of \(text(now.mean))\(distance) \(moved > 0 ? "above" : "below") "
            + "\(text(before.mean)), that of what was learned."))
    }
    let ratio = now.deviation / before.deviation
    if ratio > 2 || ratio < 0.5 {
      found.append(
        Finding(
          kind: .spread,
          sentence:
            "\(name) has a standard deviation of \(text(now.deviation)), where it was \(text(before.deviation))."))
    }
    return found
  }

  /// For people, a line each: what has changed, and what to do.
  public var words: [String] {
    if findings.isEmpty { return ["no drift: the data look like what the model has learned"] }
    return findings.map { "drift of \($0.kind == .scores ? "the scores" : "a feature"): \($0.sentence)" }
      + [
        asksForTraining
          ? "-> Scores and thresholds no longer mean what they meant: train again, on data that have such rows."
          : "-> The scores are distributed as before: go on, and look again later."
      ]
  }

  /// Three digits that count.
  private static func text(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return "\(value)" }
    let unit = pow(10, floor(log10(abs(value))) - 2)
    let rounded = (value / unit).rounded() * unit
    return abs(value) >= 1000 ? String(format: "%.0f", rounded) : String(format: "%g", rounded)
  }
}
