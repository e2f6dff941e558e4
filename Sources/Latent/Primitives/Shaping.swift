import LatentKernels

/// The same elements in another arrangement. Gradients go back to where the elements came from.
extension Variable {
  /// The same elements under another shape.
  public func reshaped(to shape: [Int]) -> Variable {
    let whole = tensor.completed(shape)
    require(
      whole.allSatisfy { $0 >= 0 } && Tensor.count(of: whole) == tensor.count, of: [self],
      "reshaped: \(self.shape) has not as many elements as \(shape)")
    return tape.record("reshaped", self, output: Tensor(unchecked: tensor.storage, shape: whole)) {
      $0.add($0.upstream, to: 0)
    }.ruled([{ $0.reshaped(to: self.shape) }])
  }

  /// With an axis of size 1 put in, so that it is `axis` of the result.
  public func expanded(at axis: Int) -> Variable {
    let place = axis < 0 ? axis + shape.count + 1 : axis
    require(
      (0...shape.count).contains(place), of: [self],
      "expanded: axis \(axis) for the shape \(shape)"
        + "; it must be a place between its axes, from 0 or, negative, from the end")
    return reshaped(to: Array(shape[..<place]) + [1] + shape[place...])
  }

  /// Dimensions in another order: result dimension d is dimension `order[d]`. Reversed where no order is given.
  ///
  /// ``matmul(_:_:)-(Variable,Variable)`` reads a transposed operand where it lies; for any other operation the elements are moved.
  public func transposed(_ order: [Int]? = nil) -> Variable {
    let order = order ?? shape.indices.reversed()
    require(
      order.sorted() == Array(shape.indices), of: [self],
      "transposed: \(order) is no order of the dimensions of \(shape)")
    if tape.isUsedUp { tape.refuse([self], "transposed") }
    return Variable(Transposition(self, order: order))
  }

  /// The part of an axis that `range` names.
  public func sliced(_ range: Range<Int>, axis: Int = 0) -> Variable {
    let axis = place(of: axis, "sliced")
    require(
      range.lowerBound >= 0 && range.upperBound <= shape[axis], of: [self],
      "sliced: \(range) of axis \(axis) of the shape \(shape); it must lie inside of it")
    var result = shape
    result[axis] = range.count
    let own = Shape.strides(shape)
    return moved("sliced", to: result, strides: own, start: range.lowerBound * own[axis])
  }

  /// Cut along an axis into parts of these sizes, which add up to the axis.
  public func split(_ sizes: [Int], axis: Int = 0) -> [Variable] {
    let place = place(of: axis, "split")
    require(
      sizes.allSatisfy { $0 >= 0 } && sizes.reduce(0, +) == shape[place], of: [self],
      "split: parts of \(sizes) along axis \(axis) of the shape \(shape); their sum must be its size")
    var (starts, end) = ([Int](), 0)
    for size in sizes {
      starts.append(end)
      end += size
    }
    if sizes.count < 2 || tape.isDifferentiatedAgain || tape.trace != nil {
      return zip(starts, sizes).map { sliced($0..<$0 + $1, axis: place) }
    }
    let (own, input) = (Shape.strides(shape), tensor.storage)
    let parts = sizes.map { size in
      var part = shape
      part[place] = size
      return tape.makeTensor(part, element: element)
    }
    for (start, part) in zip(starts, parts) {
      part.storage.assign(
        input, strides: own, from: start * own[place], toStrides: Shape.strides(part.shape), shape: part.shape)
    }
    // One way back for all, so that each part's gradient is written to its place and nothing is cleared before.
    let shapes = parts.map(\.shape)
    return tape.record("split", inputs: [self], outputs: parts) { backward in
      let upstreams = shapes.indices.map { backward.upstream(of: $0) }
      guard let (dx, isAccumulating) = backward.destination(0) else { return }
      if !isAccumulating && upstreams.contains(where: { $0 == nil }) { dx.fill(0) }
      for (index, upstream) in upstreams.enumerated() {
        guard let upstream else { continue }
        dx.assign(
          upstream.storage, strides: Shape.strides(shapes[index]), toStrides: own, start: starts[index] * own[place],
          shape: shapes[index], accumulating: isAccumulating)
      }
    }
  }

  /// The elements repeated to a larger shape, by NumPy's rule.
  public func broadcast(to shape: [Int]) -> Variable {
    require(
      Shape.isRepeated(self.shape, to: shape), of: [self],
      "broadcast: the shape \(self.shape) can't be repeated to \(shape)")
    let output = tape.makeTensor(shape, element: tensor.element)
    output.storage.assign(tensor.storage, of: self.shape, repeatedTo: shape)
    return tape.record("broadcast", self, output: output) { $0.addSum($0.upstream, to: 0) }.ruled([{ $0 }])
  }

  /// The whole, `count` times in a row along an axis.
  public func tiled(_ count: Int, axis: Int = 0) -> Variable {
    require(count > 0, of: [self], "tiled: \(count) times; at least once is needed")
    return Variable.concatenated(Array(repeating: self, count: count), axis: axis)
  }

  /// With `before` and `after` more entries of `value` along an axis.
  public func padded(_ before: Int, _ after: Int, axis: Int = 0, with value: Double = 0) -> Variable {
    let axis = place(of: axis, "padded")
    require(before >= 0 && after >= 0, of: [self], "padded: \(before) and \(after) entries; neither may be negative")
    var result = shape
    result[axis] += before + after
    let (input, target) = (shape, Shape.strides(result))
    let output = tape.makeTensor(result, element: tensor.element)
    output.storage.fill(value)
    output.storage.assign(
      tensor.storage, strides: Shape.strides(shape), toStrides: target, start: before * target[axis], shape: shape)
    return tape.record("padded", self, output: output) { backward in
      let upstream = backward.upstream.storage
      guard let (dx, isAccumulating) = backward.destination(0) else { return }
      dx.assign(
        upstream, strides: target, from: before * target[axis], toStrides: Shape.strides(input), shape: input,
        accumulating: isAccumulating)
    }.ruled([{ $0.sliced(before..<before + input[axis], axis: axis) }])
  }

  /// Parts one after the other along an axis.
  public static func concatenated(_ parts: [Variable], axis: Int = 0) -> Variable {
    guard let first = parts.first else { fatalError("concatenated: no parts") }
    let axis = first.place(of: axis, "concatenated")
    func others(_ shape: [Int]) -> [Int] { shape.enumerated().filter { $0.offset != axis }.map(\.element) }
    for part in parts {
      require(
        part.shape.count == first.shape.count && others(part.shape) == others(first.shape)
          && part.tensor.element == first.tensor.element, of: parts,
        "concatenated: \(first.shape) and \(part.shape) along axis \(axis)"
          + "; the other axes and the element types must be the same")
    }
    var shape = first.shape
    shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
    let target = Shape.strides(shape)
    let output = first.tape.makeTensor(shape, element: first.tensor.element)
    var starts: [Int] = []
    for part in parts {
      starts.append((starts.last ?? 0) + (starts.isEmpty ? 0 : parts[starts.count - 1].shape[axis] * target[axis]))
      output.storage.assign(
        part.tensor.storage, strides: Shape.strides(part.shape), toStrides: target, start: starts[starts.count - 1],
        shape: part.shape)
    }
    let shapes = parts.map(\.shape)
    return first.tape.record("concatenated", inputs: parts, output: output) { backward in
      let upstream = backward.upstream.storage
      for (input, shape) in shapes.enumerated() {
        guard let (dx, isAccumulating) = backward.destination(input) else { continue }
        dx.assign(
          upstream, strides: target, from: starts[input], toStrides: Shape.strides(shape), shape: shape,
          accumulating: isAccumulating)
      }
    }.ruled(
      zip(starts, shapes).map { start, part in
        { $0.moved("sliced", to: part, strides: target, start: start) }
      })
  }

  /// Parts of one shape side by side along a new axis.
  public static func stacked(_ parts: [Variable], axis: Int = 0) -> Variable {
    concatenated(parts.map { $0.expanded(at: axis) }, axis: axis)
  }

  /// Rows of the first dimension, picked by their numbers: an embedding. A row picked more than once gets the sum of its
  /// gradients.
  public func gathered(rows: [Int]) -> Variable {
    let (input, columns) = (shape, shape.dropFirst().reduce(1, *))
    require(
      !shape.isEmpty && rows.allSatisfy { $0 >= 0 && $0 < input[0] }, of: [self],
      "gathered: the rows must be in 0..<\(shape.first ?? 0), for the shape \(shape)")
    let output = tensor.rows(rows, workspace: tape.workspace)
    return tape.record("gathered", self, output: output) { backward in
      let upstream = backward.upstream.storage
      guard let (dx, isAccumulating) = backward.destination(0) else { return }
      if !isAccumulating { dx.fill(0) }
      dx.addRows(upstream, at: rows, columns: columns)
    }.ruled([{ $0.segmentSum(rows, count: input[0]) }])
  }

  /// Rows of the first dimension, named by the numbers that a tensor holds: an embedding of what is counted already. A row
  /// that is named more than once gets the sum of its gradients, and the numbers get none.
  ///
  ///     self [C, ...]   numbers [...], each a whole one in 0..<C   result: the numbers' shape and then a row's
  public func gathered(numbers: Tensor) -> Variable {
    let columns = shape.dropFirst().reduce(1, *)
    require(
      !shape.isEmpty && shape[0] > 0 && columns > 0 && numbers.element == tensor.element, of: [self],
      "gathered: numbers \(numbers.shape) of \(numbers.element), rows \(shape) of \(tensor.element)"
        + "; both must have one element type, and rows elements")
    let output = tape.makeTensor(numbers.shape + shape.dropFirst(), element: tensor.element)
    output.storage.assignRows(named: numbers.storage, of: tensor.storage, columns: columns)
    return tape.record("gathered", self, output: output) { backward in
      let upstream = backward.upstream.storage
      guard let (dx, isAccumulating) = backward.destination(0) else { return }
      if !isAccumulating { dx.fill(0) }
      dx.addRows(upstream, named: numbers.storage, columns: columns)
    }.ruled([
      { upstream in
        let rows = upstream.reshaped(to: [numbers.count] + self.shape.dropFirst())
        return rows.segmentSum(numbers.values.map { Int($0) }, count: self.shape[0])
      }
    ])
  }

  /// A result whose elements come from this one by strides over it, from `start` on, each at most once.
  func moved(_ name: String, to result: [Int], strides: [Int], start: Int = 0) -> Variable {
    let output = tape.makeTensor(result, element: tensor.element)
    let target = Shape.strides(result)
    output.storage.assign(tensor.storage, strides: strides, from: start, toStrides: target, shape: result)
    // A transposition may be looked at when the tape has been walked back.
    if tape.isUsedUp && name == "transposed" { return tape.constant(output) }
    let isPartial = output.count < tensor.count
    return tape.record(name, self, output: output) { backward in
      let upstream = backward.upstream.storage
      guard let (dx, isAccumulating) = backward.destination(0) else { return }
      if !isAccumulating && isPartial { dx.fill(0) }  // elements that were left out get nothing
      dx.assign(
        upstream, strides: target, toStrides: strides, start: start, shape: result,
        accumulating: isAccumulating || isPartial)
    }.ruled([{ $0.placed(name, in: self.shape, strides: strides, start: start) }])
  }

  /// What ``moved(_:to:strides:start:)`` takes to this variable, back in its place among zeros.
  func placed(_ name: String, in shape: [Int], strides: [Int], start: Int) -> Variable {
    let (part, own) = (self.shape, Shape.strides(self.shape))
    let output = tape.makeTensor(shape, element: tensor.element)
    output.storage.fill(0)
    output.storage.assign(tensor.storage, strides: own, toStrides: strides, start: start, shape: part)
    return tape.record(name, self, output: output) { backward in
      let upstream = backward.upstream.storage
      guard let (dx, isAccumulating) = backward.destination(0) else { return }
      dx.assign(
        upstream, strides: strides, from: start, toStrides: own, shape: part, accumulating: isAccumulating)
    }.ruled([{ $0.moved(name, to: part, strides: strides, start: start) }])
  }

  func place(of axis: Int, _ name: String) -> Int {
    if let place = Shape.normalized(axis, rank: shape.count) { return place }
    refuse([self], "\(name): axis \(axis) of the shape \(shape)")
  }
}
