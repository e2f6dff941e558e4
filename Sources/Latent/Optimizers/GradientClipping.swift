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
    clip(&gradients, pool: pool) { GradientNorms($0, groups: groups, pool: pool) }
  }

  /// The same where the norms are known.
  ///
  /// - Parameter norms: of the gradients; asked for where they matter
  package func clip(_ gradients: inout Gradients, pool: WorkerPool?, _ norms: (Gradients) -> GradientNorms) {
    require(limit > 0, "GradientClipping: limit \(limit); it must be above 0")
    let (layout, limit) = (gradients.layout, limit)
    let factors: [Double]
    switch self {
    case .value:
      gradients.flat.makeUnique()
      let flat = gradients.flat
      layout.forEachBlock(on: pool, as: "clipping") { flat[$1.range].clamp(to: -limit...limit) }
      return
    case .norm: factors = norms(gradients).parameters.map { factor(norm: $0) }
    case .globalNorm:
      factors = Array(repeating: factor(norm: norms(gradients).global), count: layout.slots.count)
    }
    if factors.allSatisfy({ $0 == 1 }) { return }
    gradients.flat.makeUnique()
    let flat = gradients.flat
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
