import Foundation
import Latent

/// How unlikely a value is under the normal distribution of the rows before: the probability of one nearer to the mean, from
/// 0.5 to 1 (the detector `windowedGaussian` of the Numenta Anomaly Benchmark, with its window of 6,400 rows that moves by 100).
///
/// A feature's share is 1 - Q(|x - mean| / deviation), where Q is the tail of the normal distribution. The first value has none.
public struct MovingGaussian: BaselineScorer {
  public let name = "moving Gaussian"
  public let features: Int
  private var windows: [Window]

  /// - Parameters:
  ///   - training: rows before those that are scored, row after row: [N, D]; NaN where a value is missing
  ///   - window: the rows whose distribution counts
  ///   - step: the rows by which the window moves once it is full
  public init(fitting training: [Double] = [], features: Int, window: Int = 6400, step: Int = 100) {
    require(
      features > 0 && training.count % features == 0 && step > 0 && window >= step,
      "MovingGaussian: \(training.count) values, rows of \(features) features, a window of \(window) by \(step)"
        + "; rows must be whole, the step positive and no longer than the window")
    self.features = features
    windows = Array(repeating: Window(size: window, step: step), count: features)
    for (place, value) in training.enumerated() where !value.isNaN { windows[place % features].add(value) }
  }

  public mutating func shares(of row: ArraySlice<Double>) -> [Double] {
    require(row.count == features, "MovingGaussian: a row of \(row.count) features, not \(features)")
    return row.enumerated().map { feature, value in
      guard !value.isNaN else { return .nan }
      defer { windows[feature].add(value) }
      return windows[feature].share(of: value)
    }
  }

  /// The last values of a feature.
  private struct Window: Sendable {
    let size: Int
    let step: Int
    private var values: [Double] = []
    private var waiting: [Double] = []
    private var mean = 0.0
    /// The sum of squared distances from the mean.
    private var squares = 0.0

    init(size: Int, step: Int) { (self.size, self.step) = (size, step) }

    func share(of value: Double) -> Double {
      if values.isEmpty { return .nan }
      let deviation = (squares / Double(values.count)).squareRoot()
      return 1 - 0.5 * erfc(abs(value - mean) / (deviation == 0 ? 1e-6 : deviation) / 2.0.squareRoot())
    }

    mutating func add(_ value: Double) {
      if values.count < size {
        values.append(value)
        // Welford's update.
        let distance = value - mean
        mean += distance / Double(values.count)
        squares += distance * (value - mean)
        return
      }
      waiting.append(value)
      guard waiting.count == step else { return }
      values.removeFirst(step)
      values += waiting
      waiting = []
      mean = values.reduce(0, +) / Double(size)
      squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
  }
}
