import Latent
import LatentKernels

#if _endian(big)
  #error("StoredArray: elements are little-endian, and copied as they are: a big-endian host is not supported")
#endif

/// An array as files hold it: the type of its elements, its shape, and its elements' bytes.
public struct StoredArray: Sendable, Equatable {
  /// The type of the elements.
  public let elementType: StoredElementType
  /// The dimensions; empty for a scalar.
  public let shape: [Int]
  /// The elements, little-endian and row-major (the last index varies fastest).
  public let bytes: [UInt8]

  /// An array of bytes that are in the stored form already.
  ///
  /// - Precondition: The number of bytes is the one that shape and type ask for.
  public init(shape: [Int], elementType: StoredElementType, bytes: [UInt8]) {
    require(shape.allSatisfy { $0 >= 0 }, "StoredArray: negative length in shape \(shape)")
    let expected = shape.reduce(elementType.byteCount, *)
    require(
      bytes.count == expected,
      "StoredArray: shape \(shape) of \(elementType) takes \(expected) bytes, not \(bytes.count)")
    self.shape = shape
    self.elementType = elementType
    self.bytes = bytes
  }

  /// An array of floats, row-major, converted to the given type: floating-point types round to nearest, ties to even.
  ///
  /// - Precondition: For an integer type, all values are numbers of that type.
  public init(shape: [Int], floats: [Float], as type: StoredElementType = .float32) {
    self.init(shape: shape, values: floats, as: type)
  }

  /// An array of doubles, row-major, converted to the given type: floating-point types round to nearest, ties to even.
  ///
  /// - Precondition: For an integer type, all values are numbers of that type.
  public init(shape: [Int], doubles: [Double], as type: StoredElementType = .float64) {
    self.init(shape: shape, values: doubles, as: type)
  }

  /// An array of whole numbers, row-major, converted to the given type: floating-point types round to nearest, ties to
  /// even; for `uint64` they are bit patterns.
  ///
  /// - Precondition: For any other integer type, all values are numbers of that type.
  public init(shape: [Int], integers: [Int64], as type: StoredElementType = .int64) {
    self.init(shape: shape, values: integers, as: type)
  }

  /// A tensor, converted to the given type as floats and doubles are; by default as it is, F32, F64 or BF16.
  ///
  /// - Precondition: For an integer type, all values are numbers of that type.
  public init(_ tensor: Tensor, as type: StoredElementType? = nil) {
    let type = type ?? tensor.element.stored
    if tensor.element == .bfloat16 && type != .bfloat16 {
      self.init(tensor.converted(to: .float32), as: type)
      return
    }
    let bytes = tensor.storage.withUnsafeBytes { values in
      switch tensor.element {
      case .bfloat16: Array(values)
      case .float32: type.bytes(of: values.bindMemory(to: Float.self), name: "StoredArray")
      case .float64: type.bytes(of: values.bindMemory(to: Double.self), name: "StoredArray")
      }
    }
    self.init(shape: tensor.shape, elementType: type, bytes: bytes)
  }

  private init(shape: [Int], values: [some StoredValue], as type: StoredElementType) {
    let bytes = values.withUnsafeBufferPointer { type.bytes(of: $0, name: "StoredArray") }
    self.init(shape: shape, elementType: type, bytes: bytes)
  }

  /// The number of elements.
  public var count: Int { bytes.count / elementType.byteCount }

  /// The elements as float32, row-major.
  ///
  /// F16, BF16 and integers up to 2^24 convert without loss; F64 and larger integers are rounded to nearest.
  public var floats: [Float] { bytes.withUnsafeBytes { elementType.values($0) } }

  /// The elements as float64, row-major.
  ///
  /// Every type converts without loss, except integers beyond 2^53, which are rounded to nearest.
  public var doubles: [Double] { bytes.withUnsafeBytes { elementType.values($0) } }

  /// The elements as whole numbers, row-major, U64 as bit patterns; nil where they are floating-point numbers.
  public var integers: [Int64]? {
    elementType.isInteger ? bytes.withUnsafeBytes { elementType.values($0) } : nil
  }

  /// The array as a tensor: F64 as float64, all other types as float32, as ``floats`` converts them.
  public var tensor: Tensor { tensor(as: elementType.tensorElement) }

  /// The array as a tensor of an element type: BF16 as bfloat16 takes half the memory of float32, with the same numbers.
  ///
  /// - Parameter element: what the numbers are rounded to, to nearest
  public func tensor(as element: ElementType) -> Tensor {
    bytes.withUnsafeBytes { Tensor(stored: $0, elementType, shape: shape, as: element) }
  }
}

extension Tensor {
  /// The tensor of stored elements: by default F64 as float64, all other types as float32.
  init(stored bytes: UnsafeRawBufferPointer, _ type: StoredElementType, shape: [Int], as element: ElementType? = nil) {
    self.init(uninitialized: shape, element: element ?? type.tensorElement)
    storage.assign(stored: bytes, of: type)
  }
}
