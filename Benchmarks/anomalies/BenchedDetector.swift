import Latent
import LatentAnomalies
import LatentData

/// What makes the scores of rows: the network, or a baseline that needs none.
enum BenchedDetector: Sendable {
  case autoencoder(Detector)
  /// The squared distance from the mean of the rows that were learned, in deviations of theirs, added up over the features.
  case mean
  case movingGaussian
  case lastValue
  /// Of windows of so many rows.
  case principalComponents(steps: Int)

  /// The score of each row.
  func scores(of series: Series, learning learned: Int) throws -> [Double] {
    let (rows, features) = (Array(series.values[..<(learned * series.features)]), series.features)
    switch self {
    case .autoencoder(let detector): return try detector.scores(of: series, learning: learned)
    case .mean: return Self.distances(series, from: rows)
    // Learned rows are scored as all others are, each by those before it.
    case .movingGaussian: return Self.scores(MovingGaussian(features: features), series)
    case .lastValue: return Self.scores(LastValue(fitting: rows, features: features), series)
    case .principalComponents(let steps):
      return Self.scores(try PCAResidual(fitting: rows, features: features, steps: steps), series)
    }
  }

  private static func scores(_ baseline: some BaselineScorer, _ series: Series) -> [Double] {
    var baseline = baseline
    return baseline.score(series.values).scores
  }

  private static func distances(_ series: Series, from rows: [Double]) -> [Double] {
    let learned = Series(columns: series.columns, values: rows)
    let scaling = Scaling(.standard, columns: (0..<series.features).map(learned.column))
    return (0..<series.rows).map { row in
      (0..<series.features).reduce(0) { sum, feature in
        let distance = scaling.scaled(series.values[row * series.features + feature], feature: feature)
        return sum + distance * distance / 2
      }
    }
  }
}

extension WorkerPool {
  /// Does all of some tasks, and then throws the first error among them.
  func runAll(_ tasks: Int, _ body: @Sendable (Int) throws -> Void) throws {
    let failures = Locked([Int: any Error]())
    run(tasks: tasks) { task, _ in
      do { try body(task) } catch { failures.withLock { $0[task] = error } }
    }
    if let first = failures.withLock({ $0.min { $0.key < $1.key } }) { throw first.value }
  }
}
