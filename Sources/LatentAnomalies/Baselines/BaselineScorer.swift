import Latent

/// A plain way to score the rows of a series, to set beside a model's: where a baseline finds as much, the network is not worth
/// it.
///
///     var baseline = try PCAResidual(fitting: training, features: 3, steps: 32)
///     let scored = baseline.score(rows)
///
/// It scores a row by that row and those before it, and keeps what it needs of them, so that rows may come in parts.
public protocol BaselineScorer: Sendable {
  /// As tables call it: `moving Gaussian`.
  var name: String { get }
  /// D
  var features: Int { get }
  /// Takes the row that follows.
  ///
  /// - Parameter row: [D]; NaN where a value is missing
  /// - Returns: what each feature adds to the row's score: [D]; NaN where it has no value, or too little is known of those before
  mutating func shares(of row: ArraySlice<Double>) -> [Double]
}

extension BaselineScorer {
  /// Scores the rows that follow.
  ///
  /// - Parameters:
  ///   - values: row after row: [N, D]; NaN where one is missing
  ///   - first: the number of the first of these rows in the series
  public mutating func score(_ values: [Double], from first: Int = 0) -> ScoredRows {
    require(
      values.count % features == 0,
      "\(name): \(values.count) values, rows of \(features) features"
        + "; rows must be whole")
    var scored = ScoredRows(rows: first..<(first + values.count / features), features: features)
    for row in scored.scores.indices {
      let place = row * features
      let shares = shares(of: values[place..<(place + features)])
      scored.shares.replaceSubrange(place..<(place + features), with: shares)
      let known = shares.filter { !$0.isNaN }
      if !known.isEmpty { scored.scores[row] = known.reduce(0, +) }
    }
    return scored
  }
}

/// The baselines that stand beside a model.
public enum Baselines {
  /// ``MovingGaussian``, ``PCAResidual`` and ``LastValue``, fitted on the rows that the model learned from.
  ///
  /// - Parameters:
  ///   - training: row after row: [N, D]; NaN where a value is missing
  ///   - steps: the rows of the model's windows
  /// - Throws: `AnomalyError.data` where there are too few rows
  public static func all(
    fitting training: [Double], features: Int, steps: Int
  ) throws(AnomalyError) -> [any BaselineScorer] {
    [
      MovingGaussian(fitting: training, features: features),
      try PCAResidual(fitting: training, features: features, steps: steps),
      LastValue(fitting: training, features: features),
    ]
  }
}
