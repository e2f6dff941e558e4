import LatentKernels

/// Functions of each element. Derivatives stand beside each; y is the result.
extension Variable {
  /// exp(x); dy/dx = y
  public func exp() -> Variable { mapped(.exp, "exp") { $0.multiply($0.y) } }
  /// log(x); dy/dx = 1 / x
  public func log() -> Variable { mapped(.log, "log") { $0.divide($0.x) } }
  /// log(1 + x); dy/dx = 1 / (1 + x)
  public func log1p() -> Variable { mapped(.log1p, "log1p") { $0.divide($0.apply(.add, $0.x, 1)) } }
  /// The square root; dy/dx = 1 / 2y
  public func squareRoot() -> Variable {
    mapped(.squareRoot, "squareRoot") { $0.divide($0.apply(.multiply, $0.y, 2)) }
  }
  /// |x|; dy/dx = the sign of x, 0 at 0
  public func abs() -> Variable { mapped(.absolute, "abs") { $0.multiply($0.sign) } }
  /// 1 / (1 + exp(-x)); dy/dx = y (1 - y)
  public func sigmoid() -> Variable { mapped(.sigmoid, "sigmoid") { $0.activation(.sigmoid) } }
  /// dy/dx = 1 - y^2
  public func tanh() -> Variable { mapped(.tanh, "tanh") { $0.activation(.tanh) } }
  /// log(1 + exp(x)); dy/dx = sigmoid(x)
  public func softplus() -> Variable { mapped(.softplus, "softplus") { $0.multiply($0.sigmoid) } }
  /// max(x, 0); dy/dx = 1 where x > 0, else 0
  public func relu() -> Variable { Variable.maximum(constant(0), self) }
  /// x^2; dy/dx = 2x
  public func squared() -> Variable { self * self }

  /// x^exponent, for x > 0 where the exponent is no whole number; dy/dx = exponent x^(exponent - 1)
  public func power(_ exponent: Double) -> Variable {
    switch exponent {
    case 1: self
    case 2: squared()
    case 0.5: squareRoot()
    default: power(constant(exponent))
    }
  }

  /// x, but no less and no more than the bounds; dy/dx = 1 within them, 0 outside
  public func clipped(to bounds: ClosedRange<Double>) -> Variable {
    Variable.minimum(Variable.maximum(self, constant(bounds.lowerBound)), constant(bounds.upperBound))
  }

  /// The same value, through which no gradient flows.
  public func detached() -> Variable { tape.constant(tensor) }

  private func mapped(
    _ function: UnaryFunction, _ name: String, _ gradient: @escaping (ElementwiseGradient) -> Void
  ) -> Variable {
    let output = tape.makeTensor(shape, element: tensor.element)
    output.storage.assign(function, of: tensor.storage)
    let input = tensor.storage
    return tape.record(name, inputs: [self], output: output) { backward in
      let (upstream, workspace) = (backward.upstream.storage, backward.workspace)
      backward.accumulate(0) {
        gradient(
          ElementwiseGradient(x: input, y: output.storage, upstream: upstream, result: $0, workspace: workspace))
      }
    }
  }
}

/// What the derivative of a function of each element is made from, and where it goes.
private struct ElementwiseGradient {
  let x: Storage
  let y: Storage
  let upstream: Storage
  let result: Storage
  let workspace: Workspace?

  /// dx = dy factor
  func multiply(_ factor: Storage) { result.assign(.multiply, upstream, factor) }
  /// dx = dy / divisor
  func divide(_ divisor: Storage) { result.assign(.divide, upstream, divisor) }
  /// The derivative of an activation, from its output.
  func activation(_ activation: Activation) {
    result.assignActivationGradient(output: y, upstream: upstream, activation: activation)
  }

  var sign: Storage { map(.sign) }
  var sigmoid: Storage { map(.sigmoid) }

  /// value op number, for each element
  func apply(_ operation: BinaryOperator, _ value: Storage, _ number: Double) -> Storage {
    let scalar = Storage(count: 1, element: x.element, workspace: workspace)
    scalar.fill(number)
    let result = Storage(count: x.count, element: x.element, workspace: workspace)
    result.assign(operation, value, strides: [1], scalar, strides: [0], shape: [x.count])
    return result
  }

  private func map(_ function: UnaryFunction) -> Storage {
    let result = Storage(count: x.count, element: x.element, workspace: workspace)
    result.assign(function, of: x)
    return result
  }
}
