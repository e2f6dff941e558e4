import CLatentKernels

/// y = f(x), element by element.
public enum UnaryFunction: String, Sendable {
  case exp, log, log1p, sigmoid, tanh, softplus, erf, squareRoot, absolute, sign
}

/// y = a op b, element by element. Comparisons give 1 or 0; the selections give b or 0, by whether a is not 0. A NaN in
/// either operand is the minimum and the maximum, as in NumPy.
public enum BinaryOperator: String, Sendable {
  case add, subtract, multiply, divide, minimum, maximum, power
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
      case .squareRoot: operations.square_root
      case .absolute: operations.absolute
      case .sign: operations.sign
      }
    loop(x.pointer, pointer, count)
  }

  /// self = a op b
  public func assign(_ operation: BinaryOperator, _ a: Storage, _ b: Storage) {
    check("assign", a)
    check("assign", b)
    switch operation {
    case .add: operations.add(a.pointer, b.pointer, pointer, count)
    case .subtract: operations.subtract(a.pointer, b.pointer, pointer, count)
    case .multiply: operations.multiply(a.pointer, b.pointer, pointer, count)
    case .divide: operations.divide(a.pointer, b.pointer, pointer, count)
    default: combine(operation, a.pointer, 1, b.pointer, 1)
    }
  }

  /// self += a b
  public func addProduct(_ a: Storage, _ b: Storage) {
    check("addProduct", a)
    check("addProduct", b)
    operations.multiply_add(a.pointer, b.pointer, pointer, count)
  }

  /// self = scale x + keep self; where `keep` is 0, self may be uninitialised.
  public func assign(_ x: Storage, times scale: Double = 1, adding keep: Double = 0) {
    check("assign", x)
    operations.scale_add(scale, x.pointer, keep, pointer, count)
  }

  /// Sets every element.
  public func fill(_ value: Double) { operations.fill(value, pointer, count) }

  /// The sum of all elements, added pairwise in double.
  public func sum() -> Double { operations.sum(pointer, count) }

  /// The sum of all elements' squares, added pairwise in double.
  public func sumOfSquares() -> Double { operations.sum_squares(pointer, count) }

  /// Brings every element into the range; NaN stays NaN.
  public func clamp(to range: ClosedRange<Double>) {
    operations.clamp(range.lowerBound, range.upperBound, pointer, count)
  }

  /// self += fraction (x - self)
  public func move(toward x: Storage, by fraction: Double) {
    check("move", x)
    operations.move_toward(x.pointer, fraction, pointer, count)
  }

  /// Whether no element is infinite or NaN.
  public func isFinite() -> Bool { operations.all_finite(pointer, count) != 0 }

  /// self[c] (+)= the sum over all rows of x[row, c], with as many columns as self has elements.
  public func assignColumnSums(of x: Storage, accumulating: Bool) {
    require(
      count > 0 && x.count % count == 0 && x.element == element,
      "column sums: \(x.count) elements are not rows of \(count)")
    operations.column_sums(x.pointer, x.count / count, count, accumulating ? 1 : 0, pointer)
  }

  /// self[row, c] = activation(self[row, c] + bias[c])
  public func addBias(_ bias: Storage, activation: Activation) {
    require(
      bias.count > 0 && count % bias.count == 0 && bias.element == element,
      "bias: \(count) elements are not rows of \(bias.count)")
    operations.bias_activation(pointer, bias.pointer, count / bias.count, bias.count, activation.kernelValue)
  }

  /// self = upstream * activation'(.), given the activation's output.
  public func assignActivationGradient(output: Storage, upstream: Storage, activation: Activation) {
    check("activation gradient", output)
    check("activation gradient", upstream)
    operations.activation_backward(output.pointer, upstream.pointer, pointer, count, activation.kernelValue)
  }

  /// The numbers of `values`, rounded to this element type.
  public func assign(_ values: [Double]) {
    require(values.count == count, "assign: \(values.count) values for \(count) elements")
    operations.from_double(values, pointer, count)
  }

  /// All elements as doubles.
  public func doubles() -> [Double] {
    [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let base = buffer.baseAddress { operations.to_double(pointer, base, count) }
      initialized = count
    }
  }

  @inline(__always)
  func check(_ operation: @autoclosure () -> String, _ other: Storage) {
    require(
      other.count == count && other.element == element,
      "\(operation()): \(other.count) elements of \(other.element) against \(count) of \(element)")
  }
}
