import LatentKernels

/// The value of a function at a tensor and how it changes along a direction: the product of its Jacobian and a column (`jax.jvp`).
///
/// - Parameters:
///   - direction: of the argument's shape
///   - function: computes a variable of any shape
/// - Returns: the value, and a change in its shape
public func jacobianVectorProduct(
  at point: Tensor, along direction: Tensor, pass: Pass = Pass(), _ function: (Variable) -> Variable
) -> (value: Tensor, product: Tensor) {
  let tape = Tape(pass: pass)
  let (value, product) = jacobianVectorProduct(at: tape.constant(point), along: tape.constant(direction), function)
  return (value.tensor, product.tensor)
}

/// The value of a function at a tensor and the product of a row and its Jacobian (`jax.vjp`).
///
/// - Parameters:
///   - upstream: of the value's shape
///   - function: computes a variable of any shape
/// - Returns: the value, and a gradient in the argument's shape
public func vectorJacobianProduct(
  at point: Tensor, along upstream: Tensor, pass: Pass = Pass(), _ function: (Variable) -> Variable
) -> (value: Tensor, product: Tensor) {
  let tape = Tape(pass: pass)
  let (value, product) = vectorJacobianProduct(at: tape.constant(point), along: tape.constant(upstream), function)
  return (value.tensor, product.tensor)
}

/// The derivatives of all elements of a function's value by all of its argument: the value's shape, and then the argument's. One way
/// back for each element of the value.
public func jacobian(at point: Tensor, pass: Pass = Pass(), _ function: (Variable) -> Variable) -> Tensor {
  let tape = Tape(pass: pass)
  var shape: [Int] = []
  let rows = tape.keepingRules {
    let point = tape.point(tape.constant(point))
    let value = function(point)
    shape = value.shape
    return tape.rows(of: value, at: point)
  }
  return joined(rows, shape + point.shape, like: point)
}

/// The second derivatives of a function of one element by all elements of its argument: the argument's shape, twice. Two ways back, the
/// second of them for each element of the argument; ``hessianVectorProduct(at:along:pass:_:)`` takes one.
public func hessian(at point: Tensor, pass: Pass = Pass(), _ function: (Variable) -> Variable) -> Tensor {
  let tape = Tape(pass: pass)
  let rows = tape.keepingRules {
    let point = tape.point(tape.constant(point))
    return tape.rows(of: gradient(at: point, function), at: point)
  }
  return joined(rows, point.shape + point.shape, like: point)
}

/// The product of a function's Hessian and a direction (Pearlmutter 1994): how the gradient changes along it.
///
/// - Parameters:
///   - direction: of the argument's shape
///   - function: computes a variable of one element
/// - Returns: a tensor of the argument's shape
public func hessianVectorProduct(
  at point: Tensor, along direction: Tensor, pass: Pass = Pass(), _ function: (Variable) -> Variable
) -> Tensor {
  require(
    point.shape == direction.shape && point.element == direction.element,
    "hessianVectorProduct: a direction \(direction.shape) of \(direction.element) for \(point.shape) of \(point.element)"
      + "; both must be alike"
  )
  return gradient(at: point, pass: pass) { point in
    (gradient(at: point, function) * point.tape.constant(direction)).sum()
  }
}

/// The loss of a model and the product of its Hessian by all parameters and a direction (Pearlmutter 1994).
///
///     let (loss, product) = hessianVectorProduct(of: model, along: gradients) { model, tape in
///       squaredError(model(tape.constant(x)), targets: y)
///     }
///
/// - Parameters:
///   - direction: a number for each parameter, such as a gradient of this model
///   - pass: whether the layers train; they evaluate by default
///   - loss: computes one number from the model on a tape
public func hessianVectorProduct<M: Module>(
  of model: M, along direction: Gradients, pass: Pass = Pass(), _ loss: (M, Tape) -> Variable
) -> (value: Double, product: Gradients) {
  var value = 0.0
  let product = valueWithGradients(of: model, layout: direction.layout, pass: pass) { model, tape in
    tape.keepingRules {
      let result = loss(model, tape)
      require(
        result.tensor.count == 1, of: [result],
        "hessianVectorProduct: the loss has the shape \(result.shape), not one element")
      value = result.scalar
      return [tape.slope(of: result, along: direction)]
    }[0]
  }
  return (value, product.gradients)
}

extension Tape {
  /// The derivative of a loss along a direction of the parameters.
  fileprivate func slope(of loss: Variable, along direction: Gradients) -> Variable {
    let used = direction.layout.slots.indices.filter { recording.parameterNodes[$0] >= 0 }
    let slopes = gradients(of: loss, along: ones(like: loss), at: used.map { Int(recording.parameterNodes[$0]) })
    var sum = constant(Tensor(repeating: 0, shape: [], element: loss.element))
    for (slot, slope) in zip(used, slopes) {
      let slot = direction.layout.slots[slot]
      if let slope { sum = sum + (slope * constant(Tensor(direction.flat[slot.range], shape: slot.shape))).sum() }
    }
    return sum
  }

  /// The gradient of each element of `y` at a point.
  fileprivate func rows(of y: Variable, at point: Variable) -> [Variable] {
    let (count, node) = (y.tensor.count, point.node!)
    return (0..<count).map { place in
      var row = [Double](repeating: 0, count: count)
      row[place] = 1
      let upstream = constant(Tensor(row, shape: y.shape, element: y.element))
      return gradients(of: y, along: upstream, at: [node])[0]
        ?? constant(Tensor(zeros: point.shape, element: point.element))
    }
  }
}

private func joined(_ rows: [Variable], _ shape: [Int], like point: Tensor) -> Tensor {
  if rows.isEmpty { return Tensor(zeros: shape, element: point.element) }
  return Variable.stacked(rows).reshaped(to: shape).tensor
}
