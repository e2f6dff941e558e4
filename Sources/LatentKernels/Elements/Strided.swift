import CLatentKernels

/// Loops over operands of which each has its own stride, in elements, in every dimension: broadcasting (stride 0),
/// transposes, slices, and with negative strides reversals.
extension Storage {
  /// self = a op b over `shape`; self is contiguous, row-major.
  public func assign(
    _ operation: BinaryOperator, _ a: Storage, strides aStrides: [Int], _ b: Storage, strides bStrides: [Int],
    shape: [Int]
  ) {
    MergedDimensions.with { merged in
      merged.prepend(shape, aStrides, bStrides)
      require(
        a.element == element && b.element == element && count == merged.count && merged.fits(a.count, b.count),
        "\(operation): \(a.count) elements of \(a.element) by strides \(aStrides) and \(b.count) of \(b.element) by "
          + "\(bStrides) into \(count) of \(element), shape \(shape)")
      assign(operation, a, b, merged)
    }
  }

  /// self = a op b, where operands of these shapes are repeated to `shape` by NumPy's rule; all are contiguous.
  public func assign(
    _ operation: BinaryOperator, _ a: Storage, of aShape: [Int], _ b: Storage, of bShape: [Int], shape: [Int]
  ) {
    MergedDimensions.with { merged in
      let areRepeated = merged.prepend(shape, repeating: aShape, bShape)
      require(
        areRepeated && a.element == element && b.element == element && count == merged.count
          && merged.fits(a.count, b.count),
        "\(operation): \(a.count) elements of \(a.element), shape \(aShape), and \(b.count) of \(b.element), shape "
          + "\(bShape), into \(count) of \(element), shape \(shape)")
      assign(operation, a, b, merged)
    }
  }

  /// self = x op number
  public func assign(_ operation: BinaryOperator, _ x: Storage, _ number: Double) {
    check("\(operation)", x)
    withNumber(number) { combine(operation, x.pointer, 1, $0, 0) }
  }

  /// self = number op x
  public func assign(_ operation: BinaryOperator, _ number: Double, _ x: Storage) {
    check("\(operation)", x)
    withNumber(number) { combine(operation, $0, 0, x.pointer, 1) }
  }

  /// self (+)= x over `shape`, each with its own strides and its first element.
  public func assign(
    _ x: Storage, strides xStrides: [Int], from xStart: Int = 0, toStrides yStrides: [Int], start: Int = 0,
    shape: [Int], accumulating: Bool = false
  ) {
    MergedDimensions.with { merged in
      merged.prepend(shape, xStrides, yStrides)
      require(
        x.element == element && xStart >= 0 && start >= 0 && merged.fits(x.count, count, after: xStart, start),
        "strided copy: \(x.count) elements of \(x.element) from \(xStart) by strides \(xStrides) into \(count) of "
          + "\(element) from \(start) by \(yStrides), shape \(shape)")
      copy(x.pointer(at: xStart), to: mutablePointer(at: start), merged, accumulating: accumulating)
    }
  }

  /// self (+)= x of the shape `xShape`, repeated to `shape` by NumPy's rule; both are contiguous.
  public func assign(_ x: Storage, of xShape: [Int], repeatedTo shape: [Int], accumulating: Bool = false) {
    MergedDimensions.with { merged in
      let isRepeated = merged.prepend(shape, repeating: xShape, shape)
      require(
        isRepeated && x.element == element && count == merged.count && merged.fits(x.count, count),
        "repeat: \(x.count) elements of \(x.element), shape \(xShape), into \(count) of \(element), shape \(shape)")
      copy(x.pointer, to: mutablePointer, merged, accumulating: accumulating)
    }
  }

  private func assign(_ operation: BinaryOperator, _ a: Storage, _ b: Storage, _ merged: MergedDimensions) {
    let (loop, least, operation) = (operations.broadcast, operation.least, operation.kernelValue)
    Threads.cut(count, least: least) {
      loop(
        operation, a.pointer, merged.first, b.pointer, merged.second, mutablePointer, merged.shape, merged.rank,
        $0.lowerBound,
        $0.count)
    }
  }

  private func copy(
    _ x: UnsafeRawPointer, to y: UnsafeMutableRawPointer, _ merged: MergedDimensions, accumulating: Bool
  ) {
    nonisolated(unsafe) let (loop, x, y) = (operations.strided_copy, x, y)
    // Where elements of y are met more than once, their order must stay.
    let least =
      merged.isSecondRepeated ? .max / 2 : merged.isContiguous ? Threads.leastElements : Threads.leastResults
    Threads.cut(merged.count, least: least) {
      loop(
        x, merged.first, y, merged.second, merged.shape, merged.rank, accumulating ? 1 : 0, $0.lowerBound, $0.count)
    }
  }

  func combine(
    _ operation: BinaryOperator, _ a: UnsafeRawPointer, _ aStride: Int, _ b: UnsafeRawPointer, _ bStride: Int
  ) {
    let (loop, least, operation, total) = (operations.broadcast, operation.least, operation.kernelValue, count)
    nonisolated(unsafe) let (a, b) = (a, b)
    Threads.cut(total, least: least) { piece in
      var (aStride, bStride, shape) = (aStride, bStride, total)
      loop(operation, a, &aStride, b, &bStride, mutablePointer, &shape, 1, piece.lowerBound, piece.count)
    }
  }

  /// Calls `body` with where the number stands, rounded to this element type.
  @inline(__always)
  private func withNumber(_ number: Double, _ body: (UnsafeRawPointer) -> Void) {
    switch element {
    case .bfloat16: element.refuse("an operation of Storage and a number")
    case .float32: Swift.withUnsafeBytes(of: Float(number)) { body($0.baseAddress!) }
    case .float64: Swift.withUnsafeBytes(of: number) { body($0.baseAddress!) }
    }
  }
}

extension BinaryOperator {
  /// Elements that are worth a thread's attention.
  fileprivate var least: Int { [.power, .atan2].contains(self) ? Threads.leastResults : Threads.leastElements }

  var kernelValue: latent_binary {
    switch self {
    case .add: latent_add
    case .subtract: latent_subtract
    case .multiply: latent_multiply
    case .divide: latent_divide
    case .minimum: latent_minimum
    case .maximum: latent_maximum
    case .less: latent_less
    case .lessOrEqual: latent_less_equal
    case .equal: latent_equal
    case .power: latent_power
    case .selectWhereTrue: latent_select_first
    case .selectWhereFalse: latent_select_second
    case .atan2: latent_atan2
    }
  }
}
