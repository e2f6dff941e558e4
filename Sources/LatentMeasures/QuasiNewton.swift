import Latent

/// The minimum of a smooth convex function of a few thousand numbers: BFGS with limited memory (Liu & Nocedal 1989), which
/// learns the function's curvature from the last steps.
///
/// A step is halved until the function falls by a part of what its slope promises (Armijo 1966). The same bits on any number
/// of threads.
struct QuasiNewton {
  /// It ends where the gradient is not longer than this,
  var tolerance: Double
  /// or after so many steps.
  var limit: Int
  /// Steps whose curvature is remembered.
  private static let memory = 10

  /// A step and what the gradient changed by.
  private struct Pair {
    let step: Storage
    let change: Storage
    /// step · change
    let curvature: Double

    init(step: Storage, change: Storage) {
      (self.step, self.change, curvature) = (step, change, dot(step, change))
    }
  }

  /// - Parameters:
  ///   - start: where to begin: float64
  ///   - work: hears of each step
  ///   - function: value and gradient at a place
  /// - Returns: the lowest place that was found
  func minimum(
    from start: Storage, _ work: LongWork, of function: (Storage) -> (value: Double, gradient: Storage)
  ) -> Storage {
    var (place, pairs) = (start, [Pair]())
    var (value, gradient) = function(place)
    for step in 0..<limit {
      let length = gradient.sumOfSquares().squareRoot()
      // Of a function that is not finite anywhere, every length is NaN.
      guard length > tolerance else { break }
      let direction = direction(gradient, pairs, first: min(1, 1 / length))
      let slope = dot(gradient, direction)
      var size = 1.0
      var next = sum(place, direction, times: size)
      var (lower, nextGradient) = function(next)
      while !(lower <= value + 1e-4 * size * slope) {
        size /= 2
        // Rounding hides what is left to gain.
        guard size > 1e-10 else { return place }
        next = sum(place, direction, times: size)
        (lower, nextGradient) = function(next)
      }
      let pair = Pair(step: sum(next, place, times: -1), change: sum(nextGradient, gradient, times: -1))
      if pair.curvature > 0 { pairs = pairs.suffix(Self.memory - 1) + [pair] }
      (place, value, gradient) = (next, lower, nextGradient)
      work.advance(to: step + 1)
    }
    work.advance(to: limit)
    return place
  }

  /// Minus the inverse of the curvature times the gradient (the recursion of two loops).
  private func direction(_ gradient: Storage, _ pairs: [Pair], first scale: Double) -> Storage {
    var (q, factors) = (sum(gradient, gradient, times: -2), [Double]())
    for pair in pairs.reversed() {
      let factor = dot(pair.step, q) / pair.curvature
      q = sum(q, pair.change, times: -factor)
      factors.append(factor)
    }
    let scale = pairs.last.map { $0.curvature / $0.change.sumOfSquares() } ?? scale
    q.assign(q, times: scale)
    for (pair, factor) in zip(pairs, factors.reversed()) {
      q = sum(q, pair.step, times: factor - dot(pair.change, q) / pair.curvature)
    }
    return q
  }

}

/// a + scale b
private func sum(_ a: Storage, _ b: Storage, times scale: Double) -> Storage {
  let result = a.copy()
  result.assign(b, times: scale, adding: 1)
  return result
}

private func dot(_ a: Storage, _ b: Storage) -> Double {
  let products = Storage(count: a.count, element: a.element)
  products.assign(.multiply, a, b)
  return products.sum()
}
