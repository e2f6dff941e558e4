import LatentKernels

extension Tensor {
  /// The sum over `runs`, added in double.
  func summed(_ runs: AxisRuns, workspace: Workspace?) -> Tensor {
    reduced(runs, workspace) { $0.assignSum(of: $1, outer: $2, count: $3, inner: $4) }
  }

  /// The largest or smallest over `runs`.
  func extreme(_ runs: AxisRuns, smallest: Bool, workspace: Workspace?) -> Tensor {
    reduced(runs, workspace) { $0.assignExtreme(of: $1, outer: $2, count: $3, inner: $4, smallest: smallest) }
  }

  /// What a gradient of a broadcast result is for an operand of `target`: its sum over where the operand was repeated.
  func summed(toShape target: [Int], workspace: Workspace?) -> Tensor {
    guard shape != target else { return self }
    let extra = shape.count - target.count
    let axes = shape.indices.filter { $0 < extra || (target[$0 - extra] == 1 && shape[$0] != 1) }
    return summed(AxisRuns(shape, axes: axes), workspace: workspace).reshaped(to: target)
  }

  /// The same elements repeated to a larger shape, as an operand of that shape would be.
  func repeated(to target: [Int], workspace: Workspace?) -> Tensor {
    guard shape != target else { return self }
    let result = Tensor(uninitialized: target, element: element, workspace: workspace)
    result.storage.assign(
      storage, strides: Shape.strides(shape, repeatedTo: target), toStrides: Shape.strides(target), shape: target)
    return result
  }

  /// a op b with broadcasting; nil where the shapes don't fit.
  static func combined(_ operation: BinaryOperator, _ a: Tensor, _ b: Tensor, workspace: Workspace?) -> Tensor? {
    guard a.element == b.element, let shape = Shape.broadcast(a.shape, b.shape) else { return nil }
    let result = Tensor(uninitialized: shape, element: a.element, workspace: workspace)
    if a.shape == shape && b.shape == shape {
      result.storage.assign(operation, a.storage, b.storage)
    } else {
      result.storage.assign(
        operation, a.storage, strides: Shape.strides(a.shape, repeatedTo: shape), b.storage,
        strides: Shape.strides(b.shape, repeatedTo: shape), shape: shape)
    }
    return result
  }

  private func reduced(
    _ runs: AxisRuns, _ workspace: Workspace?, _ reduce: (Storage, Storage, Int, Int, Int) -> Void
  ) -> Tensor {
    if runs.isEmpty { return reshaped(to: runs.reducedShape) }
    var current = storage
    runs.visit { outer, count, inner in
      let next = Storage(count: outer * inner, element: element, workspace: workspace)
      reduce(next, current, outer, count, inner)
      current = next
    }
    return Tensor(current, shape: runs.reducedShape)
  }
}
