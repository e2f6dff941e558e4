import LatentKernels

extension Backward {
  /// The upstream gradient, taken back through the activation at the end of a layer: dz = dy * activation'(.), given the
  /// layer's output y.
  func preactivationGradient(output y: Tensor, activation: Activation) -> Storage {
    if activation == .linear { return upstream.storage }
    let dz = Storage(count: y.count, element: y.element, workspace: workspace)
    dz.assignActivationGradient(output: y.storage, upstream: upstream.storage, activation: activation)
    return dz
  }
}

extension Activation {
  /// What a summary says of it.
  var detail: String? { self == .linear ? nil : rawValue }
}
