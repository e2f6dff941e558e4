/// A short record of the scores of normal data, from which any threshold can be found again, and with which later scores
/// are compared. A model's file keeps it.
///
/// The 2,000 highest scores are kept as they are. What is asked of them is exact: all of it where there are no more scores,
/// quantiles from 0.98 on where there are a hundred thousand. Other quantiles lie between those at whole thousandths. An
/// infinite score is kept as ±1e100.
public struct ScoreSketch: Sendable, Equatable {
  /// The number of rows that have a score.
  public let count: Int
  /// The score in the middle; NaN if there is none.
  public let median: Double
  /// The median distance from the median; NaN if there is no score.
  public let medianDeviation: Double
  /// The 2,000 highest scores, or all, in ascending order.
  public let highest: [Double]
  /// The quantiles at 0, 0.001 … 1: 1,001 of them; none where ``highest`` has all scores.
  public let quantiles: [Double]

  static let mostHighest = 2000
  static let steps = 1000
  static let largest = 1e100

  /// The record of scores in any order; NaN is a row without one.
  public init(_ scores: [Double]) {
    var sorted = scores.filter { !$0.isNaN }.map { min(Self.largest, max(-Self.largest, $0)) }
    sorted.sort()
    count = sorted.count
    median = Self.median(of: sorted)
    medianDeviation = Self.medianDeviation(of: sorted, median: median)
    highest = Array(sorted.suffix(Self.mostHighest))
    quantiles =
      sorted.count <= Self.mostHighest
      ? [] : (0...Self.steps).map { Self.between(sorted, Double($0) / Double(Self.steps) * Double(sorted.count - 1)) }
  }

  private static func median(of sorted: [Double]) -> Double {
    sorted.isEmpty ? .nan : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  private static func medianDeviation(of sorted: [Double], median: Double) -> Double {
    // Distances grow on both sides of the median: they are merged, up to the middle.
    let middle = sorted.count / 2
    var right = sorted.partitioningIndex { $0 >= median }
    var (left, last, before) = (right - 1, Double.nan, Double.nan)
    for _ in 0...middle where !sorted.isEmpty {
      before = last
      if left < 0 || right < sorted.count && sorted[right] - median < median - sorted[left] {
        last = sorted[right] - median
        right += 1
      } else {
        last = median - sorted[left]
        left -= 1
      }
    }
    return sorted.count % 2 == 0 ? (before + last) / 2 : last
  }

  /// What stands at a place of an array, between neighbours where the place is between them. It rounds as NumPy does.
  static func between(_ sorted: [Double], _ place: Double) -> Double {
    let first = min(sorted.count - 1, Int(place))
    let second = min(sorted.count - 1, first + 1)
    let (part, step) = (place - Double(first), sorted[second] - sorted[first])
    return part < 0.5 ? sorted[first] + step * part : sorted[second] - step * (1 - part)
  }
}

extension Array where Element == Double {
  /// The first index from which on a condition holds, of elements for which it does not hold and then does.
  func partitioningIndex(where holds: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
