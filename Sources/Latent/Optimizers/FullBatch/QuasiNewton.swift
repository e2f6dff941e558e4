import LatentKernels

/// The minimum of a smooth function of some thousands of numbers: BFGS with limited memory (Liu & Nocedal 1989), which
/// learns the function's curvature from the last steps.
///
/// A step is halved until the function falls by a part of what its slope promises (Armijo 1966). The same bits on any number
/// of threads.
package struct QuasiNewton: Sendable {
  /// It ends where the gradient is not longer than this,
  package var tolerance: Double
  /// or after so many steps.
  package var limit: Int
  /// Steps whose curvature is remembered.
  package var memory: Int

  package init(tolerance: Double, limit: Int, memory: Int = 10) {
    (self.tolerance, self.limit, self.memory) = (tolerance, limit, memory)
  }

  /// Where a search is.
  package struct Place {
    package fileprivate(set) var numbers: Storage
    package fileprivate(set) var value: Double
    /// The gradient there, and its length.
    fileprivate var gradient: Storage
    package fileprivate(set) var slope: Double
    /// Steps that led here.
    package fileprivate(set) var steps = 0
    /// Whether the gradient is as short as was asked for.
    package fileprivate(set) var isMinimum = false
  }

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
  ///   - start: where to begin
  ///   - onStep: hears of each step
  ///   - function: value and gradient at a place
  /// - Returns: the lowest place that was found
  package func minimum(
    from start: Storage, onStep: (Place) -> Void = { _ in },
    of function: (Storage) -> (value: Double, gradient: Storage)
  ) -> Place {
    func place(_ numbers: Storage, steps: Int) -> Place {
      let (value, gradient) = function(numbers)
      return Place(
        numbers: numbers, value: value, gradient: gradient, slope: gradient.sumOfSquares().squareRoot(), steps: steps)
    }
    var (here, pairs) = (place(start, steps: 0), [Pair]())
    // Of a function that is not finite anywhere, every length is NaN.
    while here.steps < limit && here.slope > tolerance {
      let direction = direction(here.gradient, pairs, first: min(1, 1 / here.slope))
      let slope = dot(here.gradient, direction)
      var size = 1.0
      var next = place(sum(here.numbers, direction, times: size), steps: here.steps + 1)
      while !(next.value <= here.value + 1e-4 * size * slope) {
        size /= 2
        // Rounding hides what is left to gain.
        guard size > 1e-10 else { return here }
        next = place(sum(here.numbers, direction, times: size), steps: here.steps + 1)
      }
      let pair = Pair(
        step: sum(next.numbers, here.numbers, times: -1), change: sum(next.gradient, here.gradient, times: -1))
      if pair.curvature > 0 { pairs = pairs.suffix(memory - 1) + [pair] }
      here = next
      onStep(here)
    }
    here.isMinimum = here.slope <= tolerance
    return here
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
