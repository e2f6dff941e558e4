/// A tensor as a function of its indices: slow, and written without the library's strides.
public struct PlainTensor {
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
}
