import LatentKernels

/// Gradients of operands that broadcasting may have repeated.
///
/// What only reads is `mutating` too: for another call, the compiler would copy all of the value.
extension Backward {
  /// a op b with broadcasting; the shapes fitted on the way forward.
  mutating func combined(_ operation: BinaryOperator, _ a: Tensor, _ b: Tensor) -> Tensor {
    guard let result = Tensor.combined(operation, a, b, workspace: workspace) else {
      fatalError("\(operation): \(a.shape) and \(b.shape) do not match on the way back")
    }
    return result
  }

  /// A tensor of another's shape and element type in the step's memory, its elements not set yet.
  mutating func makeTensor(like tensor: Tensor) -> Tensor {
    Tensor(
      unchecked: Storage(count: tensor.count, element: tensor.element, workspace: workspace), shape: tensor.shape)
  }

  /// Adds `scale` times a gradient of the output's shape to an input, if wanted: summed over where that was repeated.
  mutating func addSum(_ gradient: Tensor, times scale: Double = 1, to input: Int) {
    guard let node = node(of: input) else { return }
    let shape = recording.nodes[node].shape
    if gradient.shape == shape { return add(gradient, times: scale, to: input) }
    add(gradient.summed(toShape: shape, workspace: workspace), times: scale, to: input)
  }

  /// Adds the upstream gradient times a factor to an input, if wanted, summed over where that was repeated.
  ///
  /// - Parameter isLast: whether the pass does nothing more with the upstream gradient
  mutating func addProduct(_ factor: Tensor, to input: Int, isLast: Bool = false) {
    guard let node = node(of: input) else { return }
    guard recording.nodes[node].shape == factor.shape && gradient!.shape == factor.shape else {
      return addSum(combined(.multiply, upstream, factor), to: input)
    }
    if isLast && !recording.nodes[node].isGradientSet {
      return transform(input) { $1.assign(.multiply, $0, factor.storage) }
    }
    let (result, isAccumulating) = destination(node: node)
    if isAccumulating {
      result.addProduct(gradient!.storage, factor.storage)
    } else {
      result.assign(.multiply, gradient!.storage, factor.storage)
    }
  }
}
