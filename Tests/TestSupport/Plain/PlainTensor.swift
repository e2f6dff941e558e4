/// A tensor as a function of its indices: slow, and written without the library's strides.
public struct PlainTensor: Sendable {
  public let shape: [Int]
  public let values: [Double]

  /// From a function of the index.
  public init(_ shape: [Int], _ value: ([Int]) -> Double) {
    self.shape = shape
    var values: [Double] = []
    func walk(_ index: [Int]) {
      if index.count == shape.count { return values.append(value(index)) }
      for place in 0..<shape[index.count] { walk(index + [place]) }
    }
    walk([])
    self.values = values
  }

  public init(_ values: [Double], _ shape: [Int]) { (self.values, self.shape) = (values, shape) }

  public subscript(_ index: [Int]) -> Double {
    values[zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 }]
  }

  /// The element for an index of a larger shape, by NumPy's rule.
  public func broadcast(_ index: [Int]) -> Double {
    self[zip(index.suffix(shape.count), shape).map { $1 == 1 ? 0 : $0 }]
  }

  /// The result of a function of the elements along some axes, which stay with size 1.
  public func reduced(_ axes: [Int], _ function: ([Double]) -> Double) -> PlainTensor {
    PlainTensor(shape.indices.map { axes.contains($0) ? 1 : shape[$0] }) { target in
      var elements: [Double] = []
      _ = PlainTensor(shape) { index in
        if zip(index, target).enumerated().allSatisfy({ axes.contains($0.offset) || $0.element.0 == $0.element.1 }) {
          elements.append(self[index])
        }
        return 0
      }
      return function(elements)
    }
  }

  /// The place of the element with this index.
  public func place(_ index: [Int]) -> Int { zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 } }

  /// For each element of a larger shape in order, the place of this tensor's element by NumPy's rule.
  public func places(in target: [Int]) -> [Int] {
    let padded = [Int](repeating: 1, count: target.count - shape.count) + shape
    return PlainTensor.walk(target) { index in
      zip(index, padded).reduce(0) { $0 * $1.1 + ($1.1 == 1 ? 0 : $1.0) }
    }
  }

  /// What two shapes make together by NumPy's rule.
  public static func broadcast(_ a: [Int], _ b: [Int]) -> [Int] {
    let rank = max(a.count, b.count)
    func size(_ shape: [Int], _ place: Int) -> Int {
      place < rank - shape.count ? 1 : shape[place - rank + shape.count]
    }
    return (0..<rank).map { size(a, $0) == 1 ? size(b, $0) : size(a, $0) }
  }

  /// For each element in order, the number of the group that a reduction over `axes` puts it into; the result's shape
  /// has 1 in the axes' places.
  public func groups(over axes: [Int]) -> (shape: [Int], numbers: [Int]) {
    let reduced = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
    return (reduced, PlainTensor(values, reduced).places(in: shape))
  }

  /// Calls `body` with every index of a shape, the last axis running fastest.
  public static func walk<R>(_ shape: [Int], _ body: ([Int]) -> R) -> [R] {
    let count = shape.reduce(1, *)
    var (results, index): ([R], [Int]) = ([], shape.map { _ in 0 })
    results.reserveCapacity(count)
    for _ in 0..<count {
      results.append(body(index))
      var axis = shape.count - 1
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < shape[axis] { break }
        index[axis] = 0
        axis -= 1
      }
    }
    return results
  }
}
