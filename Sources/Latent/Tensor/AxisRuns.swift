import LatentKernels

/// A tensor's axes in runs: those that are reduced lie between those that are not, and neighbours count as one.
struct AxisRuns {
  /// The shape that is reduced.
  let shape: [Int]
  private let reduced: UInt64  // by bits
  /// Elements that one result is made of.
  let count: Int

  /// - Parameter axes: different ones, counted from 0 or, where negative, from the end; nil for all
  /// - Returns: nil where they are not
  init?(_ shape: [Int], axes: [Int]?) {
    let rank = shape.count
    guard rank <= 64 else { return nil }
    guard let axes else {
      self.init(shape, reduced: rank == 64 ? ~0 : (1 << UInt64(rank)) - 1)
      return
    }
    var bits: UInt64 = 0
    for axis in axes {
      guard let place = Shape.normalized(axis, rank: rank), bits & 1 << UInt64(place) == 0 else { return nil }
      bits |= 1 << UInt64(place)
    }
    self.init(shape, reduced: bits)
  }

  /// The axes along which a tensor of `target` was repeated to make `shape`.
  init(_ shape: [Int], repeatedFrom target: [Int]) {
    let extra = shape.count - target.count
    var bits: UInt64 = 0
    for axis in 0..<shape.count where axis < extra || (target[axis - extra] == 1 && shape[axis] != 1) {
      bits |= 1 << UInt64(axis)
    }
    self.init(shape, reduced: bits)
  }

  private init(_ shape: [Int], reduced: UInt64) {
    self.shape = shape
    self.reduced = reduced
    var count = 1
    for axis in 0..<shape.count where reduced & 1 << UInt64(axis) != 0 { count *= shape[axis] }
    self.count = count
  }

  private func isReduced(_ axis: Int) -> Bool { reduced & 1 << UInt64(axis) != 0 }

  /// The shape with the reduced axes left out.
  var reducedShape: [Int] { isEmpty ? shape : shape.indices.filter { !isReduced($0) }.map { shape[$0] } }

  /// The shape with 1 for the reduced axes.
  var keptShape: [Int] { isEmpty ? shape : shape.indices.map { isReduced($0) ? 1 : shape[$0] } }

  /// Whether there is nothing to reduce.
  var isEmpty: Bool { reduced == 0 }

  /// Calls `reduce` for each run, the last first, with what it makes of the result before: the sizes before the run, of
  /// the run, and after it.
  func visit(_ reduce: (_ outer: Int, _ count: Int, _ inner: Int) -> Void) {
    var (axis, inner) = (shape.count - 1, 1)
    while axis >= 0 {
      if !isReduced(axis) {
        inner *= shape[axis]
        axis -= 1
        continue
      }
      var count = 1
      while axis >= 0 && isReduced(axis) {
        count *= shape[axis]
        axis -= 1
      }
      var outer = 1
      for before in 0..<(axis + 1) { outer *= shape[before] }
      reduce(outer, count, inner)
    }
  }
}
