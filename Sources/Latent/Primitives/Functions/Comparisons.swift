import LatentKernels

/// Comparisons with a number, which is rounded to the element type, and bounds: no tensor is made of it.
extension Variable {
  /// 1 where a < number, else 0. No gradient reaches the operand.
  public static func .< (a: Variable, number: Double) -> Variable {
    compared(a, ".<") { $0.assign(.less, $1, number) }
  }
  /// 1 where a <= number, else 0. No gradient reaches the operand.
  public static func .<= (a: Variable, number: Double) -> Variable {
    compared(a, ".<=") { $0.assign(.lessOrEqual, $1, number) }
  }
  /// 1 where a > number, else 0. No gradient reaches the operand.
  public static func .> (a: Variable, number: Double) -> Variable {
    compared(a, ".>") { $0.assign(.less, number, $1) }
  }
  /// 1 where a >= number, else 0. No gradient reaches the operand.
  public static func .>= (a: Variable, number: Double) -> Variable {
    compared(a, ".>=") { $0.assign(.lessOrEqual, number, $1) }
  }
  /// 1 where a is the number, else 0. No gradient reaches the operand.
  public static func .== (a: Variable, number: Double) -> Variable {
    compared(a, ".==") { $0.assign(.equal, $1, number) }
  }

  /// The larger of a and the number; the gradient goes to a where it is not the smaller one.
  public static func maximum(_ a: Variable, _ number: Double) -> Variable { a.maximum(number, includingBound: true) }
  /// The smaller of a and the number; the gradient goes to a where it is not the larger one.
  public static func minimum(_ a: Variable, _ number: Double) -> Variable { a.minimum(number, includingBound: true) }

  private static func compared(
    _ a: Variable, _ name: String, _ assign: (_ result: Storage, _ x: Storage) -> Void
  ) -> Variable {
    let output = a.tape.makeTensor(like: a.tensor)
    assign(output.storage, a.tensor.storage)
    return a.tape.record(name, a.detached(), output: output) { _ in }
  }
}

/// Arithmetic that changes a variable in its place: the next value of a name, such as of a sum of losses.
extension Variable {
  /// a = a + b
  public static func += (a: inout Variable, b: Variable) { a = a + b }
  /// a = a + number
  public static func += (a: inout Variable, number: Double) { a = a + number }
  /// a = a - b
  public static func -= (a: inout Variable, b: Variable) { a = a - b }
  /// a = a - number
  public static func -= (a: inout Variable, number: Double) { a = a - number }
  /// a = a b
  public static func *= (a: inout Variable, b: Variable) { a = a * b }
  /// a = a scale
  public static func *= (a: inout Variable, scale: Double) { a = a * scale }
  /// a = a / b
  public static func /= (a: inout Variable, b: Variable) { a = a / b }
  /// a = a / number
  public static func /= (a: inout Variable, number: Double) { a = a / number }
}
