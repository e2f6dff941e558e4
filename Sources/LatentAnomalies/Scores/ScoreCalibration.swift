import Foundation
import Latent
import LatentData
import LatentTraining

/// What is known of normal data: how a model scores rows that it has not learned from, and what their features are like. It
/// is kept with the model, thresholds are found from it, and new data compared with it.
public struct ScoreCalibration: Sendable, Equatable, Codable {
  /// A feature of normal data, in its own units.
  public struct Feature: Sendable, Equatable, Codable {
    /// The mean of its known values; 0 where there are none.
    public let mean: Double
    /// Their standard deviation, that of a sample.
    public let deviation: Double
    /// The share of rows in which it is missing, from 0 to 1.
    public let missing: Double

    public init(mean: Double, deviation: Double, missing: Double) {
      (self.mean, self.deviation, self.missing) = (mean, deviation, missing)
    }

    /// - Parameter values: NaN where one is missing
    public init(_ values: [Double]) {
      let figures = FeatureFigures(values)
      self.init(
        mean: figures.mean, deviation: figures.deviation,
        missing: values.isEmpty ? 0 : 1 - Double(figures.count) / Double(values.count))
    }
  }

  /// What the scores are.
  public let settings: ScoreSettings
  /// Of which part of a run's data: `validation` or `training`.
  public let part: String
  /// The rows' scores.
  public let scores: ScoreSketch
  /// [D]
  public let features: [Feature]
  /// Seconds from a row to the next; nil where rows have no times.
  public let period: Double?

  /// The most rows that are scored.
  static let mostRows = 100_000

  /// Scores rows of normal data, the first hundred thousand of them.
  ///
  /// - Parameters:
  ///   - rows: parts of series, each without a seam
  ///   - part: what they are, in a word
  ///   - workers: all processes that share them call this
  public init(
    _ settings: ScoreSettings, of rows: [Series], part: String, by scorer: AnomalyScorer, on workers: DataParallel
  ) {
    var (scores, left, taken) = ([Double](), Self.mostRows, [Series]())
    for series in rows where left > 0 {
      taken.append(series.rows > left ? series[0..<left] : series)
      left -= taken.last!.rows
      scorer.score(taken.last!, on: workers) { scores += $0.scores.filter { !$0.isNaN } }
    }
    (self.settings, self.part, self.scores) = (settings, part, ScoreSketch(scores))
    features = (0..<scorer.model.features).map { feature in Feature(taken.flatMap { $0.column(feature) }) }
    period = rows.lazy.compactMap(\.period).first
  }
}

extension SavedModel {
  /// The name of a calibration among what a model's file says of itself.
  package static let calibrationName = "anomalies"

  /// What the model's file knows of normal data; nil where it has nothing of it that can be read.
  public var calibration: ScoreCalibration? {
    guard let text = metadata[Self.calibrationName],
      let found = try? JSONDecoder().decode(ScoreCalibration.self, from: Data(text.utf8)),
      found.features.count == example.features, (1...1 << 20).contains(found.settings.samples),
      found.period.map({ $0 > 0 && $0.isFinite }) ?? true
    else { return nil }
    return found
  }

  /// A scorer of rows by this model: with its scaling, and the period of what it learned from.
  ///
  /// - Throws: ``AnomalyError`` for a model that is not of rows
  public func scorer(_ settings: ScoreSettings = ScoreSettings()) throws(AnomalyError) -> AnomalyScorer {
    AnomalyScorer(
      try AutoencoderScores(self, kind: settings.kind, samples: settings.samples, seed: settings.seed),
      aggregate: settings.aggregate, scaling: scaling, period: calibration?.period)
  }
}

extension ScoreCalibration {
  /// As JSON, on one line, with its members in an order that is always the same.
  package var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    // Numbers that are not finite stand in none of it.
    return String(decoding: try! encoder.encode(self), as: UTF8.self)
  }
}
