import LatentKernels

/// How long gradients are: the Euclidean norm of each parameter's, and of all together. Summed in double in an order that does
/// not depend on the number of threads.
public struct GradientNorms: Sendable {
  /// Of each parameter's gradient, in the layout's order; 0 where it is frozen.
  public let parameters: [Double]
  /// Of all gradients together.
  public let global: Double

  /// - Parameter groups: the optimizer's; frozen parameters do not count
  public init(_ gradients: Gradients, groups: ParameterGroups = [], pool: WorkerPool? = nil) {
    let (layout, flat) = (gradients.layout, gradients.flat)
    var groups = groups
    let settings = groups.settings(for: layout)
    let parts = Storage(count: layout.blocks.count, element: .float64)
    layout.forEachBlock(on: pool, as: "gradient norm") { index, block in
      parts[index..<index + 1].fill(settings[block.slot].isFrozen ? 0 : flat[block.range].sumOfSquares())
    }
    var squares = [Double](repeating: 0, count: layout.slots.count)
    for (block, part) in zip(layout.blocks, parts.doubles()) { squares[block.slot] += part }
    parameters = squares.map { $0.squareRoot() }
    global = squares.reduce(0, +).squareRoot()
  }
}

extension Gradients {
  /// The Euclidean norm of all gradients together.
  public func globalNorm(pool: WorkerPool? = nil) -> Double { GradientNorms(self, pool: pool).global }
}
