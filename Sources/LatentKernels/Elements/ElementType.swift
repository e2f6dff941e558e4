/// What a tensor's elements are.
public enum ElementType: Sendable, Hashable, CaseIterable, CustomStringConvertible {
  /// IEEE 754 single precision, the default.
  case float32
  /// IEEE 754 double precision, for checking gradients and for science that needs it.
  case float64

  /// The size of one element, in bytes.
  public var size: Int {
    switch self {
    case .float32: 4
    case .float64: 8
    }
  }

  /// The narrower of two types: what a model computes with whose tensors are of both.
  package func narrower(_ other: ElementType) -> ElementType {
    switch (self, other) {
    case (.float64, .float64): .float64
    case (.float32, _), (_, .float32): .float32
    }
  }

  /// `float32` or `float64`.
  public var description: String {
    switch self {
    case .float32: "float32"
    case .float64: "float64"
    }
  }
}
