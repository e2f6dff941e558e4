// Variables with tensors, which are constants of the variable's tape: `kernel * mask`, `y - targets`.

extension Variable {
  /// a + b, b being a constant.
  public static func + (a: Variable, b: Tensor) -> Variable { a + a.tape.constant(b) }
  /// a + b, a being a constant.
  public static func + (a: Tensor, b: Variable) -> Variable { b.tape.constant(a) + b }
  /// a - b, b being a constant.
  public static func - (a: Variable, b: Tensor) -> Variable { a - a.tape.constant(b) }
  /// a - b, a being a constant.
  public static func - (a: Tensor, b: Variable) -> Variable { b.tape.constant(a) - b }
  /// a b, b being a constant.
  public static func * (a: Variable, b: Tensor) -> Variable { a * a.tape.constant(b) }
  /// a b, a being a constant.
  public static func * (a: Tensor, b: Variable) -> Variable { b.tape.constant(a) * b }
  /// a / b, b being a constant.
  public static func / (a: Variable, b: Tensor) -> Variable { a / a.tape.constant(b) }
  /// a / b, a being a constant.
  public static func / (a: Tensor, b: Variable) -> Variable { b.tape.constant(a) / b }
}

/// a b, b being a constant: see ``matmul(_:_:)-(Variable,Variable)``.
public func matmul(_ a: Variable, _ b: Tensor) -> Variable { matmul(a, a.tape.constant(b)) }

/// a b, a being a constant: see ``matmul(_:_:)-(Variable,Variable)``.
public func matmul(_ a: Tensor, _ b: Variable) -> Variable { matmul(b.tape.constant(a), b) }
