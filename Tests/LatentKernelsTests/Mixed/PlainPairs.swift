/// Products of bfloat16 as they are meant, number by number: an implementation of its own, without vectors or packing.
enum PlainPairs {
  /// The nearest bfloat16, the even one of two; below 2^-126, zero.
  static func rounded(_ x: Float) -> Float {
    if x.isNaN || x.isInfinite { return x }
    if x.magnitude < Float.leastNormalMagnitude { return x.sign == .minus ? -0.0 : 0 }
    // Neighbours with eight bits of significand.
    let step = x.ulp * 65536
    let low = (x / step).rounded(.toNearestOrEven) * step  // both divisions by a power of two: exact
    return low
  }

  /// The sum over pairs of neighbouring terms, the odd one of each first, fused; cut into depths whose sums are rounded into C.
  static func product(_ a: (Int) -> Float, _ b: (Int) -> Float, terms: Int, depth: Int, adding: Float?) -> Float {
    var result = adding
    for start in stride(from: 0, to: max(terms, 1), by: depth) {
      var sum: Float = 0
      for p in stride(from: start, to: min(start + depth, terms), by: 2) {
        if p + 1 < terms { sum.addProduct(rounded(a(p + 1)), rounded(b(p + 1))) }
        sum.addProduct(rounded(a(p)), rounded(b(p)))
      }
      result = result.map { $0 + sum } ?? sum
    }
    return result!
  }

  /// The sum in tiles: of sixteen pairs, the even and the odd terms apart, then both together.
  static func tileProduct(_ a: (Int) -> Float, _ b: (Int) -> Float, terms: Int, adding: Float?) -> Float {
    var result = adding ?? 0
    for start in stride(from: 0, to: terms, by: 32) {
      var sums: [Float] = [0, 0]
      for p in start..<min(start + 32, terms) { sums[p % 2].addProduct(rounded(a(p)), rounded(b(p))) }
      result += sums[0] + sums[1]
    }
    return result
  }
}
