import Latent
import LatentKernels

/// A tensor to be written to a safetensors file: its name and what is stored of it.
public struct SafetensorsTensor: Sendable, Equatable {
  /// The name of the tensor.
  public let name: String
  /// Its elements' type, shape and bytes.
  public let array: StoredArray

  /// The type of its elements.
  public var elementType: StoredElementType { array.elementType }
  /// Its dimensions, row-major; empty for a scalar.
  public var shape: [Int] { array.shape }
  /// Its elements, little-endian.
  public var bytes: [UInt8] { array.bytes }

  /// A tensor of a stored array.
  public init(_ name: String, _ array: StoredArray) {
    require(name != "__metadata__", "safetensors: __metadata__ is not a name for a tensor")
    self.name = name
    self.array = array
  }

  /// A tensor of bytes that are in the stored form already.
  ///
  /// - Precondition: The number of bytes is the one that shape and type ask for.
  public init(_ name: String, shape: [Int], elementType: StoredElementType, bytes: [UInt8]) {
    self.init(name, StoredArray(shape: shape, elementType: elementType, bytes: bytes))
  }

  /// A tensor of floats, row-major, converted to the given type as ``StoredArray`` does it.
  public init(_ name: String, shape: [Int], floats: [Float], as type: StoredElementType = .float32) {
    self.init(name, StoredArray(shape: shape, floats: floats, as: type))
  }

  /// A tensor of doubles, row-major, converted to the given type as ``StoredArray`` does it.
  public init(_ name: String, shape: [Int], doubles: [Double], as type: StoredElementType = .float64) {
    self.init(name, StoredArray(shape: shape, doubles: doubles, as: type))
  }

  /// A tensor of whole numbers, row-major, converted to the given type as ``StoredArray`` does it.
  public init(_ name: String, shape: [Int], integers: [Int64], as type: StoredElementType = .int64) {
    self.init(name, StoredArray(shape: shape, integers: integers, as: type))
  }

  /// A tensor of the library, converted to the given type as ``StoredArray`` does it; by default as it is, F32, F64 or
  /// BF16.
  public init(_ name: String, _ tensor: Tensor, as type: StoredElementType? = nil) {
    self.init(name, StoredArray(tensor, as: type))
  }
}
