import LatentKernels

extension Tensor {
  /// The part of the tensor that the indices name, one for each of the first dimensions: ``TensorIndex`` has their kinds. A place
  /// takes its dimension away; dimensions without an index are there as a whole. What is assigned is repeated to the part's
  /// shape by NumPy's rule. A part that lies together in memory shares it until one of the two is written.
  ///
  ///     let row = x[0]
  ///     x[1] = row * 2
  ///     x[.all, 2] = Tensor(zeros: [x.shape[0]])
  public subscript(_ indices: any TensorIndex...) -> Tensor {
    get { part(indices) }
    set { setPart(indices, to: newValue) }
  }

  /// The part of the last dimensions that the indices name: `x[..., 0]`.
  public subscript(_ whole: UnboundedRange, _ indices: any TensorIndex...) -> Tensor {
    get { part([AxisIndex.ellipsis] + indices) }
    set { setPart([AxisIndex.ellipsis] + indices, to: newValue) }
  }

  /// The number at a place: `let first: Double = x[0, 0]`, `x[1, 2] = 5`. A number that is assigned goes to all elements of the
  /// part that the indices name.
  @_disfavoredOverload
  public subscript(_ indices: any TensorIndex...) -> Double {
    get { number(indices) }
    set { setPart(indices, to: number(newValue)) }
  }

  /// The number at a place of the last dimensions: `x[..., 0] = 1` sets all that the indices name.
  @_disfavoredOverload
  public subscript(_ whole: UnboundedRange, _ indices: any TensorIndex...) -> Double {
    get { number([AxisIndex.ellipsis] + indices) }
    set { setPart([AxisIndex.ellipsis] + indices, to: number(newValue)) }
  }

  private func part(_ indices: [any TensorIndex]) -> Tensor {
    let part = checkedPart(indices)
    if part.isContiguous {
      return Tensor(unchecked: storage[part.start..<part.start + part.count], shape: part.shape)
    }
    element.requireComputing("\(part.name) of a tensor of the shape \(shape), which is not in one piece")
    let result = Tensor(uninitialized: part.shape, element: element)
    result.storage.assign(
      storage, strides: part.strides, from: part.start, toStrides: Shape.strides(part.shape), shape: part.shape)
    return result
  }

  private mutating func setPart(_ indices: [any TensorIndex], to value: Tensor) {
    let part = checkedPart(indices)
    element.requireComputing("\(part.name) = of a tensor of the shape \(shape)")
    require(
      value.element == element && Shape.isRepeated(value.shape, to: part.shape),
      "\(part.name) =: \(value.shape) of \(value.element) does not fit the part \(part.shape) of \(element), of the shape "
        + "\(shape)")
    storage.makeUnique()
    storage.assign(
      value.storage, strides: Shape.strides(value.shape, repeatedTo: part.shape), toStrides: part.strides,
      start: part.start, shape: part.shape)
  }

  private func checkedPart(_ indices: [any TensorIndex]) -> TensorPart {
    do { return try TensorPart(indices.map(\.axisIndex), of: shape) } catch { fatalError(error.text) }
  }

  private func number(_ indices: [any TensorIndex]) -> Double {
    let part = checkedPart(indices)
    require(part.count == 1, "\(part.name): \(part.count) elements of the shape \(shape), where one number is wanted")
    return storage[part.start..<part.start + 1].doubles()[0]
  }

  private func number(_ value: Double) -> Tensor { Tensor(value, element: element) }
}

extension Variable {
  /// The part that the indices name, as of a ``Tensor``. Its gradient goes to where the elements came from.
  public subscript(_ indices: any TensorIndex...) -> Variable {
    part(indices)
  }

  /// The part of the last dimensions that the indices name: `x[..., 0]`.
  public subscript(_ whole: UnboundedRange, _ indices: any TensorIndex...) -> Variable {
    part([AxisIndex.ellipsis] + indices)
  }

  private func part(_ indices: [any TensorIndex]) -> Variable {
    do {
      let part = try TensorPart(indices.map(\.axisIndex), of: shape)
      return moved("subscript", to: part.shape, strides: part.strides, start: part.start)
    } catch {
      refuse([self], error.text)
    }
  }
}
