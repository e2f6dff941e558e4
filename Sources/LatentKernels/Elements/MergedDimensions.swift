import CLatentKernels

/// The dimensions of a loop over two operands with strides of their own, in elements: without those of size 1, and with
/// those merged that lie together in both.
///
/// Built from the last dimension to the first, in memory of the stack: a loop over a few elements must not pay for arrays.
///
/// Lives as long as the call of `with` that made it; threads that share a loop only read it.
struct MergedDimensions: @unchecked Sendable {
  private let numbers: UnsafeMutablePointer<Int>  // sizes, strides, strides; each filled from its end
  private static let most = Int(LATENT_MAX_RANK)
  private(set) var rank = 0

  /// Calls `body` with no dimensions yet.
  @inline(__always)
  static func with<R>(_ body: (inout MergedDimensions) -> R) -> R {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 3 * most) { buffer in
      var dimensions = MergedDimensions(numbers: buffer.baseAddress!)
      return body(&dimensions)
    }
  }

  private init(numbers: UnsafeMutablePointer<Int>) { self.numbers = numbers }

  /// Each dimension's size.
  var shape: UnsafeMutablePointer<Int> { numbers + (MergedDimensions.most - rank) }
  /// The first operand's strides.
  var first: UnsafeMutablePointer<Int> { shape + MergedDimensions.most }
  /// The second operand's strides.
  var second: UnsafeMutablePointer<Int> { first + MergedDimensions.most }

  /// Adds the dimension before those that are there.
  mutating func prepend(_ size: Int, _ a: Int, _ b: Int) {
    require(size >= 0, "a dimension of size \(size) with strides \(a), \(b)")
    if size == 1 { return }
    if rank > 0 && a == first[0] * shape[0] && b == second[0] * shape[0] {
      shape[0] *= size
      return
    }
    require(rank < MergedDimensions.most, "a tensor of more than \(rank) dimensions is too much")
    rank += 1
    (shape[0], first[0], second[0]) = (size, a, b)
  }

  /// Adds dimensions with strides of either operand.
  mutating func prepend(_ shape: [Int], _ a: [Int], _ b: [Int]) {
    require(a.count == shape.count && b.count == shape.count, "strides \(a), \(b) for the shape \(shape)")
    for place in stride(from: shape.count - 1, through: 0, by: -1) { prepend(shape[place], a[place], b[place]) }
  }

  /// Adds the dimensions of `shape`, to which contiguous operands of the shapes a and b are repeated by NumPy's rule.
  ///
  /// - Returns: whether they can be
  mutating func prepend(_ shape: [Int], repeating a: [Int], _ b: [Int]) -> Bool {
    guard a.count <= shape.count && b.count <= shape.count else { return false }
    var (aStride, bStride) = (1, 1)
    for back in stride(from: 1, through: shape.count, by: 1) {
      let size = shape[shape.count - back]
      let aSize = back <= a.count ? a[a.count - back] : 1
      let bSize = back <= b.count ? b[b.count - back] : 1
      guard (aSize == size || aSize == 1) && (bSize == size || bSize == 1) else { return false }
      prepend(size, aSize == 1 ? 0 : aStride, bSize == 1 ? 0 : bStride)
      aStride *= aSize
      bStride *= bSize
    }
    return true
  }

  /// Whether all elements of the operands lie within their counts, that many of which come before the first element.
  func fits(_ firstCount: Int, _ secondCount: Int, after firstStart: Int = 0, _ secondStart: Int = 0) -> Bool {
    if (0..<rank).contains(where: { shape[$0] == 0 }) { return true }
    func fits(_ strides: UnsafeMutablePointer<Int>, _ start: Int, _ count: Int) -> Bool {
      var (least, most) = (start, start)
      for place in 0..<rank {
        let distance = strides[place] * (shape[place] - 1)
        if distance < 0 { least += distance } else { most += distance }
      }
      return least >= 0 && most < count
    }
    return fits(first, firstStart, firstCount) && fits(second, secondStart, secondCount)
  }

  /// Whether rows lie without gaps in both operands.
  var isContiguous: Bool { rank == 0 || (first[rank - 1] == 1 && second[rank - 1] == 1) }

  /// Whether elements of the second operand are met more than once.
  var isSecondRepeated: Bool {
    for place in 0..<rank where second[place] == 0 { return true }
    return false
  }

  /// The number of elements.
  var count: Int {
    var count = 1
    for place in 0..<rank { count *= shape[place] }
    return count
  }
}
