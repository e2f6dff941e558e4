import Latent

/// Which rows of a series are anomalies, by someone who knows.
public struct DetectionLabels: Sendable, Equatable {
  /// The number of rows.
  public let count: Int
  /// The anomalies: runs of rows, in order and apart from each other.
  public let events: [Range<Int>]
  /// The number of rows that are in anomalies.
  public let anomalies: Int
  /// The number of each row in the series: rows that were left out have none here.
  let rows: [Int]

  /// One for each row.
  public init(_ isAnomaly: [Bool]) { self.init(isAnomaly, rows: Array(isAnomaly.indices)) }

  /// One for each row, such as those of a column of labels: 0 is normal, all others are anomalies.
  public init(_ labels: [UInt8]) { self.init(labels.map { $0 != 0 }) }

  private init(_ isAnomaly: [Bool], rows: [Int]) {
    (count, self.rows) = (isAnomaly.count, rows)
    events = isAnomaly.withUnsafeBufferPointer { isAnomaly in Runs.of(isAnomaly.count) { isAnomaly[$0] } }
    anomalies = events.reduce(0) { $0 + $1.count }
  }

  /// Whether each row is an anomaly.
  public var isAnomaly: [Bool] {
    var result = Array(repeating: false, count: count)
    for event in events { for row in event { result[row] = true } }
    return result
  }

  /// Those of the rows that are kept, as if there were no others.
  func kept(where isKept: [Bool]) -> DetectionLabels {
    require(isKept.count == count, "DetectionLabels: \(isKept.count) rows, labels of \(count)")
    if isKept.allSatisfy({ $0 }) { return self }
    let places = isKept.indices.filter { isKept[$0] }
    let isAnomaly = isAnomaly
    return DetectionLabels(places.map { isAnomaly[$0] }, rows: places.map { rows[$0] })
  }
}
