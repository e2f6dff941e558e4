/// What a tensor's elements are.
public enum ElementType: Sendable, Hashable, CaseIterable, CustomStringConvertible {
  /// IEEE 754 single precision, the default.
  case float32
  /// IEEE 754 double precision, for checking gradients and for science that needs it.
  case float64
  /// The upper half of a float32, with three decimal digits: for keeping numbers in half the memory. Nothing computes with
  /// such tensors but what copies and converts them; products of bfloat16 are a ``Precision`` of float32 models.
  case bfloat16

  /// The types that models compute with.
  public static let computing: [ElementType] = [.float32, .float64]

  /// The size of one element, in bytes.
  public var size: Int {
    switch self {
    case .bfloat16: 2
    case .float32: 4
    case .float64: 8
    }
  }

  /// The narrower of two types: what a model computes with whose tensors are of both.
  package func narrower(_ other: ElementType) -> ElementType { size <= other.size ? self : other }

  /// Stops unless models compute with this type.
  ///
  /// - Parameter operation: what would compute, with the shapes of its operands
  @inline(__always)
  package func requireComputing(_ operation: @autoclosure () -> String) {
    if self == .bfloat16 { refuse(operation()) }
  }

  @inline(never)
  func refuse(_ operation: String) -> Never {
    fatalError(
      "\(operation): \(self) only keeps numbers; use float32, to which converted(to: .float32) brings a tensor")
  }

  /// `float32`, `float64` or `bfloat16`.
  public var description: String {
    switch self {
    case .float32: "float32"
    case .float64: "float64"
    case .bfloat16: "bfloat16"
    }
  }
}
