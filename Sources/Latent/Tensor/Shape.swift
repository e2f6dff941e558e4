import LatentKernels

/// Arithmetic of shapes.
enum Shape {
  /// What two shapes make together (NumPy's rule: aligned at the last dimension, sizes of 1 are repeated); nil where they
  /// don't fit.
  static func broadcast(_ a: [Int], _ b: [Int]) -> [Int]? {
    let rank = max(a.count, b.count)
    var result = [Int](repeating: 1, count: rank)
    for place in 0..<rank {
      let (x, y) = (size(a, place, rank), size(b, place, rank))
      guard x == y || x == 1 || y == 1 else { return nil }
      result[place] = x == 1 ? y : x
    }
    return result
  }

  /// Elements from one entry to the next in each dimension of a contiguous tensor.
  static func strides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for place in shape.indices.dropLast().reversed() { strides[place] = strides[place + 1] * shape[place + 1] }
    return strides
  }

  /// The strides by which a tensor of `shape` is read as one of `target`: 0 where it is repeated.
  static func strides(_ shape: [Int], repeatedTo target: [Int]) -> [Int] {
    let own = strides(shape)
    let extra = target.count - shape.count
    return target.indices.map { $0 < extra || shape[$0 - extra] == 1 ? 0 : own[$0 - extra] }
  }

  /// Axes counted from 0, in order; negative ones count from the end.
  static func normalized(_ axes: [Int], rank: Int, _ operation: String) -> [Int] {
    let positive = axes.map { $0 < 0 ? $0 + rank : $0 }
    require(
      positive.allSatisfy { $0 >= 0 && $0 < rank } && Set(positive).count == axes.count,
      "\(operation): the axes \(axes) are not different axes of \(rank) dimensions")
    return positive.sorted()
  }

  private static func size(_ shape: [Int], _ place: Int, _ rank: Int) -> Int {
    let index = place - (rank - shape.count)
    return index < 0 ? 1 : shape[index]
  }
}

/// A tensor's axes in runs: those that are reduced lie between those that are not, and neighbours count as one.
struct AxisRuns {
  /// The shape with the reduced axes left out.
  let reducedShape: [Int]
  /// The shape with 1 for the reduced axes.
  let keptShape: [Int]
  /// Elements that one result is made of.
  let count: Int
  private let runs: [Range<Int>]
  private let shape: [Int]

  /// - Parameter axes: normalised
  init(_ shape: [Int], axes: [Int]) {
    self.shape = shape
    let set = Set(axes)
    reducedShape = shape.indices.filter { !set.contains($0) }.map { shape[$0] }
    keptShape = shape.indices.map { set.contains($0) ? 1 : shape[$0] }
    count = axes.reduce(1) { $0 * shape[$1] }
    var runs: [Range<Int>] = []
    for axis in axes {
      if let last = runs.last, last.upperBound == axis {
        runs[runs.count - 1] = last.lowerBound..<axis + 1
      } else {
        runs.append(axis..<axis + 1)
      }
    }
    self.runs = runs
  }

  /// Calls `reduce` for each run, the last first, with what it makes of the result before: the sizes before the run, of
  /// the run, and after it.
  func visit(_ reduce: (_ outer: Int, _ count: Int, _ inner: Int) -> Void) {
    var left = shape
    for run in runs.reversed() {
      let outer = left[..<run.lowerBound].reduce(1, *)
      let count = left[run].reduce(1, *)
      let inner = left[run.upperBound...].reduce(1, *)
      reduce(outer, count, inner)
      left.replaceSubrange(run, with: run.map { _ in 1 })
    }
  }

  /// Whether there is anything to reduce.
  var isEmpty: Bool { runs.isEmpty }
}
