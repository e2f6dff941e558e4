import LatentKernels

/// Changes a model so that its loss falls.
///
/// Most optimizers conform to ``ElementwiseOptimizer``, which needs only their formula.
public protocol Optimizer: Sendable {
  /// The step size.
  var learningRate: Double { get set }
  /// What the optimizer has learned from the steps so far. Read it to save it; set it, on an optimizer with the same
  /// settings, and training goes on with the same bits.
  var state: OptimizerState { get set }
  /// Settings of parts of the model, by path.
  var groups: ParameterGroups { get }
  /// Why it can't resume from this state with a model of this layout, in a few words; nil where it can, or where that is
  /// not known.
  func problem(with state: OptimizerState, for layout: ParameterLayout) -> String?

  /// Takes one step, on the pool's workers where one is given, and gives the model ``Gradients/bufferUpdates``
  /// (`model.update(gradients.bufferUpdates)`).
  mutating func update(_ model: inout some Module, along gradients: Gradients, pool: WorkerPool?)
}

extension Optimizer {
  /// All parts of the model are treated alike.
  public var groups: ParameterGroups { [] }
  /// Not known.
  public func problem(with state: OptimizerState, for layout: ParameterLayout) -> String? { nil }
  /// Steps taken so far.
  public var step: Int { state.step }

  /// Takes one step on the calling thread.
  public mutating func update(_ model: inout some Module, along gradients: Gradients) {
    update(&model, along: gradients, pool: nil)
  }
}
