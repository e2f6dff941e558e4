extension SafetensorsFile {
  /// The elements of a tensor as float64, row-major.
  ///
  /// Every stored type converts without loss, except integers beyond 2^53, which are rounded to nearest.
  ///
  /// - Parameter name: The name of the tensor.
  /// - Throws: ``SafetensorsError`` if the file does not have it.
  public func doubles(_ name: String) throws(SafetensorsError) -> [Double] { try values(name) }

  /// The elements of a tensor as float32, row-major.
  ///
  /// F16, BF16 and integers up to 2^24 convert without loss; F64 and larger integers are rounded to nearest.
  ///
  /// - Parameter name: The name of the tensor.
  /// - Throws: ``SafetensorsError`` if the file does not have it.
  public func floats(_ name: String) throws(SafetensorsError) -> [Float] { try values(name) }

  /// The elements of a tensor of integers (or of BOOL: 0 and 1), row-major; U64 beyond 2^63 wraps around, so that
  /// `UInt64(bitPattern:)` brings it back.
  ///
  /// - Parameter name: The name of the tensor.
  /// - Throws: ``SafetensorsError`` if the file does not have it, or if it holds floating-point numbers.
  public func integers(_ name: String) throws(SafetensorsError) -> [Int64] {
    let (entry, data) = try stored(name)
    switch entry.elementType {
    case .bool, .uint8: return convert(data, UInt8.self, Int64.init)
    case .int8: return convert(data, Int8.self, Int64.init)
    case .int16: return convert(data, Int16.self, Int64.init)
    case .uint16: return convert(data, UInt16.self, Int64.init)
    case .int32: return convert(data, Int32.self, Int64.init)
    case .uint32: return convert(data, UInt32.self, Int64.init)
    case .int64, .uint64: return copy(data)
    case .float16, .bfloat16, .float32, .float64:
      throw SafetensorsError(file: self.name, fault: .notIntegers(tensor: name, type: entry.elementType))
    }
  }

  /// The bytes of a tensor as they are stored: little-endian, row-major.
  ///
  /// - Parameter name: The name of the tensor.
  /// - Throws: ``SafetensorsError`` if the file does not have it.
  public func rawBytes(_ name: String) throws(SafetensorsError) -> [UInt8] { copy(try stored(name).data) }

  private func values<Value: BinaryFloatingPoint & BitwiseCopyable>(_ name: String) throws(SafetensorsError) -> [Value]
  {
    let (entry, data) = try stored(name)
    switch entry.elementType {
    case .float32 where Value.self == Float.self, .float64 where Value.self == Double.self: return copy(data)
    case .float32: return convert(data, Float.self) { Value($0) }
    case .float64: return convert(data, Double.self) { Value($0) }
    case .float16: return convert(data, UInt16.self) { Value(float(halfBits: $0)) }
    case .bfloat16: return convert(data, UInt16.self) { Value(Float(bitPattern: UInt32($0) << 16)) }
    case .bool, .uint8: return convert(data, UInt8.self) { Value($0) }
    case .int8: return convert(data, Int8.self) { Value($0) }
    case .int16: return convert(data, Int16.self) { Value($0) }
    case .uint16: return convert(data, UInt16.self) { Value($0) }
    case .int32: return convert(data, Int32.self) { Value($0) }
    case .uint32: return convert(data, UInt32.self) { Value($0) }
    case .int64: return convert(data, Int64.self) { Value($0) }
    case .uint64: return convert(data, UInt64.self) { Value($0) }
    }
  }

  private func stored(_ name: String) throws(SafetensorsError) -> (entry: Entry, data: ArraySlice<UInt8>) {
    guard let entry = entry(named: name) else {
      throw SafetensorsError(file: self.name, fault: .missingTensor(name))
    }
    return (entry, bytes[(dataStart + entry.byteRange.lowerBound)..<(dataStart + entry.byteRange.upperBound)])
  }
}

/// The elements as they are stored, in one copy of memory.
private func copy<Value: BitwiseCopyable>(_ data: ArraySlice<UInt8>) -> [Value] {
  let count = data.count / MemoryLayout<Value>.size
  return [Value](unsafeUninitializedCapacity: count) { values, initialized in
    data.withUnsafeBytes { UnsafeMutableRawBufferPointer(values).copyMemory(from: $0) }
    initialized = count
  }
}

private func convert<Stored: BitwiseCopyable, Value>(
  _ data: ArraySlice<UInt8>, _ type: Stored.Type, _ value: (Stored) -> Value
) -> [Value] {
  (copy(data) as [Stored]).map(value)
}

/// The value of an IEEE 754 binary16 number. By hand, since Swift has no `Float16` on Intel Macs.
func float(halfBits bits: UInt16) -> Float {
  let sign: FloatingPointSign = bits >> 15 == 0 ? .plus : .minus
  let exponent = Int(bits >> 10 & 0x1F)
  let fraction = Float(bits & 0x3FF)
  switch exponent {
  case 0: return Float(sign: sign, exponent: -24, significand: fraction)
  case 31: return fraction == 0 ? (sign == .plus ? .infinity : -.infinity) : .nan
  default: return Float(sign: sign, exponent: exponent - 25, significand: 1024 + fraction)
  }
}
