import LatentKernels

/// Where extremes are: whole numbers of the element type, which no gradient reaches.
extension Variable {
  /// The place of the largest element along an axis, of the first where there are several; a NaN is the largest, as in NumPy.
  public func argmax(axis: Int = -1, keepingDimensions: Bool = false) -> Variable {
    extremePlaces("argmax", axis, keepingDimensions, smallest: false)
  }

  /// The place of the smallest element along an axis, of the first where there are several; a NaN is the smallest, as in NumPy.
  public func argmin(axis: Int = -1, keepingDimensions: Bool = false) -> Variable {
    extremePlaces("argmin", axis, keepingDimensions, smallest: true)
  }

  private func extremePlaces(_ name: String, _ axis: Int, _ keepingDimensions: Bool, smallest: Bool) -> Variable {
    let lines = lines(name, axis)
    require(lines.count > 0, of: [self], "\(name): no elements along axis \(axis) of the shape \(shape)")
    var result = shape(with: 1, at: lines.axis)
    if !keepingDimensions { result.remove(at: lines.axis) }
    let output = tape.makeTensor(result, element: element)
    output.storage.assignExtremePlaces(
      of: tensor.storage, outer: lines.outer, count: lines.count, inner: lines.inner, smallest: smallest)
    return tape.record(name, detached(), output: output) { _ in }
  }
}
