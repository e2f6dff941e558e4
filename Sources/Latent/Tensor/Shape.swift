import LatentKernels

/// Arithmetic of shapes.
enum Shape {
  /// What two shapes make together (NumPy's rule: aligned at the last dimension, sizes of 1 are repeated); nil where they
  /// don't fit.
  static func broadcast(_ a: [Int], _ b: [Int]) -> [Int]? {
    // Most often it is one of the two, which is then shared.
    if a == b || isRepeated(b, to: a) { return a }
    if isRepeated(a, to: b) { return b }
    let rank = max(a.count, b.count)
    var result = [Int](repeating: 1, count: rank)
    for place in 0..<rank {
      let (x, y) = (size(a, place, rank), size(b, place, rank))
      guard x == y || x == 1 || y == 1 else { return nil }
      result[place] = x == 1 ? y : x
    }
    return result
  }

  /// Whether a tensor of `shape` can be repeated to one of `target`.
  static func isRepeated(_ shape: [Int], to target: [Int]) -> Bool {
    let extra = target.count - shape.count
    if extra < 0 { return false }
    for place in 0..<shape.count where shape[place] != 1 && shape[place] != target[place + extra] { return false }
    return true
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

  /// An axis counted from 0; a negative one counts from the end. Nil if there is no such axis.
  static func normalized(_ axis: Int, rank: Int) -> Int? {
    let positive = axis < 0 ? axis + rank : axis
    return positive >= 0 && positive < rank ? positive : nil
  }

  private static func size(_ shape: [Int], _ place: Int, _ rank: Int) -> Int {
    let index = place - (rank - shape.count)
    return index < 0 ? 1 : shape[index]
  }
}
