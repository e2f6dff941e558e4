/// A tensor as [outer, count, inner] around one of its axes.
struct AxisLines {
  let axis: Int
  let outer: Int, count: Int, inner: Int

  init(_ shape: [Int], axis: Int) {
    self.axis = axis
    outer = shape[..<axis].reduce(1, *)
    count = shape[axis]
    inner = shape[(axis + 1)...].reduce(1, *)
  }
}

extension Variable {
  /// The lines along an axis, counted from the end where it is negative.
  func lines(_ name: String, _ axis: Int) -> AxisLines { AxisLines(shape, axis: place(of: axis, name)) }

  /// The shape with another size of an axis.
  func shape(with size: Int, at axis: Int) -> [Int] {
    var shape = shape
    shape[axis] = size
    return shape
  }
}
