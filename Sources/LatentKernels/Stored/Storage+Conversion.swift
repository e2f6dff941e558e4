import CLatentKernels

/// Elements that become those of another type, rounded once, to nearest, ties to even. bfloat16 keeps denormals, infinities
/// and NaN.
extension Storage {
  /// The elements of another storage, which may be of another type.
  public func assign(converting x: Storage) {
    require(x.count == count, "assign: \(x.count) elements for \(count)")
    if x.element == element && element != .bfloat16 { return assign(x) }
    Threads.cut(count) { assign(converting: x, $0) }
  }

  private func assign(converting x: Storage, _ piece: Range<Int>) {
    let (from, to) = (x.pointer(at: piece.lowerBound), mutablePointer(at: piece.lowerBound))
    switch (x.element, element) {
    case (.bfloat16, .bfloat16): to.copyMemory(from: from, byteCount: piece.count * element.size)
    case (.float32, .bfloat16): _ = latent_stored_write(latent_stored_bf16, from, latent_value_f32, to, piece.count)
    case (.float64, .bfloat16): _ = latent_stored_write(latent_stored_bf16, from, latent_value_f64, to, piece.count)
    case (.bfloat16, .float32): _ = latent_stored_read(latent_stored_bf16, from, latent_value_f32, to, piece.count)
    case (.bfloat16, .float64): _ = latent_stored_read(latent_stored_bf16, from, latent_value_f64, to, piece.count)
    case (.float64, _): operations.from_double(from.assumingMemoryBound(to: Double.self), to, piece.count)
    case (_, _): x.operations.to_double(from, to.assumingMemoryBound(to: Double.self), piece.count)
    }
  }

  /// The numbers of `values`, rounded to this element type.
  public func assign(_ values: [Double]) {
    require(values.count == count, "assign: \(values.count) values for \(count) elements")
    if element == .bfloat16 {
      _ = latent_stored_write(latent_stored_bf16, values, latent_value_f64, mutablePointer, count)
    } else {
      operations.from_double(values, mutablePointer, count)
    }
  }

  /// All elements as doubles.
  public func doubles() -> [Double] {
    Shortage.checkArray(bytes: 8 * count)
    return [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = count
      guard let base = buffer.baseAddress else { return }
      if element == .bfloat16 {
        _ = latent_stored_read(latent_stored_bf16, pointer, latent_value_f64, base, count)
      } else {
        operations.to_double(pointer, base, count)
      }
    }
  }

  /// The numbers of stored elements, which may lie at any address. They become bfloat16 by way of floats, or of doubles where
  /// a float has not all their digits.
  package func assign(stored bytes: UnsafeRawBufferPointer, of type: StoredElementType) {
    require(
      bytes.count == count * type.byteCount, "assign: \(bytes.count) bytes of \(type) for \(count) elements")
    guard let from = bytes.baseAddress, count > 0 else { return }
    if element.stored == type {
      withUnsafeMutableBytes { $0.copyMemory(from: bytes) }
    } else if element == .bfloat16 {
      // A piece at a time: the whole of it would take twice or four times the memory of the result.
      let size = 1 << 12
      let value = Storage(count: min(size, count), element: type.fitsFloat ? .float32 : .float64)
      for start in stride(from: 0, to: count, by: size) {
        let piece = value[0..<min(size, count - start)]
        piece.assign(
          stored: UnsafeRawBufferPointer(start: from + start * type.byteCount, count: piece.count * type.byteCount),
          of: type)
        self[start..<start + piece.count].assign(converting: piece)
      }
    } else {
      withUnsafeMutableBytes { type.read(bytes, as: element == .float64 ? .double : .float, into: $0) }
    }
  }

  /// Copies one element to all places.
  func fillPlain(_ value: Double) {
    let one = Storage(count: 1, element: element)
    one.assign([value])
    latent_stored_fill(mutablePointer, one.pointer, element.size, count)
    withExtendedLifetime(one) {}
  }
}

extension StoredElementType {
  /// Whether a float holds each of its numbers.
  fileprivate var fitsFloat: Bool {
    switch self {
    case .bool, .uint8, .int8, .int16, .uint16, .float16, .bfloat16, .float32: true
    case .int32, .uint32, .float64, .int64, .uint64: false
    }
  }
}
