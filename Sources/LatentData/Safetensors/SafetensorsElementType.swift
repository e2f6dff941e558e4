/// The type of the elements of a stored tensor, by the name that the safetensors header gives it.
///
/// The cases are in the order in which the reference implementation compares them (by alignment, smallest first): the
/// writer sorts tensors by it.
public enum SafetensorsElementType: String, Sendable, CaseIterable {
  case bool = "BOOL"
  case uint8 = "U8"
  case int8 = "I8"
  case int16 = "I16"
  case uint16 = "U16"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int32 = "I32"
  case uint32 = "U32"
  case float32 = "F32"
  case float64 = "F64"
  case int64 = "I64"
  case uint64 = "U64"

  /// Bytes that one element takes.
  public var byteCount: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// The place of the case in the declaration above.
  var rank: Int { Self.allCases.firstIndex(of: self)! }
}
