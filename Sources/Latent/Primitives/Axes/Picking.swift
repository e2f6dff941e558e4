import LatentKernels

/// Elements picked by their places, and put back there.
extension Variable {
  /// Of each line along an axis, the elements at these places (`torch.gather`, NumPy's `take_along_axis`): along the last axis
  /// y[i, j] = x[i, places[i, j]]. An element that is picked more than once gets the sum of its gradients; the places get none.
  ///
  ///     places, y: self's shape, but for the axis, of any size there; whole numbers in 0..<self's size
  public func gathered(at places: Variable, axis: Int) -> Variable {
    let lines = checkedLines("gathered", places, axis)
    let numbers = places.tensor.storage
    let output = tape.makeTensor(places.shape, element: element)
    let faults = output.storage.assignTaken(
      from: tensor.storage, at: numbers, outer: lines.outer, count: lines.count, inner: lines.inner)
    refuse(faults, "gathered", of: places, lines)
    return tape.record("gathered", self, places.detached(), output: output) { backward in
      let upstream = backward.upstream.storage
      guard let (dx, isAccumulating) = backward.destination(0) else { return }
      if !isAccumulating { dx.fill(0) }
      _ = dx.addTaken(upstream, at: numbers, outer: lines.outer, count: lines.count, inner: lines.inner)
    }.ruled([
      { $0.returned(to: self.shape, at: places, axis: axis) }, { $0 },
    ])
  }

  /// With elements of `source` added at these places of each line along an axis, in order (`torch.scatter_add`): along the last
  /// axis y[i, places[i, j]] += source[i, j]. d source is dy at the places; they get no gradient.
  ///
  ///     source, places: self's shape, but for the axis, of any size there; whole numbers in 0..<self's size
  public func scatterAdd(_ source: Variable, at places: Variable, axis: Int) -> Variable {
    let lines = checkedLines("scatterAdd", places, axis)
    require(
      source.shape == places.shape && source.element == element, of: [self, source],
      "scatterAdd: source \(source.shape) of \(source.element), places \(places.shape), into \(shape) of \(element)"
        + "; source and places must have one shape, and all one element type")
    let numbers = places.tensor.storage
    let output = tape.makeTensor(like: tensor)
    output.storage.assign(tensor.storage)
    let faults = output.storage.addTaken(
      source.tensor.storage, at: numbers, outer: lines.outer, count: lines.count, inner: lines.inner)
    refuse(faults, "scatterAdd", of: places, lines)
    return tape.record("scatterAdd", inputs: [self, source, places.detached()], output: output) { backward in
      let upstream = backward.upstream
      backward.accumulate(1) { dy in
        _ = dy.assignTaken(
          from: upstream.storage, at: numbers, outer: lines.outer, count: lines.count, inner: lines.inner)
      }
      backward.add(upstream, to: 0)
    }.ruled([{ $0 }, { $0.gathered(at: places, axis: axis) }, { $0 }])
  }

  /// What ``gathered(at:axis:)`` has taken from a shape, back at its places, added up among zeros.
  func returned(to shape: [Int], at places: Variable, axis: Int) -> Variable {
    tape.constant(Tensor(zeros: shape, element: element)).scatterAdd(self, at: places, axis: axis)
  }

  private func checkedLines(_ name: String, _ places: Variable, _ axis: Int) -> AxisLines {
    let lines = lines(name, axis)
    require(
      places.shape.count == shape.count && places.element == element
        && places.shape(with: lines.count, at: lines.axis) == shape, of: [self, places],
      "\(name): places \(places.shape) of \(places.element) along axis \(axis) of the shape \(shape) of \(element)"
        + "; the other axes must have the same sizes")
    return lines
  }

  private func refuse(_ faults: Int, _ name: String, of places: Variable, _ lines: AxisLines) {
    require(
      faults == 0, of: [self],
      "\(name): \(faults) of \(places.tensor.count) places are no whole numbers in 0..<\(lines.count)")
  }
}
