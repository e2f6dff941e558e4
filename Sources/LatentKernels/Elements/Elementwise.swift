import CLatentKernels

/// y = f(x), element by element.
public enum UnaryFunction: String, Sendable {
  case exp, log, log1p, sigmoid, tanh, softplus, erf, squareRoot, absolute, sign
  /// x sigmoid(x), and x Phi(x) with Phi the normal distribution function
  case silu, gelu
  /// log Gamma(x) and its first two derivatives, for x > 0
  case logGamma, digamma, trigamma
  /// exp(x) - 1, and the inverse of the error function
  case expm1, erfinv
  /// Of angles in radians, as large as they may be; and the angle from -pi/2 to pi/2 of a tangent
  case sin, cos, tan, atan
  case sinh, cosh, asinh, acosh, atanh
  /// Whole numbers: the next one down, the next one up, the nearest one, ties to even
  case floor, ceil, round
}

/// y = a op b, element by element. Comparisons give 1 or 0; the selections give b or 0, by whether a is not 0. A NaN in
/// either operand is the minimum and the maximum, as in NumPy.
public enum BinaryOperator: String, Sendable {
  case add, subtract, multiply, divide, minimum, maximum, power
  /// The angle of the point (x: b, y: a), from -pi to pi
  case atan2
  case less, lessOrEqual, equal
  case selectWhereTrue, selectWhereFalse
}

/// A layer's non-linearity.
public enum Activation: String, Sendable, CaseIterable {
  // Applied in the same pass as the bias; their derivatives need the output alone.
  case linear, relu, sigmoid, tanh
  /// log(1 + exp(x))
  case softplus
  /// x sigmoid(x) (Elfwing et al. 2018)
  case silu
  /// x Phi(x) with Phi the normal distribution function, by erf (Hendrycks & Gimpel 2016)
  case gelu
  /// x above 0, exp(x) - 1 below (Clevert et al. 2016)
  case elu
  /// x above 0, 0.2 x below, as in Keras (Maas et al. 2013)
  case leakyRelu = "leaky_relu"
  /// exp(x) over its sum along the last axis
  case softmax

  /// Whether the bias's pass can apply it.
  public var isFused: Bool { [.linear, .relu, .sigmoid, .tanh].contains(self) }

  var kernelValue: latent_activation {
    switch self {
    case .softplus, .silu, .gelu, .elu, .leakyRelu, .softmax:
      fatalError("activation \(self): it is not applied together with the bias, but by a function of its own")
    case .linear: latent_linear
    case .relu: latent_relu
    case .sigmoid: latent_sigmoid
    case .tanh: latent_tanh
    }
  }
}

/// Loops over all elements of a storage. Counts and element types must agree; results may overwrite operands.
extension Storage {
  /// self = f(x)
  public func assign(_ function: UnaryFunction, of x: Storage) {
    check("assign", x)
    let loop =
      switch function {
      case .exp: operations.exp
      case .log: operations.log
      case .log1p: operations.log1p
      case .sigmoid: operations.sigmoid
      case .tanh: operations.tanh
      case .softplus: operations.softplus
      case .erf: operations.erf
      case .silu: operations.silu
      case .gelu: operations.gelu
      case .logGamma: operations.log_gamma
      case .digamma: operations.digamma
      case .squareRoot: operations.square_root
      case .absolute: operations.absolute
      case .sign: operations.sign
      case .trigamma: operations.trigamma
      case .erfinv: operations.erfinv
      case .expm1: operations.expm1
      case .sin: operations.sin
      case .cos: operations.cos
      case .tan: operations.tan
      case .atan: operations.atan
      case .sinh: operations.sinh
      case .cosh: operations.cosh
      case .asinh: operations.asinh
      case .acosh: operations.acosh
      case .atanh: operations.atanh
      case .floor: operations.floor
      case .ceil: operations.ceil
      case .round: operations.round
      }
    Threads.cut(count, least: Threads.leastResults) {
      loop(x.pointer(at: $0.lowerBound), mutablePointer(at: $0.lowerBound), $0.count)
    }
  }

  /// self = dy times the slope of silu or gelu at x
  package func assignSlope(of function: UnaryFunction, at x: Storage, upstream dy: Storage) {
    check("assignSlope", x)
    check("assignSlope", dy)
    let loop =
      switch function {
      case .silu: operations.silu_backward
      case .gelu: operations.gelu_backward
      default: fatalError("assignSlope: \(function) has no loop for its slope")
      }
    Threads.cut(count, least: Threads.leastResults) {
      loop(
        x.pointer(at: $0.lowerBound), dy.pointer(at: $0.lowerBound), mutablePointer(at: $0.lowerBound), $0.count)
    }
  }

  /// self = a op b
  public func assign(_ operation: BinaryOperator, _ a: Storage, _ b: Storage) {
    check("assign", a)
    check("assign", b)
    let loop: @convention(c) (UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void
    switch operation {
    case .add: loop = operations.add
    case .subtract: loop = operations.subtract
    case .multiply: loop = operations.multiply
    case .divide: loop = operations.divide
    default: return combine(operation, a.pointer, 1, b.pointer, 1)
    }
    Threads.cut(count) {
      loop(a.pointer(at: $0.lowerBound), b.pointer(at: $0.lowerBound), mutablePointer(at: $0.lowerBound), $0.count)
    }
  }

  /// self += a b
  public func addProduct(_ a: Storage, _ b: Storage) {
    check("addProduct", a)
    check("addProduct", b)
    let loop = operations.multiply_add
    Threads.cut(count) {
      loop(a.pointer(at: $0.lowerBound), b.pointer(at: $0.lowerBound), mutablePointer(at: $0.lowerBound), $0.count)
    }
  }

  /// self = scale x + keep self; where `keep` is 0, self may be uninitialised.
  public func assign(_ x: Storage, times scale: Double = 1, adding keep: Double = 0) {
    check("assign", x)
    let loop = operations.scale_add
    Threads.cut(count) { loop(scale, x.pointer(at: $0.lowerBound), keep, mutablePointer(at: $0.lowerBound), $0.count) }
  }

  /// Sets every element.
  public func fill(_ value: Double) {
    if element == .bfloat16 { return fillPlain(value) }
    let loop = operations.fill
    Threads.cut(count) { loop(value, mutablePointer(at: $0.lowerBound), $0.count) }
  }

  /// Brings every element into the range; NaN stays NaN.
  public func clamp(to range: ClosedRange<Double>) {
    let loop = operations.clamp
    Threads.cut(count) { loop(range.lowerBound, range.upperBound, mutablePointer(at: $0.lowerBound), $0.count) }
  }

  /// self += fraction (x - self)
  public func move(toward x: Storage, by fraction: Double) {
    check("move", x)
    let loop = operations.move_toward
    Threads.cut(count) { loop(x.pointer(at: $0.lowerBound), fraction, mutablePointer(at: $0.lowerBound), $0.count) }
  }

  /// self[row, c] = activation(self[row, c] + bias[c])
  public func addBias(_ bias: Storage, activation: Activation) {
    require(
      bias.count > 0 && count % bias.count == 0 && bias.element == element,
      "bias: \(count) elements are not rows of \(bias.count)")
    let (loop, columns, function) = (operations.bias_activation, bias.count, activation.kernelValue)
    Threads.cutRows(count / columns, of: columns, least: Threads.leastResults) {
      loop(mutablePointer(at: $0.lowerBound * columns), bias.pointer, $0.count, columns, function)
    }
  }

  /// self = upstream * activation'(.), given the activation's output.
  public func assignActivationGradient(output: Storage, upstream: Storage, activation: Activation) {
    check("activation gradient", output)
    check("activation gradient", upstream)
    let (loop, function) = (operations.activation_backward, activation.kernelValue)
    Threads.cut(count) {
      loop(
        output.pointer(at: $0.lowerBound), upstream.pointer(at: $0.lowerBound), mutablePointer(at: $0.lowerBound),
        $0.count,
        function)
    }
  }

  @inline(__always)
  func check(_ operation: @autoclosure () -> String, _ other: Storage) {
    require(
      other.count == count && other.element == element,
      "\(operation()): \(other.count) elements of \(other.element) against \(count) of \(element)")
  }
}
