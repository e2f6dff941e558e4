import LatentKernels

extension Variable {
  /// Rows of zeros with a 1 at the place that each element names. No gradient reaches the elements.
  ///
  ///     self [...], whole numbers in 0..<classes   result [..., classes]
  public func oneHot(_ classes: Int) -> Variable {
    require(classes >= 0, of: [self], "oneHot: \(classes) classes; their number must not be negative")
    let numbers = Tensor(unchecked: tensor.storage, shape: shape + [1])
    let output = Tensor.combined(
      .equal, numbers, tape.makeRange(classes, element: element), workspace: tape.workspace)!
    let found = Int(output.storage.sum())
    require(
      found == tensor.count, of: [self],
      "oneHot: \(tensor.count - found) of \(tensor.count) elements are no whole numbers in 0..<\(classes)")
    return tape.record("oneHot", detached(), output: output) { _ in }
  }
}
