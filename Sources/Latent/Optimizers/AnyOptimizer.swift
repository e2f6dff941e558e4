import LatentKernels

/// An optimizer of any type, where which one is decided at run time:
///
///     var trainer = Trainer(optimizer: AnyOptimizer(isLarge ? LAMB() : Adam()))
public struct AnyOptimizer: Optimizer {
  /// The optimizer.
  public private(set) var base: any Optimizer

  public init(_ base: any Optimizer) { self.base = base }

  /// The base's.
  public var learningRate: Double {
    get { base.learningRate }
    set { base.learningRate = newValue }
  }

  /// The base's.
  public var state: OptimizerState {
    get { base.state }
    set { base.state = newValue }
  }

  /// The base's.
  public var groups: ParameterGroups { base.groups }

  /// What the base says.
  public func problem(with state: OptimizerState, for layout: ParameterLayout) -> String? {
    base.problem(with: state, for: layout)
  }

  public mutating func update(_ model: inout some Module, along gradients: Gradients, pool: WorkerPool?) {
    base.update(&model, along: gradients, pool: pool)
  }
}
