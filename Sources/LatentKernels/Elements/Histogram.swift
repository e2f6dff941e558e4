import CLatentKernels

/// How many elements lie where: buckets of equal width from the smallest to the largest.
public struct Histogram: Sendable, Equatable {
  /// The buckets' edges in ascending order, one more than there are buckets: the smallest element first, the largest last.
  public let limits: [Double]
  /// The elements from an edge up to, but not at, the next one; the last bucket has the largest element too. As in NumPy.
  public let counts: [Int]
  /// The sum of all elements.
  public let sum: Double
  /// The sum of their squares.
  public let sumOfSquares: Double

  /// The number of elements.
  public var count: Int { counts.reduce(0, +) }
}

extension Storage {
  /// The elements in so many buckets, or in a single one where all are equal; some 2 nanoseconds for each element.
  ///
  /// - Returns: nil if there are none, or where one of them, or their spread, is not finite
  public func histogram(buckets: Int = 30) -> Histogram? {
    require(buckets >= 1, "histogram: \(buckets) buckets; at least 1 is needed")
    guard count > 0, isFinite() else { return nil }
    let (low, high) = (extreme(smallest: true), extreme(smallest: false))
    guard (high - low).isFinite else { return nil }
    var limits = [low, high]
    if low < high {
      limits = (0..<buckets).map { low + (high - low) * (Double($0) / Double(buckets)) } + [high]
      // Doubles that lie so near to each other that edges fall together have no such buckets.
      if zip(limits, limits.dropFirst()).contains(where: { $0 >= $1 }) { limits = [low, high] }
    }
    var counts = [Int64](repeating: 0, count: limits.count - 1)
    if counts.count == 1 {
      counts[0] = Int64(count)
    } else {
      operations.count_in_buckets(pointer, count, limits, counts.count, &counts)
    }
    return Histogram(limits: limits, counts: counts.map { Int($0) }, sum: sum(), sumOfSquares: sumOfSquares())
  }

  private func extreme(smallest: Bool) -> Double {
    let (one, double) = (Storage(count: 1, element: element), Storage(count: 1, element: .float64))
    operations.reduce_extreme(pointer, 1, count, 1, smallest ? 1 : 0, one.mutablePointer)
    return withExtendedLifetime((one, double)) {
      operations.to_double(one.pointer, double.mutablePointer.assumingMemoryBound(to: Double.self), 1)
      return double.pointer.load(as: Double.self)
    }
  }
}
