import LatentKernels

/// Keeps gradients from becoming too large. The limits are Keras's clipvalue, clipnorm and global_clipnorm.
///
/// What is within its limit keeps its bits. Norms are Euclidean, summed in double in an order that does not depend on the
/// number of threads.
public enum GradientClipping: Sendable, Equatable {
  /// Each element is brought into -limit...limit.
  case value(Double)
  /// Each parameter's gradient is scaled so that its norm is the limit at most.
  case norm(Double)
  /// All gradients are scaled by one factor so that the norm of all of them together is the limit at most (Pascanu,
  /// Mikolov & Bengio 2013).
  case globalNorm(Double)

  /// Clips gradients in place.
  ///
  /// - Parameter groups: the optimizer's; frozen parameters do not count in the global norm
  public func clip(_ gradients: inout Gradients, groups: ParameterGroups = [], pool: WorkerPool? = nil) {
    require(limit > 0, "GradientClipping: limit \(limit); it must be above 0")
    gradients.flat.makeUnique()
    let (layout, flat, limit) = (gradients.layout, gradients.flat, limit)
    if case .value = self {
      layout.forEachBlock(on: pool, as: "clipping") { flat[$1.range].clamp(to: -limit...limit) }
      return
    }
    let squares = gradients.sumsOfSquares(on: pool)
    let factors: [Double]
    if self == .norm(limit) {
      factors = squares.map { factor(norm: $0.squareRoot()) }
    } else {
      var groups = groups
      let counted = zip(squares, groups.settings(for: layout)).reduce(0) { $1.1.isFrozen ? $0 : $0 + $1.0 }
      factors = Array(repeating: factor(norm: counted.squareRoot()), count: squares.count)
    }
    if factors.allSatisfy({ $0 == 1 }) { return }
    layout.forEachBlock(on: pool, as: "clipping") { _, block in
      let (part, factor) = (flat[block.range], factors[block.slot])
      if factor != 1 { part.assign(part, times: factor) }
    }
  }

  private var limit: Double {
    switch self {
    case .value(let limit), .norm(let limit), .globalNorm(let limit): limit
    }
  }

  /// A norm that is not finite makes all elements NaN, so that it is not hidden.
  private func factor(norm: Double) -> Double { norm <= limit ? 1 : norm.isFinite ? limit / norm : .nan }
}

extension Gradients {
  /// The Euclidean norm of all gradients together.
  public func globalNorm(pool: WorkerPool? = nil) -> Double { sumsOfSquares(on: pool).reduce(0, +).squareRoot() }

  /// The sum of squares of each parameter's gradient, in the layout's order.
  fileprivate func sumsOfSquares(on pool: WorkerPool?) -> [Double] {
    let flat = flat
    let parts = Storage(count: layout.blocks.count, element: .float64)
    layout.forEachBlock(on: pool, as: "clipping") { index, block in
      parts[index..<index + 1].fill(flat[block.range].sumOfSquares())
    }
    var sums = [Double](repeating: 0, count: layout.slots.count)
    for (block, part) in zip(layout.blocks, parts.doubles()) { sums[block.slot] += part }
    return sums
  }
}
