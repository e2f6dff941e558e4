import Latent

/// Rows of a series that follow each other, and what a model says of each: numbers in the units of the data, N rows of D
/// features.
///
/// What a row has not is NaN: one that no window of the model has, or whose windows have a gap, has nothing; a missing value
/// has what is expected of it, but no share in its row's score.
public struct ScoredRows: Sendable {
  /// Their numbers in the series: N of them.
  public private(set) var rows: Range<Int>
  /// D
  public let features: Int
  /// The mean that the model expects: [N, D]
  public var expected: [Double]
  /// What most values are not below, given what the model expects: [N, D]
  public var low: [Double]
  /// What most values are not above: [N, D]
  public var high: [Double]
  /// What each feature adds to its row's score: [N, D]
  public var shares: [Double]
  /// The score of each row, the sum of its known features' shares and of what its window adds as a whole: the higher, the less
  /// expected. [N]
  public var scores: [Double]

  /// Rows of which nothing is known yet.
  public init(rows: Range<Int>, features: Int) {
    require(features > 0, "ScoredRows: \(features) features; at least one is needed")
    (self.rows, self.features) = (rows, features)
    expected = Array(repeating: .nan, count: rows.count * features)
    (low, high, shares) = (expected, expected, expected)
    scores = Array(repeating: .nan, count: rows.count)
  }

  /// Takes the rows that follow.
  public mutating func append(_ other: ScoredRows) {
    require(
      other.features == features && other.rows.lowerBound == rows.upperBound,
      "ScoredRows: rows \(other.rows) of \(other.features) features after rows \(rows) of \(features)")
    rows = rows.lowerBound..<other.rows.upperBound
    expected += other.expected
    low += other.low
    high += other.high
    shares += other.shares
    scores += other.scores
  }

  mutating func reserve(_ count: Int) {
    scores.reserveCapacity(count)
    for list in [\ScoredRows.expected, \.low, \.high, \.shares] {
      self[keyPath: list].reserveCapacity(count * features)
    }
  }

  /// The same with other numbers.
  func moved(to first: Int) -> ScoredRows {
    var moved = self
    moved.rows = first..<first + rows.count
    return moved
  }
}
