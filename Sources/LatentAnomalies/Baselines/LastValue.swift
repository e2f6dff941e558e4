import Latent

/// How far a value is from the last one that was known, in units of the mean distance in the rows that it was fitted on. A
/// feature's share is its distance.
public struct LastValue: BaselineScorer {
  public let name = "last value"
  public let features: Int
  private let scales: [Double]
  private var last: [Double]

  /// - Parameter training: row after row: [N, D]; NaN where a value is missing
  public init(fitting training: [Double], features: Int) {
    require(
      features > 0 && training.count % features == 0,
      "LastValue: \(training.count) values, rows of \(features) features; rows must be whole")
    self.features = features
    last = Array(repeating: .nan, count: features)
    scales = (0..<features).map { feature in
      var (last, sum, count) = (Double.nan, 0.0, 0)
      for place in stride(from: feature, to: training.count, by: features) where !training[place].isNaN {
        if !last.isNaN { (sum, count) = (sum + abs(training[place] - last), count + 1) }
        last = training[place]
      }
      return sum > 0 ? sum / Double(count) : 1
    }
  }

  public mutating func shares(of row: ArraySlice<Double>) -> [Double] {
    require(row.count == features, "LastValue: a row of \(row.count) features, not \(features)")
    return row.enumerated().map { feature, value in
      let share = abs(value - last[feature]) / scales[feature]
      if !value.isNaN { last[feature] = value }
      return share
    }
  }
}
