/// The gradient of f at x by central differences, at every coordinate.
///
/// Two central differences, of steps h and h/2, are combined so that their errors of second order cancel (Richardson
/// 1911): d = (4 d(h/2) - d(h)) / 3 with d(h) = (f(x + h) - f(x - h)) / 2h. What is left is of order h⁴, and rounding
/// of order 1e-16 |f| / h: with the default step, about 1e-11 of the gradient of a smooth function of ordinary size.
///
/// - Parameters:
///   - f: A function, smooth within `step` of x: keep away from relu's corner.
///   - x: Where.
///   - step: h.
public func finiteDifference(
  of f: ([Double]) -> Double, at x: [Double], step: Double = 2e-3
) -> [Double] {
  var point = x
  return x.indices.map { index in
    // The distance between the two points as they are in float64, not as they were meant to be.
    func slope(_ h: Double) -> Double {
      let (above, below) = (x[index] + h, x[index] - h)
      point[index] = above
      let upper = f(point)
      point[index] = below
      return (upper - f(point)) / (above - below)
    }
    let gradient = (4 * slope(step / 2) - slope(step)) / 3
    point[index] = x[index]
    return gradient
  }
}

/// The largest difference of two arrays, relative to the largest entry of b, the one to trust: max |a - b| / max |b|.
///
/// NaN in either gives NaN, which passes no comparison; where b is zero throughout, anything but zero is infinitely far.
public func maxRelativeError(_ a: [Double], _ b: [Double]) -> Double {
  precondition(a.count == b.count, "comparison of \(a.count) and \(b.count) numbers")
  var difference = 0.0
  var size = 0.0
  for (a, b) in zip(a, b) {
    if a.isNaN || b.isNaN { return .nan }
    if a != b { difference = max(difference, abs(a - b)) }
    size = max(size, abs(b))
  }
  return difference == 0 ? 0 : difference / size
}
