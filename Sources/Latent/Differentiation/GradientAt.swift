import LatentKernels

/// The value of a function and its gradient at plain tensors, without a model.
///
///     let (value, slopes) = valueWithGradient(at: [x, y]) { ($0[0] * $0[1]).sum() }
///
/// - Parameters:
///   - points: the arguments, of one element type
///   - function: computes a variable of one element
public func valueWithGradient(
  at points: [Tensor], workspace: Workspace? = nil, _ function: ([Variable]) -> Variable
) -> (value: Double, gradients: [Tensor]) {
  let arguments = Arguments(points)
  let (value, gradients) = valueWithGradients(of: arguments, workspace: workspace) { arguments, tape in
    function(arguments.tensors.map { $0.on(tape) })
  }
  return (value, zip(points, gradients.layout.slots).map { Tensor(gradients.flat[$1.range], shape: $0.shape) })
}

/// The gradient of a function of one tensor.
///
///     let slope = gradient(at: x) { ($0 * $0).sum() }     // 2x
public func gradient(at point: Tensor, _ function: (Variable) -> Variable) -> Tensor {
  valueWithGradient(at: [point]) { function($0[0]) }.gradients[0]
}

/// Tensors as a module.
private struct Arguments: Module {
  var tensors: [Parameter]

  init(_ tensors: [Tensor]) { self.tensors = tensors.map { Parameter($0) } }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    for index in tensors.indices { visitor.visit("\(index)", &tensors[index]) }
  }
}
