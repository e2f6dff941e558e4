import LatentKernels

/// Arithmetic with NumPy's broadcasting. Derivatives stand beside each operation; where an operand was repeated, its
/// gradient is the sum over the repetitions.
extension Variable {
  /// a + b; d/da = d/db = 1
  public static func + (a: Variable, b: Variable) -> Variable {
    a.tape.record("+", a, b, output: combined(.add, a, b, "+")) { backward in
      backward.addSum(backward.upstream, to: 0)
      backward.addSum(backward.upstream, to: 1)
    }.ruled([{ $0 }, { $0 }])
  }

  /// a - b; d/da = 1, d/db = -1
  public static func - (a: Variable, b: Variable) -> Variable {
    a.tape.record("-", a, b, output: combined(.subtract, a, b, "-")) { backward in
      backward.addSum(backward.upstream, times: -1, to: 1)
      backward.addSum(backward.upstream, to: 0)
    }.ruled([{ $0 }, { -$0 }])
  }

  /// a b; d/da = b, d/db = a
  public static func * (a: Variable, b: Variable) -> Variable {
    let (left, right) = (b.keeping(a), a.keeping(b))
    return a.tape.record("*", a, b, output: combined(.multiply, a, b, "*")) { backward in
      if let left { backward.addProduct(left, to: 1) }
      if let right { backward.addProduct(right, to: 0, isLast: true) }
    }.ruled([{ $0 * b }, { $0 * a }])
  }

  /// a / b; d/da = 1 / b, d/db = -a / b^2
  public static func / (a: Variable, b: Variable) -> Variable {
    let (left, right) = (b.keeping(a), b.tensor)
    return a.tape.record("/", a, b, output: combined(.divide, a, b, "/")) { backward in
      let quotient = backward.combined(.divide, backward.upstream, right)
      if let left {
        let slope = backward.combined(.multiply, quotient, backward.combined(.divide, left, right))
        backward.addSum(slope, times: -1, to: 1)
      }
      backward.addSum(quotient, to: 0)
    }.ruled([{ $0 / b }, { -($0 / b * (a / b)) }])
  }

  /// a^b, for a > 0 where b is no whole number; d/da = b a^(b - 1), 0 where b is 0, and d/db = a^b log a, 0 where a is 0 and
  /// b is not below
  public func power(_ exponent: Variable) -> Variable {
    let (base, exponents) = (tensor, exponent.tensor)
    let output = Variable.combined(.power, self, exponent, "power")
    return tape.record("power", self, exponent, output: output) { backward in
      if backward.needs(0) {
        let lower = backward.makeTensor(like: exponents)
        lower.storage.assign(.subtract, exponents.storage, 1)
        let slope = backward.combined(.multiply, exponents, backward.combined(.power, base, lower))
        backward.addProduct(backward.combined(.selectWhereTrue, exponents, slope), to: 0)
      }
      if backward.needs(1) {
        let logarithm = backward.makeTensor(like: base)
        logarithm.storage.assign(.log, of: base.storage)
        let slope = backward.combined(.multiply, output, logarithm)
        let (isNotBelow, isZero) = (backward.makeTensor(like: exponents), backward.makeTensor(like: base))
        isNotBelow.storage.assign(.lessOrEqual, 0, exponents.storage)
        isZero.storage.assign(.equal, base.storage, 0)
        let isConstant = backward.combined(.multiply, isZero, isNotBelow)
        backward.addProduct(backward.combined(.selectWhereFalse, isConstant, slope), to: 1)
      }
    }.ruled(powerRules(of: exponent))
  }

  /// The larger of a and b; the gradient goes to the larger one, to a where they are equal.
  public static func maximum(_ a: Variable, _ b: Variable) -> Variable {
    extreme(.maximum, a, b, firstWhere: (b, a), "maximum")
  }

  /// The smaller of a and b; the gradient goes to the smaller one, to a where they are equal.
  public static func minimum(_ a: Variable, _ b: Variable) -> Variable {
    extreme(.minimum, a, b, firstWhere: (a, b), "minimum")
  }

  /// -a
  public static prefix func - (a: Variable) -> Variable { -1 * a }

  /// 1 where a < b, else 0. No gradient reaches the operands.
  public static func .< (a: Variable, b: Variable) -> Variable { compared(.less, a, b, ".<") }
  /// 1 where a <= b, else 0. No gradient reaches the operands.
  public static func .<= (a: Variable, b: Variable) -> Variable { compared(.lessOrEqual, a, b, ".<=") }
  /// 1 where a > b, else 0. No gradient reaches the operands.
  public static func .> (a: Variable, b: Variable) -> Variable { compared(.less, b, a, ".>") }
  /// 1 where a >= b, else 0. No gradient reaches the operands.
  public static func .>= (a: Variable, b: Variable) -> Variable { compared(.lessOrEqual, b, a, ".>=") }
  /// 1 where a == b, else 0. No gradient reaches the operands.
  public static func .== (a: Variable, b: Variable) -> Variable { compared(.equal, a, b, ".==") }

  /// `a` where this is not 0, and `b` where it is; each gets its gradient where it was taken. What was not taken may be
  /// infinite or NaN without harm.
  public func select(_ a: Variable, _ b: Variable) -> Variable {
    selecting(.selectWhereTrue, a) + selecting(.selectWhereFalse, b)
  }

  /// A value where this mask says so, and 0 elsewhere.
  func selecting(_ operation: BinaryOperator, _ value: Variable) -> Variable {
    // The mask is the first operand, so that no gradient can reach it.
    let (condition, mask) = (detached(), tensor)
    let output = Variable.combined(operation, condition, value, "select")
    return tape.record("select", condition, value, output: output) { backward in
      backward.addSum(backward.combined(operation, mask, backward.upstream), to: 1)
    }.ruled([{ $0 }, { condition.selecting(operation, $0) }])
  }

  private static func extreme(
    _ operation: BinaryOperator, _ a: Variable, _ b: Variable, firstWhere order: (Variable, Variable), _ name: String
  ) -> Variable {
    // A constant as gradients go: 1 where a is taken.
    let mask = combined(.lessOrEqual, order.0, order.1, name)
    return a.tape.record(name, a, b, output: combined(operation, a, b, name)) { backward in
      if backward.needs(0) { backward.addSum(backward.combined(.selectWhereTrue, mask, backward.upstream), to: 0) }
      if backward.needs(1) { backward.addSum(backward.combined(.selectWhereFalse, mask, backward.upstream), to: 1) }
    }.ruled([
      { $0.tape.constant(mask).selecting(.selectWhereTrue, $0) },
      { $0.tape.constant(mask).selecting(.selectWhereFalse, $0) },
    ])
  }

  private static func compared(_ operation: BinaryOperator, _ a: Variable, _ b: Variable, _ name: String) -> Variable {
    a.tape.record(name, a.detached(), b.detached(), output: combined(operation, a, b, name)) { _ in }
  }

  /// a op b with broadcasting.
  static func combined(
    _ operation: BinaryOperator, _ a: Variable, _ b: Variable, _ name: String
  ) -> Tensor {
    if let output = Tensor.combined(operation, a.tensor, b.tensor, workspace: a.tape.workspace) { return output }
    refuse([a, b], "\(name): \(a.shape) of \(a.tensor.element) and \(b.shape) of \(b.tensor.element) do not match")
  }

  /// Those of ``power(_:)``, by the slopes that stand there; where a slope is 0 for a reason of its own, what it would be
  /// otherwise is computed elsewhere, since its own slope may be no number.
  private func powerRules(of exponent: Variable) -> [GradientRule] {
    let one = tape.constant(Tensor(repeating: 1, shape: [], element: element))
    let isFlat = exponent .== 0
    let isConstant = (self .== 0) * (exponent .>= 0)
    return [
      { upstream in
        let safe = isFlat.select(one, self)
        return upstream * isFlat.selecting(.selectWhereFalse, exponent * safe.power(exponent - 1))
      },
      { upstream in
        let safe = isConstant.select(one, self)
        return upstream * isConstant.selecting(.selectWhereFalse, safe.power(exponent) * safe.log())
      },
    ]
  }

  /// Another operand's value, if this one's gradient is made from it.
  private func keeping(_ other: Variable) -> Tensor? { node == nil ? nil : other.tensor }
}

infix operator .< : ComparisonPrecedence
infix operator .<= : ComparisonPrecedence
infix operator .> : ComparisonPrecedence
infix operator .>= : ComparisonPrecedence
infix operator .== : ComparisonPrecedence
