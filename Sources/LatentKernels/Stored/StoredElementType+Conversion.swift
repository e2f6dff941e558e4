import CLatentKernels

/// What programs compute with: what stored elements are converted to and from.
package protocol StoredValue: BitwiseCopyable {
  static var valueType: StoredValueType { get }
}

package enum StoredValueType: Sendable {
  case float, double, integer

  /// Bytes that one takes.
  fileprivate var byteCount: Int {
    switch self {
    case .float: 4
    case .double, .integer: 8
    }
  }

  fileprivate var kernelValue: latent_value_type {
    switch self {
    case .float: latent_value_f32
    case .double: latent_value_f64
    case .integer: latent_value_i64
    }
  }
}

extension Float: StoredValue { package static var valueType: StoredValueType { .float } }
extension Double: StoredValue { package static var valueType: StoredValueType { .double } }
extension Int64: StoredValue { package static var valueType: StoredValueType { .integer } }

extension ElementType {
  /// The type that stores such elements without loss.
  public var stored: StoredElementType {
    switch self {
    case .bfloat16: .bfloat16
    case .float32: .float32
    case .float64: .float64
    }
  }
}

extension StoredElementType {
  /// What the elements of a tensor are that is made of stored ones: float64 for F64, float32 for all others.
  package var tensorElement: ElementType {
    switch self {
    case .float64: .float64
    case .bool, .uint8, .int8, .int16, .uint16, .float16, .bfloat16, .int32, .uint32, .float32, .int64, .uint64:
      .float32
    }
  }

  /// The values of stored elements, which may lie at any address; floating-point values are rounded to nearest.
  ///
  /// - Precondition: Elements that are not whole numbers are not read as `Int64`.
  package func values<Value: StoredValue>(_ stored: UnsafeRawBufferPointer) -> [Value] {
    let count = stored.count / byteCount
    Shortage.checkArray(bytes: count * MemoryLayout<Value>.stride)
    return [Value](unsafeUninitializedCapacity: count) { values, initialized in
      read(stored, as: Value.valueType, into: UnsafeMutableRawBufferPointer(values))
      initialized = count
    }
  }

  /// The same into memory that is there already.
  package func read(
    _ stored: UnsafeRawBufferPointer, as value: StoredValueType, into values: UnsafeMutableRawBufferPointer
  ) {
    let count = stored.count / byteCount
    require(values.count == count * value.byteCount, "\(name): \(values.count) bytes for \(count) values")
    guard count > 0 else { return }
    let isRead = latent_stored_read(kernelValue, stored.baseAddress!, value.kernelValue, values.baseAddress!, count)
    require(isRead != 0, "\(name): its elements are not whole numbers")
  }

  /// Values as stored elements. Floating-point types round to nearest, ties to even, and what is too large becomes
  /// infinite; `Int64` values that become `uint64` are its bit patterns.
  ///
  /// - Parameter name: What the message about a value that has no place in an integer type begins with.
  package func bytes<Value: StoredValue>(of values: UnsafeBufferPointer<Value>, name: String) -> [UInt8] {
    let size = values.count * byteCount
    Shortage.checkArray(bytes: size)
    return [UInt8](unsafeUninitializedCapacity: size) { stored, initialized in
      initialized = size
      guard let from = values.baseAddress, let to = stored.baseAddress, values.count > 0 else { return }
      let count = latent_stored_write(kernelValue, from, Value.valueType.kernelValue, to, values.count)
      require(
        count == values.count,
        "\(name): element \(count), \(values[min(count, values.count - 1)]), is not a number of the type \(self.name)")
    }
  }

  /// Reverses the bytes of each element.
  package func swapBytes(_ elements: UnsafeMutableRawBufferPointer) {
    guard let base = elements.baseAddress else { return }
    latent_stored_swap(base, byteCount, elements.count / byteCount)
  }

  /// The elements of an array whose first index varies fastest (Fortran's order), so that its last one does (C's); with
  /// the shape reversed, the other way.
  package func rowMajor(_ columns: [UInt8], shape: [Int]) -> [UInt8] {
    require(
      columns.count == shape.reduce(byteCount, *), "\(name): \(columns.count) bytes do not make the shape \(shape)")
    Shortage.checkArray(bytes: columns.count)
    return [UInt8](unsafeUninitializedCapacity: columns.count) { rows, initialized in
      initialized = columns.count
      guard let to = rows.baseAddress, !columns.isEmpty else { return }
      latent_stored_to_row_major(columns, to, byteCount, shape.map(Int64.init), shape.count)
    }
  }

  private var kernelValue: latent_stored_type {
    switch self {
    case .bool: latent_stored_bool
    case .uint8: latent_stored_u8
    case .int8: latent_stored_i8
    case .int16: latent_stored_i16
    case .uint16: latent_stored_u16
    case .float16: latent_stored_f16
    case .bfloat16: latent_stored_bf16
    case .int32: latent_stored_i32
    case .uint32: latent_stored_u32
    case .float32: latent_stored_f32
    case .float64: latent_stored_f64
    case .int64: latent_stored_i64
    case .uint64: latent_stored_u64
    }
  }
}
