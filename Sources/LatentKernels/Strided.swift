import CLatentKernels

/// Loops over operands of which each has its own stride, in elements, in every dimension: broadcasting (stride 0),
/// transposes, slices. Strides are not negative.
extension Storage {
  /// self = a op b over `shape`; self is contiguous, row-major.
  public func assign(
    _ operation: BinaryOperator, _ a: Storage, strides aStrides: [Int], _ b: Storage, strides bStrides: [Int],
    shape: [Int]
  ) {
    let merged = MergedDimensions(shape, [aStrides, bStrides])
    require(
      a.element == element && b.element == element && count == shape.reduce(1, *)
        && merged.fits([a.count, b.count]),
      "\(operation): \(a.count) elements of \(a.element) by strides \(aStrides) and \(b.count) of \(b.element) by "
        + "\(bStrides) into \(count) of \(element), shape \(shape)")
    operations.broadcast(
      operation.kernelValue, a.pointer, merged.strides[0], b.pointer, merged.strides[1], pointer, merged.shape,
      merged.shape.count)
  }

  /// self (+)= x over `shape`, each with its own strides and its first element.
  public func assign(
    _ x: Storage, strides xStrides: [Int], from xStart: Int = 0, toStrides yStrides: [Int], start: Int = 0,
    shape: [Int], accumulating: Bool = false
  ) {
    let merged = MergedDimensions(shape, [xStrides, yStrides])
    require(
      x.element == element && xStart >= 0 && start >= 0 && merged.fits([x.count - xStart, count - start]),
      "strided copy: \(x.count) elements of \(x.element) from \(xStart) by strides \(xStrides) into \(count) of "
        + "\(element) from \(start) by \(yStrides), shape \(shape)")
    operations.strided_copy(
      x.pointer(at: xStart), merged.strides[0], pointer(at: start), merged.strides[1], merged.shape,
      merged.shape.count, accumulating ? 1 : 0)
  }
}

/// Dimensions of several operands, without those of size 1 and with those merged that lie together in all of them.
private struct MergedDimensions {
  private(set) var shape: [Int] = []
  private(set) var strides: [[Int]]

  init(_ shape: [Int], _ strides: [[Int]]) {
    require(strides.allSatisfy { $0.count == shape.count && $0.allSatisfy { $0 >= 0 } }, "strides \(strides)")
    self.strides = strides.map { _ in [] }
    for place in shape.indices where shape[place] != 1 {
      let isOneWithLast =
        !self.shape.isEmpty
        && strides.indices.allSatisfy { self.strides[$0].last! == strides[$0][place] * shape[place] }
      if isOneWithLast { self.shape[self.shape.count - 1] *= shape[place] } else { self.shape.append(shape[place]) }
      for operand in strides.indices {
        if isOneWithLast { self.strides[operand].removeLast() }
        self.strides[operand].append(strides[operand][place])
      }
    }
    require(self.shape.count <= Int(LATENT_MAX_RANK), "a tensor of \(self.shape.count) dimensions is too much")
  }

  /// Whether the last element of each operand lies within its count.
  func fits(_ counts: [Int]) -> Bool {
    if shape.contains(0) { return true }
    return zip(strides, counts).allSatisfy { strides, count in
      zip(strides, shape).reduce(0) { $0 + $1.0 * ($1.1 - 1) } < count
    }
  }
}

extension BinaryOperator {
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
    }
  }
}
