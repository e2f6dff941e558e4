import Latent

/// What is said of the values of a feature.
public struct FeatureFigures: Sendable, Equatable {
  /// Of the values that are there.
  public private(set) var count = 0
  /// Their mean; 0 of none.
  public private(set) var mean = 0.0
  /// The least of them.
  public private(set) var least = Double.infinity
  /// The greatest.
  public private(set) var greatest = -Double.infinity
  private var squares = 0.0

  /// - Parameter values: of which those that are NaN are missing
  public init(_ values: some Sequence<Double>) { add(values) }

  /// More of them.
  public mutating func add(_ values: some Sequence<Double>) {
    // Welford 1962: no sum of large squares.
    for value in values where !value.isNaN {
      count += 1
      let distance = value - mean
      mean += distance / Double(count)
      squares += distance * (value - mean)
      least = min(least, value)
      greatest = max(greatest, value)
    }
  }

  /// The standard deviation of a sample, whose divisor is n - 1; 0 of a single value.
  public var deviation: Double { count > 1 ? (squares / Double(count - 1)).squareRoot() : 0 }

  /// What scales them.
  func scaling(_ kind: Scaling.Kind) -> (offset: Double, scale: Double) {
    if count == 0 { return (0, 1) }
    switch kind {
    case .standard: return (mean, deviation)
    case .minmax: return (least, greatest - least)
    case .none: return (0, 1)
    case .robust: preconditionFailure("the quartiles are not among the figures")
    }
  }
}
