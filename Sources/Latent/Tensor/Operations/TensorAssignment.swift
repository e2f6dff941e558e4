import LatentKernels

/// Arithmetic in place: in the tensor's own memory where no other value shares it. The right operand is repeated by NumPy's rule, the
/// left one never.
extension Tensor {
  /// a = a + b
  public static func += (a: inout Tensor, b: Tensor) { a.combine(.add, b, "+=") }
  /// a = a - b
  public static func -= (a: inout Tensor, b: Tensor) { a.combine(.subtract, b, "-=") }
  /// a = a b
  public static func *= (a: inout Tensor, b: Tensor) { a.combine(.multiply, b, "*=") }
  /// a = a / b
  public static func /= (a: inout Tensor, b: Tensor) { a.combine(.divide, b, "/=") }

  /// a = a + number
  public static func += (a: inout Tensor, number: Double) { a.combine("+=") { $0.assign(.add, $0, number) } }
  /// a = a - number
  public static func -= (a: inout Tensor, number: Double) { a.combine("-=") { $0.assign(.add, $0, -number) } }
  /// a = a scale
  public static func *= (a: inout Tensor, scale: Double) { a.combine("*=") { $0.assign($0, times: scale) } }
  /// a = a / number
  public static func /= (a: inout Tensor, number: Double) { a.combine("/=") { $0.assign(.divide, $0, number) } }

  private mutating func combine(_ operation: BinaryOperator, _ other: Tensor, _ name: String) {
    require(
      element == other.element && Shape.isRepeated(other.shape, to: shape),
      "\(name): \(other.shape) of \(other.element) can't be repeated to \(shape) of \(element)")
    let own = shape
    combine(name) { $0.assign(operation, $0, of: own, other.storage, of: other.shape, shape: own) }
  }

  private mutating func combine(_ name: String, _ write: (Storage) -> Void) {
    element.requireComputing("\(name): a tensor of the shape \(shape)")
    storage.makeUnique()
    write(storage)
  }
}
