import LatentKernels

/// A learned number for each head and each distance from a query's place t to a key's place s, added to their score: b[clip(s - t), head].
/// A number is added as in T5 (Raffel et al. 2020), distances are clipped and not put into growing buckets, as in Shaw, Uszkoreit &
/// Vaswani 2018.
///
/// One may serve several layers: their masks are `.added(bias(queries: t, keys: s, on: tape))`.
public struct RelativePositionBias: Module {
  /// [2 distance + 1, N], from the farthest place before to the farthest one after
  public var table: Parameter
  /// Beyond which all places count as equally far.
  public let distance: Int

  /// Normal numbers of a standard deviation of 0.02 at first.
  ///
  /// - Parameters:
  ///   - heads: N
  ///   - distance: beyond which all places count as equally far
  public init(heads: Int, distance: Int, key: RandomKey, element: ElementType = .float32) {
    require(
      heads > 0 && distance > 0,
      "RelativePositionBias: \(heads) heads, distances up to \(distance)"
        + "; both must be positive")
    table = Parameter(
      Initializer.normal(standardDeviation: 0.02)(shape: [2 * distance + 1, heads], key: key, element: element))
    self.distance = distance
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("table", &table) }

  /// What scores get.
  ///
  /// - Parameters:
  ///   - queries: T
  ///   - keys: S
  ///   - start: the place of the first query among the keys
  /// - Returns: [1, N, T, S]
  public func callAsFunction(queries: Int, keys: Int, from start: Int = 0, on tape: Tape) -> Variable {
    require(
      queries > 0 && keys > 0 && start >= 0,
      "RelativePositionBias: \(queries) queries from place \(start) on, \(keys) keys"
        + "; there must be some of both, and places count from 0")
    // A row for each s - t from the last query's first place to the first one's last; one more, so that a row is long enough.
    let (first, count) = (1 - start - queries, queries + keys)
    let rows = (0..<count).map { min(max(first + $0, -distance), distance) + distance }
    let numbers = table.on(tape).gathered(rows: rows).transposed()  // [N, T + S]
    let heads = numbers.shape[0]
    // The same numbers for each query, read a place further on from one to the next.
    let repeated = numbers.expanded(at: 1).broadcast(to: [heads, queries, count])
    return repeated.moved(
      "distances", to: [1, heads, queries, keys], strides: [0, queries * count, count - 1, 1], start: queries - 1)
  }
}
