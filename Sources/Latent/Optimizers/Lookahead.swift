import LatentKernels

/// Lookahead (Zhang et al. 2019) around any optimizer: slow weights go a part of the way to where the optimizer has led the
/// model in some steps, and the model goes on from there.
///
///     after each `interval` steps of the base     slow += fraction (w - slow)     w = slow
///
///     Lookahead(Adam(learningRate: 1e-3))
///
/// The base's moments stay as they are (the paper's best choice). Between two meetings the model has the fast weights: validate
/// after a multiple of `interval` steps, or use ``slowWeights(of:)``.
public struct Lookahead<Base: Optimizer>: Optimizer {
  /// The optimizer that takes the steps.
  public private(set) var base: Base
  /// Steps from one meeting to the next.
  public let interval: Int
  /// The part of the way that the slow weights go, in 0...1.
  public let fraction: Double
  // Apart from the base's state, so that nobody shares memory that is about to be written.
  private var slow = OptimizerState()

  /// The defaults are the paper's for images.
  public init(_ base: Base, interval: Int = 5, fraction: Double = 0.5) {
    require(interval >= 1, "Lookahead: an interval of \(interval) steps; at least 1 is needed")
    require((0...1).contains(fraction), "Lookahead: fraction \(fraction) is not in 0...1")
    self.base = base
    self.interval = interval
    self.fraction = fraction
  }

  /// The base's.
  public var learningRate: Double {
    get { base.learningRate }
    set { base.learningRate = newValue }
  }

  /// The base's.
  public var groups: ParameterGroups { base.groups }

  /// The base's, and after its buffers the slow weights.
  public var state: OptimizerState {
    get {
      let own = base.state
      return OptimizerState(step: own.step, slots: own.slots + slow.slots, frozen: own.frozen)
    }
    set { (base.state, slow) = Self.parts(of: newValue) }
  }

  private static func parts(of state: OptimizerState) -> (base: OptimizerState, slow: OptimizerState) {
    let ours = state.slots.last?.name == slotName ? 1 : 0
    return (
      OptimizerState(step: state.step, slots: state.slots.dropLast(ours), frozen: state.frozen),
      OptimizerState(step: state.step, slots: state.slots.suffix(ours), frozen: state.frozen)
    )
  }

  private static var slotName: String { "slowWeights" }

  /// Whether the state has the slow weights, and what the base needs.
  public func problem(with state: OptimizerState, for layout: ParameterLayout) -> String? {
    let (base, slow) = Self.parts(of: state)
    return slow.problem([Self.slotName], for: layout) ?? self.base.problem(with: base, for: layout)
  }

  public mutating func update(_ model: inout some Module, along gradients: Gradients, pool: WorkerPool?) {
    let layout = gradients.layout
    let isFirst = slow.slots.isEmpty && slow.step == 0
    let new = isFirst ? Set(layout.slots.indices) : Set(slow.frozen).subtracting(layout.frozen)
    let slots = slow.take([Self.slotName], for: layout, of: "Lookahead")
    let storage = slots[0].storage
    if !new.isEmpty { storage.take(new, of: model, layout) }
    base.update(&model, along: gradients, pool: pool)
    slow.step = base.step
    if slow.step % interval == 0 { meet(&model, storage, layout, pool) }
    slow.slots = slots
  }

  private func meet(_ model: inout some Module, _ slow: Storage, _ layout: ParameterLayout, _ pool: WorkerPool?) {
    var groups = base.groups
    let settings = groups.settings(for: layout)
    let (weights, fraction) = (model.writableWeights(layout, settings), fraction)
    layout.forEachBlock(on: pool, as: "optimizer") { _, block in
      if settings[block.slot].isFrozen { return }
      let (part, fast) = (slow[block.range], weights[block.slot][block.rangeInSlot])
      part.move(toward: fast, by: fraction)
      fast.assign(part)
    }
  }

  /// The model with the slow weights; the model itself before the first step.
  public func slowWeights<M: Module>(of model: M) -> M {
    guard let slow = slow.slots.first else { return model }
    let places = ParameterLayout(of: model).places(freezing: self.slow.frozen).ranges
    var (result, index) = (model, 0)
    result.updateParameters { path, parameter in
      let place = places[index]
      if !place.isEmpty { parameter.value = Tensor(slow.storage[place].copy(), shape: parameter.value.shape) }
      index += 1
    }
    return result
  }
}

extension Storage {
  /// What has not learned before is where the model is.
  fileprivate func take(_ new: Set<Int>, of model: some Module, _ layout: ParameterLayout) {
    for (index, parameter) in model.parameters.enumerated() where new.contains(index) {
      let slot = layout.slots[index]
      if !slot.isFrozen { self[slot.range].assign(parameter.value.storage) }
    }
  }
}
