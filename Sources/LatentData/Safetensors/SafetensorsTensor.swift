import LatentKernels

/// A tensor to be written to a safetensors file: its name, shape and bytes.
public struct SafetensorsTensor: Sendable, Equatable {
  /// The name of the tensor.
  public let name: String
  /// The type of its elements.
  public let elementType: SafetensorsElementType
  /// Its dimensions, row-major; empty for a scalar.
  public let shape: [Int]
  /// Its elements, little-endian.
  public let bytes: [UInt8]

  /// A tensor of bytes that are in the stored form already.
  ///
  /// - Precondition: The number of bytes is the one that shape and type ask for.
  public init(_ name: String, shape: [Int], elementType: SafetensorsElementType, bytes: [UInt8]) {
    require(shape.allSatisfy { $0 >= 0 }, "safetensors \(name): negative length in shape \(shape)")
    let expected = shape.reduce(elementType.byteCount, *)
    require(
      bytes.count == expected,
      "safetensors \(name): shape \(shape) of \(elementType.rawValue) takes \(expected) bytes, not \(bytes.count)")
    require(name != "__metadata__", "safetensors: __metadata__ is not a name for a tensor")
    self.name = name
    self.elementType = elementType
    self.shape = shape
    self.bytes = bytes
  }

  /// A tensor of float32 elements, row-major.
  public init(_ name: String, shape: [Int], floats: [Float]) {
    self.init(name, shape: shape, elementType: .float32, bytes: storedBytes(floats))
  }

  /// A tensor of float64 elements, row-major.
  public init(_ name: String, shape: [Int], doubles: [Double]) {
    self.init(name, shape: shape, elementType: .float64, bytes: storedBytes(doubles))
  }

  /// A tensor of int64 elements, row-major.
  public init(_ name: String, shape: [Int], integers: [Int64]) {
    self.init(name, shape: shape, elementType: .int64, bytes: storedBytes(integers))
  }
}

/// The elements' bytes in one copy of memory.
private func storedBytes<Value: BitwiseCopyable>(_ values: [Value]) -> [UInt8] {
  values.withUnsafeBytes { source in
    [UInt8](unsafeUninitializedCapacity: source.count) { target, initialized in
      UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
      initialized = source.count
    }
  }
}
