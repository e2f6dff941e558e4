import LatentKernels

extension Variable {
  /// With elements of `source` in the place of those at these places of each line along an axis (`torch.scatter`): along the last axis
  /// y[i, places[i, j]] = source[i, j]. Where places are named more than once, the last one stays, and it alone gets a gradient.
  ///
  ///     source, places: self's shape, but for the axis, of any size there; whole numbers in 0..<self's size
  ///     d source = dy at the places; dx = dy, and 0 there; the places get no gradient
  public func scatter(_ source: Variable, at places: Variable, axis: Int) -> Variable {
    let lines = lines("scatter", axis)
    require(
      places.shape.count == shape.count && places.shape(with: lines.count, at: lines.axis) == shape
        && source.shape == places.shape && source.element == element && places.element == element,
      of: [self, source, places],
      "scatter: source \(source.shape) of \(source.element), places \(places.shape) of \(places.element), along axis "
        + "\(axis) into \(shape) of \(element)")
    let (numbers, placed) = (places.tensor.storage, places.shape)
    let output = tape.makeTensor(like: tensor)
    output.storage.assign(tensor.storage)
    let faults = output.storage.put(
      source.tensor.storage, at: numbers, outer: lines.outer, count: lines.count, inner: lines.inner)
    require(
      faults == 0, of: [self],
      "scatter: \(faults) of \(places.tensor.count) places are no whole numbers in 0..<\(lines.count)")
    return tape.record("scatter", inputs: [self, source, places.detached()], output: output) { backward in
      let (left, taken) = (
        backward.makeTensor(like: backward.upstream),
        Storage(count: numbers.count, element: numbers.element, workspace: backward.workspace)
      )
      left.storage.assign(backward.upstream.storage)
      left.storage.takeBack(to: taken, at: numbers, outer: lines.outer, count: lines.count, inner: lines.inner)
      backward.add(Tensor(unchecked: taken, shape: placed), to: 1)
      backward.add(left, to: 0)
    }.ruled([
      { $0.scatter(0 * source.detached(), at: places, axis: axis) },
      { upstream in
        // Which of the places that are named more than once has the element that stayed.
        let row = placed.indices.map { $0 == lines.axis ? placed[$0] : 1 }
        let range = upstream.tape.makeRange(placed[lines.axis], element: source.element).reshaped(to: row)
        let numbers = upstream.tape.constant(range).broadcast(to: placed)
        let stayed = (0 * upstream.detached()).scatter(numbers, at: places, axis: axis).gathered(at: places, axis: axis)
        return (stayed .== numbers).selecting(.selectWhereTrue, upstream.gathered(at: places, axis: axis))
      }, { $0 },
    ])
  }
}
