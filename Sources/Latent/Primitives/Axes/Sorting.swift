import LatentKernels

/// Sorting along an axis. Equal elements stay in their order, and a NaN is larger than every number, as in NumPy. Places are whole
/// numbers of the element type, which no gradient reaches; the gradients of values go back to where these stood.
extension Variable {
  /// The elements in rising order, or falling.
  public func sorted(axis: Int = -1, descending: Bool = false) -> Variable {
    sorted("sorted", axis, count: nil, descending).values
  }

  /// The places of the elements in rising order, or falling: `x.gathered(at: x.argsort(), axis: -1)` is `x.sorted()`.
  public func argsort(axis: Int = -1, descending: Bool = false) -> Variable {
    detached().sorted("argsort", axis, count: nil, descending).places
  }

  /// The `count` largest elements, falling, or with `smallest` the smallest ones, rising, and their places: both with `count` in
  /// the place of the axis's size.
  public func topK(_ count: Int, axis: Int = -1, smallest: Bool = false) -> (values: Variable, places: Variable) {
    sorted("topK", axis, count: count, !smallest)
  }

  private func sorted(
    _ name: String, _ axis: Int, count: Int?, _ descending: Bool
  ) -> (values: Variable, places: Variable) {
    let lines = lines(name, axis)
    let count = count ?? lines.count
    require(
      count >= 0 && count <= lines.count, of: [self],
      "\(name): \(count) along axis \(axis) of the shape \(shape)"
        + ", which must have as many")
    let result = shape(with: count, at: lines.axis)
    let (values, places) = (tape.makeTensor(result, element: element), tape.makeTensor(result, element: element))
    values.storage.assignSorted(
      tensor.storage, outer: lines.outer, count: lines.count, inner: lines.inner, keeping: count,
      descending: descending, places: places.storage)
    let sorted = tape.record(name, self, output: values) { backward in
      let upstream = backward.upstream.storage
      guard let (dx, isAccumulating) = backward.destination(0) else { return }
      if !isAccumulating { dx.fill(0) }
      _ = dx.addTaken(upstream, at: places.storage, outer: lines.outer, count: lines.count, inner: lines.inner)
    }.ruled([{ $0.returned(to: self.shape, at: $0.tape.constant(places), axis: axis) }])
    return (sorted, tape.constant(places))
  }
}
