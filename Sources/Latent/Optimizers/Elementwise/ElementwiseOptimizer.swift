import LatentKernels

/// An optimizer that changes each weight by its own gradient and its own running averages.
///
/// A type says its formula for one block of weights and the names of the buffers that it keeps; blocks, workers, saved
/// state and parameter groups are common to all:
///
///     struct SignDescent: ElementwiseOptimizer {
///       var learningRate = 1e-3, state = OptimizerState(), groups = ParameterGroups()
///       var slotNames: [String] { [] }
///       func rule(atStep step: Int) -> @Sendable (OptimizerBlock) -> Void { ... }
///     }
public protocol ElementwiseOptimizer: Optimizer {
  /// Settings of parts of the model, by path.
  var groups: ParameterGroups { get set }
  /// The buffers of ``OptimizerState`` that the formula uses: zero before the first step.
  var slotNames: [String] { get }

  /// The formula of one step (1 for the first), with all that depends on the step alone computed.
  func rule(atStep step: Int) -> @Sendable (OptimizerBlock) -> Void
}

/// A block of one parameter's weights, with what a formula needs to change them.
public struct OptimizerBlock: Sendable {
  /// To be changed in place.
  public let weights: Storage
  /// The derivative of the loss for each weight.
  public let gradient: Storage
  /// What the learning rate is to be multiplied by.
  public let rateFactor: Double
  /// False where weight decay is off.
  public let decaysWeights: Bool
  let slots: [OptimizerState.Slot]
  let range: Range<Int>

  init(
    weights: Storage, gradient: Storage, _ setting: ParameterGroups.Settings, slots: [OptimizerState.Slot],
    range: Range<Int>
  ) {
    (self.weights, self.gradient, self.slots, self.range) = (weights, gradient, slots, range)
    (rateFactor, decaysWeights) = (setting.learningRateFactor, setting.decaysWeights)
  }

  /// The block's part of the buffer with this number in ``ElementwiseOptimizer/slotNames``, to be changed in place.
  public func slot(_ index: Int) -> Storage { slots[index].storage[range] }
}

extension ElementwiseOptimizer {
  /// Whether the state has buffers of ``slotNames``, each as long as the layout.
  public func problem(with state: OptimizerState, for layout: ParameterLayout) -> String? {
    state.problem(slotNames, for: layout)
  }

  public mutating func update(_ model: inout some Module, along gradients: Gradients, pool: WorkerPool?) {
    let layout = gradients.layout
    let settings = groups.settings(for: layout)
    let weights = model.writableWeights(layout, settings)
    let slots = state.take(slotNames, for: layout, of: "\(Self.self)")
    state.step += 1
    change(weights, along: gradients, atStep: state.step, settings, slots, pool: pool)
    state.slots = slots
    model.update(gradients.bufferUpdates)
  }

  /// Applies the formula of a step to each block, but for parameters that are frozen or left out.
  ///
  /// - Parameter excluded: numbers of parameters in the layout
  func change(
    _ weights: [Storage], along gradients: Gradients, atStep step: Int, _ settings: [ParameterGroups.Settings],
    _ slots: [OptimizerState.Slot], excluding excluded: Set<Int> = [], pool: WorkerPool?
  ) {
    let rule = rule(atStep: step)
    gradients.layout.forEachBlock(on: pool, as: "optimizer") { _, block in
      let setting = settings[block.slot]
      if setting.isFrozen || excluded.contains(block.slot) { return }
      rule(
        OptimizerBlock(
          weights: weights[block.slot][block.rangeInSlot], gradient: gradients.flat[block.range], setting,
          slots: slots, range: block.range))
    }
  }
}

extension Module {
  /// Each parameter's weights, in the layout's order. Those to be changed that another copy of the model shares are
  /// copied first.
  mutating func writableWeights(
    _ layout: ParameterLayout, _ settings: [ParameterGroups.Settings]
  ) -> [Storage] {
    var weights: [Storage] = []
    weights.reserveCapacity(layout.slots.count)
    updateParameters { path, parameter in
      layout.check(path, parameter.value, at: weights.count, "Optimizer: the gradients are of another model")
      require(
        !parameter.isFrozen || settings[weights.count].isFrozen,
        "Optimizer: \(path) is frozen, but the gradients are of a model where it is not")
      if !settings[weights.count].isFrozen { parameter.value.storage.makeUnique() }
      weights.append(parameter.value.storage)
    }
    require(
      weights.count == layout.slots.count,
      "Optimizer: the gradients are of another model, with \(layout.slots.count) parameters, not \(weights.count)")
    return weights
  }
}
