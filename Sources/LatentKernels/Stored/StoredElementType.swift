/// What the elements of an array in a file are.
///
/// The cases are in the order in which the reference implementation of safetensors compares them: by alignment, the
/// smallest first.
public enum StoredElementType: Sendable, Hashable, CaseIterable, CustomStringConvertible {
  /// One byte, 0 or 1.
  case bool
  /// Whole numbers of 8 and 16 bits.
  case uint8, int8, int16, uint16
  /// IEEE 754 binary16: 5 bits of exponent and 10 of fraction.
  case float16
  /// The upper half of a float32: 8 bits of exponent and 7 of fraction.
  case bfloat16
  /// Whole numbers of 32 bits.
  case int32, uint32
  /// IEEE 754 binary32 and binary64.
  case float32, float64
  /// Whole numbers of 64 bits.
  case int64, uint64

  /// The type with this name in a safetensors file; nil if there is none.
  public init?(name: String) {
    guard let type = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = type
  }

  /// Its name in a safetensors file: `F32`.
  public var name: String {
    switch self {
    case .bool: "BOOL"
    case .uint8: "U8"
    case .int8: "I8"
    case .int16: "I16"
    case .uint16: "U16"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .int32: "I32"
    case .uint32: "U32"
    case .float32: "F32"
    case .float64: "F64"
    case .int64: "I64"
    case .uint64: "U64"
    }
  }

  /// Bytes that one element takes.
  public var byteCount: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// Whether the elements are whole numbers; those of `bool` are 0 and 1.
  public var isInteger: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: false
    case .bool, .uint8, .int8, .int16, .uint16, .int32, .uint32, .int64, .uint64: true
    }
  }

  /// The same as ``name``.
  public var description: String { name }
}
