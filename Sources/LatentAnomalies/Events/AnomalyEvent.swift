/// An alarm: rows that follow each other, of which the first and the last score above the threshold.
public struct AnomalyEvent: Sendable, Equatable, Codable {
  /// A feature's part in an event.
  public struct Feature: Sendable, Equatable, Codable {
    /// Its number, from 0.
    public let feature: Int
    /// Its part of the scores of the event's rows, from 0 to 1.
    public let share: Double

    public init(feature: Int, share: Double) { (self.feature, self.share) = (feature, share) }
  }

  /// The rows, by their numbers in the series.
  public let rows: Range<Int>
  /// The row with the highest score, the first of several.
  public let peak: Int
  /// Its score.
  public let score: Double
  /// All features, the one with the greatest share first.
  public let features: [Feature]

  public init(rows: Range<Int>, peak: Int, score: Double, features: [Feature]) {
    (self.rows, self.peak, self.score, self.features) = (rows, peak, score, features)
  }
}
