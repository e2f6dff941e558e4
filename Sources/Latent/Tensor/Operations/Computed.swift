import LatentKernels

// What variables can do, tensors can: the operations in this folder are those of the same name in `Primitives`, computed on a tape
// that records nothing. `TensorInterfaceTests` finds those that are missing here.

/// The result of an operation of variables for a tensor.
///
/// - Parameter name: what calls this, as Swift names it
func computed(_ a: Tensor, _ name: String = #function, _ operation: (Variable) -> Variable) -> Tensor {
  operation(Tape().operand(a, of: name)).tensor
}

/// The result of an operation of variables for two tensors.
func computed(
  _ a: Tensor, _ b: Tensor, _ name: String = #function, _ operation: (Variable, Variable) -> Variable
) -> Tensor {
  let tape = Tape()
  return operation(tape.operand(a, of: name), tape.operand(b, of: name)).tensor
}

/// The result of an operation of variables for any number of tensors.
func computed(
  _ operands: [Tensor], _ name: String = #function, _ operation: ([Variable]) -> Variable
) -> Tensor {
  let tape = Tape()
  return operation(operands.map { tape.operand($0, of: name) }).tensor
}

/// The results of an operation of variables that has several.
func computedList(_ a: Tensor, _ name: String = #function, _ operation: (Variable) -> [Variable]) -> [Tensor] {
  operation(Tape().operand(a, of: name)).map(\.tensor)
}

extension Tape {
  /// A tensor that an operation is called with.
  ///
  /// - Parameter name: the operation as Swift names it, such as `sum(axes:keepingDimensions:)`
  fileprivate func operand(_ tensor: Tensor, of name: String) -> Variable {
    tensor.element.requireComputing("\(name.prefix { $0 != "(" }): a tensor of the shape \(tensor.shape)")
    return constant(tensor)
  }
}
