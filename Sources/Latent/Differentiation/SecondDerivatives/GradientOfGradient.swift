import LatentKernels

// Gradients at variables are variables: they may be part of a loss, whose gradient is found as that of anything else.

/// The value of a function and its gradient at a variable, both variables of its tape, such as for a penalty on slopes:
///
///     let (loss, gradients) = valueWithGradients(of: critic) { critic, tape in
///       let slopes = gradient(at: tape.constant(images)) { critic($0).sum() }
///       return (slopes.squared().sum(axes: [1]).squareRoot() - 1).squared().mean()
///     }
///
/// Inside of the function, coarse operations such as a dense layer or an LSTM are made of small ones, whose gradients can be
/// differentiated again: slower, and as often as one likes. What else was made of the variable before is another argument.
///
/// - Parameters:
///   - point: the argument, of any shape
///   - function: computes a variable of one element on the point's tape
/// - Returns: the gradient in the argument's shape
public func valueWithGradient(
  at point: Variable, _ function: (Variable) -> Variable
) -> (value: Variable, gradient: Variable) {
  let (value, gradients) = valueWithGradient(at: [point]) { function($0[0]) }
  return (value, gradients[0])
}

/// The value of a function of any number of variables of one tape and its gradients, which can be differentiated again.
public func valueWithGradient(
  at points: [Variable], _ function: ([Variable]) -> Variable
) -> (value: Variable, gradients: [Variable]) {
  guard let tape = points.first?.tape else { fatalError("valueWithGradient: no argument to find a gradient for") }
  let results = tape.keepingRules {
    let points = points.map { tape.point($0) }
    let value = function(points)
    require(
      value.tensor.count == 1, of: [value], "valueWithGradient: the value has the shape \(value.shape), not one element"
    )
    return [value] + tape.gradients(of: value, along: tape.ones(like: value), at: points)
  }
  return (results[0], Array(results[1...]))
}

/// The gradient of a function at a variable, a variable too; see ``valueWithGradient(at:_:)-(Variable,_)``.
public func gradient(at point: Variable, _ function: (Variable) -> Variable) -> Variable {
  valueWithGradient(at: point, function).gradient
}

/// The gradients of a function of two variables of one tape, variables too.
public func gradient(
  at first: Variable, _ second: Variable, _ function: (Variable, Variable) -> Variable
) -> (Variable, Variable) {
  let gradients = valueWithGradient(at: [first, second]) { function($0[0], $0[1]) }.gradients
  return (gradients[0], gradients[1])
}

/// The value of a function and the product of a row and its Jacobian (`jax.vjp`), variables of the point's tape.
///
/// - Parameters:
///   - upstream: of the value's shape
///   - function: computes a variable of any shape on the point's tape
/// - Returns: the value, and a gradient in the argument's shape
public func vectorJacobianProduct(
  at point: Variable, along upstream: Variable, _ function: (Variable) -> Variable
) -> (value: Variable, product: Variable) {
  let tape = point.tape
  let results = tape.keepingRules {
    let point = tape.point(point)
    let value = function(point)
    checkDirection("vectorJacobianProduct", upstream, value)
    return [value] + tape.gradients(of: value, along: upstream, at: [point])
  }
  return (results[0], results[1])
}

/// The value of a function and how it changes along a direction: the product of its Jacobian and a column (`jax.jvp`), variables of the
/// point's tape.
///
/// It is found by two ways back: the gradient along any row is linear in it, with the product wanted as its own gradient.
///
/// - Parameters:
///   - direction: of the argument's shape
///   - function: computes a variable of any shape on the point's tape
/// - Returns: the value, and a change in its shape
public func jacobianVectorProduct(
  at point: Variable, along direction: Variable, _ function: (Variable) -> Variable
) -> (value: Variable, product: Variable) {
  let tape = point.tape
  checkDirection("jacobianVectorProduct", direction, point)
  let results = tape.keepingRules {
    let point = tape.point(point)
    let value = function(point)
    let row = tape.point(tape.ones(like: value))
    let slope = tape.gradients(of: value, along: row, at: [point])[0]
    let along = (slope * direction).sum()
    return [value] + tape.gradients(of: along, along: tape.ones(like: along), at: [row])
  }
  return (results[0], results[1])
}

private func checkDirection(_ name: String, _ direction: Variable, _ like: Variable) {
  require(
    direction.shape == like.shape && direction.element == like.element, of: [direction, like],
    "\(name): a direction \(direction.shape) of \(direction.element) for \(like.shape) of \(like.element)"
      + "; both must be alike")
}

extension Tape {
  func ones(like x: Variable) -> Variable { filled(1, like: x) }

  private func filled(_ value: Double, like x: Variable) -> Variable {
    let result = makeTensor(x.shape, element: x.element)
    result.storage.fill(value)
    return constant(result)
  }

  /// Gradients at points, zeros where y does not depend on one.
  fileprivate func gradients(of y: Variable, along upstream: Variable, at points: [Variable]) -> [Variable] {
    zip(gradients(of: y, along: upstream, at: points.map { $0.node! }), points).map { $0 ?? filled(0, like: $1) }
  }
}
