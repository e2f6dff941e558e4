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
  /// The error function; dy/dx = 2 / sqrt(pi) exp(-x^2)
  public func erf() -> Variable { mapped(.erf, "erf") { $0.multiply($0.erfSlope) } }
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

  /// x sigmoid(x) (Elfwing et al. 2018)
  public func silu() -> Variable { self * sigmoid() }
  /// x (1 + erf(x / sqrt(2))) / 2 (Hendrycks & Gimpel 2016)
  public func gelu() -> Variable { 0.5 * self * ((0.7071067811865476 * self).erf() + 1) }
  /// x above 0, alpha (exp(x) - 1) below (Clevert et al. 2016)
  public func elu(alpha: Double = 1) -> Variable {
    relu() + alpha * (Variable.minimum(constant(0), self).exp() - 1)
  }
  /// x above 0, slope x below (Maas et al. 2013)
  public func leakyRelu(slope: Double = 0.2) -> Variable { relu() + slope * Variable.minimum(constant(0), self) }

  /// An activation of each element, or of the last axis.
  public func activated(by activation: Activation) -> Variable {
    switch activation {
    case .linear: self
    case .relu: relu()
    case .sigmoid: sigmoid()
    case .tanh: tanh()
    case .softplus: softplus()
    case .silu: silu()
    case .gelu: gelu()
    case .elu: elu()
    case .leakyRelu: leakyRelu()
    case .softmax: softmax()
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

  var erfSlope: Storage {
    let slope = Storage(count: x.count, element: x.element, workspace: workspace)
    slope.assign(.multiply, x, x)
    slope.assign(slope, times: -1)
    slope.assign(.exp, of: slope)
    slope.assign(slope, times: 1.1283791670955126)  // 2 / sqrt(pi)
    return slope
  }

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
