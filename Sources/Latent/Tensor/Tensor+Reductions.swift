import LatentKernels

extension Tensor {
  /// The sum over `runs`, added in double: the elements of the reduced shape.
  func summed(_ runs: AxisRuns, workspace: Workspace?) -> Storage {
    reduced(runs, workspace) { $0.assignSum(of: $1, outer: $2, count: $3, inner: $4) }
  }

  /// The largest or smallest over `runs`.
  func extreme(_ runs: AxisRuns, smallest: Bool, workspace: Workspace?) -> Storage {
    reduced(runs, workspace) { $0.assignExtreme(of: $1, outer: $2, count: $3, inner: $4, smallest: smallest) }
  }

  /// What a gradient of a broadcast result is for an operand of `target`: its sum over where the operand was repeated.
  func summed(toShape target: [Int], workspace: Workspace?) -> Tensor {
    guard shape != target else { return self }
    return Tensor(
      unchecked: summed(AxisRuns(shape, repeatedFrom: target), workspace: workspace), shape: target)
  }

  /// a op b with broadcasting; nil where the shapes don't fit.
  static func combined(_ operation: BinaryOperator, _ a: Tensor, _ b: Tensor, workspace: Workspace?) -> Tensor? {
    guard a.element == b.element, let shape = Shape.broadcast(a.shape, b.shape) else { return nil }
    if a.count == b.count && a.shape == b.shape {
      let result = Tensor(
        unchecked: Storage(count: a.count, element: a.element, workspace: workspace), shape: shape)
      result.storage.assign(operation, a.storage, b.storage)
      return result
    }
    let result = Tensor(uninitialized: shape, element: a.element, workspace: workspace)
    result.storage.assign(operation, a.storage, of: a.shape, b.storage, of: b.shape, shape: shape)
    return result
  }

  private func reduced(
    _ runs: AxisRuns, _ workspace: Workspace?, _ reduce: (Storage, Storage, Int, Int, Int) -> Void
  ) -> Storage {
    var current = storage
    runs.visit { outer, count, inner in
      let next = Storage(count: outer * inner, element: element, workspace: workspace)
      reduce(next, current, outer, count, inner)
      current = next
    }
    return current
  }
}
