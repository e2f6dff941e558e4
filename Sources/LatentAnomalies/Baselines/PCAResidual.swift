import Latent

/// How much of a row is not explained by the principal components of windows: windows of T rows of training data are taken as
/// vectors, and the components that explain 90% of their variance are kept (Shyu et al., A Novel Anomaly Detection Scheme Based
/// on Principal Component Classifier, 2003). A feature's share is the squared residual of its last value in the window that ends
/// with the row.
///
/// Values are scaled by their mean and deviation in the training data. A missing value is taken for the last known one. The
/// first T - 1 rows have no score.
public struct PCAResidual: BaselineScorer {
  public let name = "PCA residual"
  public let features: Int
  /// T
  public let steps: Int
  /// The number of components that were kept.
  public let components: Int
  private let means: [Double]
  private let deviations: [Double]
  /// The mean of the windows: [T D]
  private let meanWindow: [Double]
  /// What makes the residual of the last row of a window without the mean: [D, T D]
  private let residual: [Double]
  /// The last rows, scaled: [T D] and more.
  private var history: [Double] = []
  private var last: [Double]

  private static let mostWindows = 10_000

  /// - Parameters:
  ///   - training: row after row: [N, D]; NaN where a value is missing
  ///   - steps: T, the rows of a window
  ///   - explained: the part of the variance that the components explain at least
  /// - Throws: `AnomalyError.data` where there are less than T + 1 rows
  public init(
    fitting training: [Double], features: Int, steps: Int, explained: Double = 0.9
  ) throws(AnomalyError) {
    require(
      features > 0 && steps > 0 && training.count % features == 0 && explained > 0 && explained < 1,
      "PCAResidual: \(training.count) values, rows of \(features) features, windows of \(steps) rows, \(explained) explained"
        + "; rows must be whole, windows have some, and the part explained lie between 0 and 1"
    )
    let rows = training.count / features
    guard rows > steps else {
      throw .data(
        "principal components of windows of \(steps) rows need \(steps + 1) rows, and there are \(rows): give more, or a "
          + "shorter window")
    }
    (self.features, self.steps) = (features, steps)
    let moments = (0..<features).map { Self.moments(training, feature: $0, of: features) }
    (means, deviations) = (moments.map(\.mean), moments.map(\.deviation))
    last = Array(repeating: 0, count: features)

    var scaled: [Double] = []
    for row in 0..<rows { scaled += Self.scaled(training[(row * features)..<((row + 1) * features)], moments, &last) }
    let size = steps * features
    let (windows, count) = (rows - steps + 1, min(rows - steps + 1, Self.mostWindows))
    let vectors = (0..<count).flatMap { number in
      let first = number * windows / count * features
      return scaled[first..<(first + size)]
    }
    let tape = Tape()
    let all = tape.constant(Tensor(vectors, shape: [count, size], element: .float64))
    let mean = all.mean(axes: [0], keepingDimensions: true)
    let centered = all - mean
    meanWindow = mean.tensor.values
    let covariance = matmul(centered.transposed(), centered).tensor
    do {
      let (values, vectors) = try LinearAlgebra.symmetricEigen(covariance)
      components = Self.count(explaining: explained, values.values)
      residual = Self.residual(vectors, features: features, components: components)
    } catch {
      throw .data("principal components of windows of \(steps) rows: \(error)")
    }
    last = Array(repeating: 0, count: features)
  }

  public mutating func shares(of row: ArraySlice<Double>) -> [Double] {
    require(row.count == features, "PCAResidual: a row of \(row.count) features, not \(features)")
    let size = steps * features
    if history.count >= 2 * size { history.removeFirst(history.count - size + features) }
    history += Self.scaled(row, zip(means, deviations).map { ($0, $1) }, &last)
    guard history.count >= size else { return Array(repeating: .nan, count: features) }
    let isKnown = row.map { !$0.isNaN }
    let first = history.count - size
    return history.withUnsafeBufferPointer { history in
      residual.withUnsafeBufferPointer { residual in
        meanWindow.withUnsafeBufferPointer { mean in
          (0..<features).map { feature in
            guard isKnown[feature] else { return .nan }
            var sum = 0.0
            for place in 0..<size { sum += residual[feature * size + place] * (history[first + place] - mean[place]) }
            return sum * sum
          }
        }
      }
    }
  }

  private static func moments(
    _ values: [Double], feature: Int, of features: Int
  ) -> (mean: Double, deviation: Double) {
    let known = stride(from: feature, to: values.count, by: features).map { values[$0] }.filter { !$0.isNaN }
    guard !known.isEmpty else { return (0, 1) }
    let mean = known.reduce(0, +) / Double(known.count)
    let deviation = (known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(known.count)).squareRoot()
    return (mean, deviation > 0 ? deviation : 1)
  }

  private static func scaled(
    _ row: ArraySlice<Double>, _ moments: [(mean: Double, deviation: Double)], _ last: inout [Double]
  ) -> [Double] {
    for (feature, value) in row.enumerated() where !value.isNaN {
      last[feature] = (value - moments[feature].mean) / moments[feature].deviation
    }
    return last
  }

  /// How many of the greatest eigenvalues, which are in ascending order, are this part of all.
  private static func count(explaining part: Double, _ values: [Double]) -> Int {
    let total = values.reduce(0, +)
    var (sum, count) = (0.0, 0)
    for value in values.reversed() where sum < part * total { (sum, count) = (sum + value, count + 1) }
    return count
  }

  /// The last rows of I - V Vᵀ, where the columns of V are the last eigenvectors.
  private static func residual(_ vectors: Tensor, features: Int, components: Int) -> [Double] {
    let size = vectors.shape[0]
    let all = vectors.values
    var result: [Double] = []
    for row in (size - features)..<size {
      for column in 0..<size {
        var sum = row == column ? 1.0 : 0
        for component in (size - components)..<size {
          sum -= all[row * size + component] * all[column * size + component]
        }
        result.append(sum)
      }
    }
    return result
  }
}
