import LatentKernels

/// Arithmetic with NumPy's broadcasting. Derivatives stand beside each operation; where an operand was repeated, its
/// gradient is the sum over the repetitions.
extension Variable {
  /// a + b; d/da = d/db = 1
  public static func + (a: Variable, b: Variable) -> Variable {
    let (left, right) = (a.shape, b.shape)
    return a.combined(.add, b, "+") { backward, upstream in
      backward.addSum(upstream, to: 0, shape: left)
      backward.addSum(upstream, to: 1, shape: right)
    }
  }

  /// a - b; d/da = 1, d/db = -1
  public static func - (a: Variable, b: Variable) -> Variable {
    let (left, right) = (a.shape, b.shape)
    return a.combined(.subtract, b, "-") { backward, upstream in
      backward.addSum(upstream, to: 0, shape: left)
      backward.addSum(upstream, times: -1, to: 1, shape: right)
    }
  }

  /// a b; d/da = b, d/db = a
  public static func * (a: Variable, b: Variable) -> Variable {
    let (left, right) = (a.tensor, b.tensor)
    return a.combined(.multiply, b, "*") { backward, upstream in
      backward.addProduct(upstream, right, to: 0, shape: left.shape)
      backward.addProduct(upstream, left, to: 1, shape: right.shape)
    }
  }

  /// a / b; d/da = 1 / b, d/db = -a / b^2
  public static func / (a: Variable, b: Variable) -> Variable {
    let (left, right) = (a.tensor, b.tensor)
    return a.combined(.divide, b, "/") { backward, upstream in
      guard let quotient = Tensor.combined(.divide, upstream, right, workspace: backward.workspace) else { return }
      backward.addSum(quotient, to: 0, shape: left.shape)
      guard backward.needs(1), let ratio = Tensor.combined(.divide, left, right, workspace: backward.workspace)
      else { return }
      backward.addProduct(quotient, ratio, times: -1, to: 1, shape: right.shape)
    }
  }

  /// a^b, for a > 0 where b is no whole number; d/da = b a^(b - 1), d/db = a^b log a
  public func power(_ exponent: Variable) -> Variable {
    let (base, exponents) = (tensor, exponent.tensor)
    return combined(.power, exponent, "power") { backward, upstream in
      let workspace = backward.workspace
      func combine(_ operation: BinaryOperator, _ a: Tensor, _ b: Tensor) -> Tensor {
        Tensor.combined(operation, a, b, workspace: workspace)!
      }
      if backward.needs(0) {
        let lower = combine(.subtract, exponents, Tensor(repeating: 1, shape: [], element: base.element))
        let slope = combine(.multiply, exponents, combine(.power, base, lower))
        backward.addProduct(upstream, slope, to: 0, shape: base.shape)
      }
      if backward.needs(1) {
        let logarithm = Tensor(uninitialized: base.shape, element: base.element, workspace: workspace)
        logarithm.storage.assign(.log, of: base.storage)
        let slope = combine(.multiply, combine(.power, base, exponents), logarithm)
        backward.addProduct(upstream, slope, to: 1, shape: exponents.shape)
      }
    }
  }

  /// The larger of a and b; the gradient goes to the larger one, to a where they are equal.
  public static func maximum(_ a: Variable, _ b: Variable) -> Variable { extreme(.maximum, a, b, takesFirst: (b, a)) }

  /// The smaller of a and b; the gradient goes to the smaller one, to a where they are equal.
  public static func minimum(_ a: Variable, _ b: Variable) -> Variable { extreme(.minimum, a, b, takesFirst: (a, b)) }

  /// scale a; d/da = scale
  public static func * (scale: Double, a: Variable) -> Variable {
    let output = a.tape.makeTensor(a.shape, element: a.tensor.element)
    output.storage.assign(a.tensor.storage, times: scale)
    return a.tape.record("*", inputs: [a], output: output) { $0.add($0.upstream, times: scale, to: 0) }
  }

  /// a + number; d/da = 1
  public static func + (a: Variable, number: Double) -> Variable { a + a.constant(number) }
  /// number + a; d/da = 1
  public static func + (number: Double, a: Variable) -> Variable { a + number }
  /// a - number; d/da = 1
  public static func - (a: Variable, number: Double) -> Variable { a + -number }
  /// number - a; d/da = -1
  public static func - (number: Double, a: Variable) -> Variable { a.constant(number) - a }
  /// a scale; d/da = scale
  public static func * (a: Variable, scale: Double) -> Variable { scale * a }
  /// a / number; d/da = 1 / number
  public static func / (a: Variable, number: Double) -> Variable { a / a.constant(number) }
  /// number / a; d/da = -number / a^2
  public static func / (number: Double, a: Variable) -> Variable { a.constant(number) / a }
  /// -a
  public static prefix func - (a: Variable) -> Variable { -1 * a }

  /// A number beside this variable, on its tape and of its element type.
  public func constant(_ number: Double) -> Variable {
    let tensor = tape.makeTensor([], element: tensor.element)
    tensor.storage.fill(number)
    return tape.constant(tensor)
  }

  /// 1 where a < b, else 0. No gradient reaches the operands.
  public static func .< (a: Variable, b: Variable) -> Variable { a.compared(.less, b, ".<") }
  /// 1 where a <= b, else 0. No gradient reaches the operands.
  public static func .<= (a: Variable, b: Variable) -> Variable { a.compared(.lessOrEqual, b, ".<=") }
  /// 1 where a > b, else 0. No gradient reaches the operands.
  public static func .> (a: Variable, b: Variable) -> Variable { b.compared(.less, a, ".>") }
  /// 1 where a >= b, else 0. No gradient reaches the operands.
  public static func .>= (a: Variable, b: Variable) -> Variable { b.compared(.lessOrEqual, a, ".>=") }
  /// 1 where a == b, else 0. No gradient reaches the operands.
  public static func .== (a: Variable, b: Variable) -> Variable { a.compared(.equal, b, ".==") }

  /// `a` where this is not 0, and `b` where it is; each gets its gradient where it was taken. What was not taken may be
  /// infinite or NaN without harm.
  public func select(_ a: Variable, _ b: Variable) -> Variable {
    let mask = tensor
    // The mask is the first operand of each, so that no gradient can reach it.
    func part(_ operation: BinaryOperator, _ value: Variable) -> Variable {
      let shape = value.shape
      return tape.constant(mask).combined(operation, value, "select") { backward, upstream in
        guard let chosen = Tensor.combined(operation, mask, upstream, workspace: backward.workspace) else { return }
        backward.addSum(chosen, to: 1, shape: shape)
      }
    }
    return part(.selectWhereTrue, a) + part(.selectWhereFalse, b)
  }

  private static func extreme(
    _ operation: BinaryOperator, _ a: Variable, _ b: Variable, takesFirst: (Variable, Variable)
  ) -> Variable {
    // A constant as gradients go: 1 where a is taken.
    let mask = takesFirst.0.detached().compared(.lessOrEqual, takesFirst.1.detached(), "\(operation)").tensor
    let (left, right) = (a.shape, b.shape)
    return a.combined(operation, b, "\(operation)") { backward, upstream in
      for (input, selection, shape) in [
        (0, BinaryOperator.selectWhereTrue, left), (1, .selectWhereFalse, right),
      ] where backward.needs(input) {
        guard let part = Tensor.combined(selection, mask, upstream, workspace: backward.workspace) else { return }
        backward.addSum(part, to: input, shape: shape)
      }
    }
  }

  private func compared(_ operation: BinaryOperator, _ other: Variable, _ name: String) -> Variable {
    detached().combined(operation, other.detached(), name) { _, _ in }
  }

  private func combined(
    _ operation: BinaryOperator, _ other: Variable, _ name: String,
    _ backward: @escaping (inout Backward, _ upstream: Tensor) -> Void
  ) -> Variable {
    guard let output = Tensor.combined(operation, tensor, other.tensor, workspace: tape.workspace) else {
      fatalError(
        "\(name): \(shape) of \(tensor.element) and \(other.shape) of \(other.tensor.element) do not match")
    }
    return tape.record(name, inputs: [self, other], output: output) { context in
      backward(&context, context.upstream)
    }
  }
}

infix operator .< : ComparisonPrecedence
infix operator .<= : ComparisonPrecedence
infix operator .> : ComparisonPrecedence
infix operator .>= : ComparisonPrecedence
infix operator .== : ComparisonPrecedence

extension Backward {
  /// Adds `scale` times a gradient of the output's shape to an input that may have been repeated, if wanted.
  mutating func addSum(_ gradient: Tensor, times scale: Double = 1, to input: Int, shape: [Int]) {
    guard needs(input) else { return }
    add(gradient.summed(toShape: shape, workspace: workspace), times: scale, to: input)
  }

  /// Adds `scale` gradient factor, summed over where the input was repeated, if wanted.
  mutating func addProduct(
    _ gradient: Tensor, _ factor: Tensor, times scale: Double = 1, to input: Int, shape: [Int]
  ) {
    if scale == 1 && gradient.shape == shape && factor.shape == shape {
      return accumulate(input) { $0.assign(.multiply, gradient.storage, factor.storage) }
    }
    guard needs(input), let product = Tensor.combined(.multiply, gradient, factor, workspace: workspace) else { return }
    addSum(product, times: scale, to: input, shape: shape)
  }
}
