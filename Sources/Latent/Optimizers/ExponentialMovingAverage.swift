import LatentKernels

/// The exponential moving average of a model's weights over its training (Polyak & Juditsky 1992; its form with a decay
/// is that of Keras's `use_ema`): often better than the last step's weights.
///
///     average += (1 - decay)(w - average), beginning with the first weights that it is given
///
///     var average = ExponentialMovingAverage(decay: 0.999)
///     ... average.update(with: model) after each step
///     let smooth = average.averaged(model)
public struct ExponentialMovingAverage: Sendable {
  /// The part of the average that stays at each update, in 0...1.
  public let decay: Double
  /// The number of updates, and the averages as one buffer; set it to continue from what was saved.
  public var state = OptimizerState()
  // Made once for a model, not in every step.
  private var layout: ParameterLayout?

  public init(decay: Double = 0.99) {
    require((0...1).contains(decay), "ExponentialMovingAverage: decay \(decay) is not in 0...1")
    self.decay = decay
  }

  /// Takes a model's present weights into the average.
  public mutating func update(with model: some Module, pool: WorkerPool? = nil) {
    let layout = layout ?? ParameterLayout(of: model)
    let weights = model.parameters.enumerated().map { index, parameter in
      layout.check(
        parameter.path, parameter.value, at: index, "ExponentialMovingAverage: the averages are of another model")
      return parameter.value.storage
    }
    let isFirst = state.step == 0
    let slots = state.take(["average"], for: layout, of: "ExponentialMovingAverage")
    let (average, fraction) = (slots[0].storage, 1 - decay)
    layout.forEachBlock(on: pool, as: "weight average") { _, block in
      let (part, new) = (average[block.range], weights[block.slot][block.rangeInSlot])
      if isFirst { part.assign(new) } else { part.move(toward: new, by: fraction) }
    }
    state.step += 1
    state.slots = slots
    self.layout = layout
  }

  /// The model with the averaged weights; what is frozen is as it is.
  public func averaged<M: Module>(_ model: M) -> M {
    require(!state.slots.isEmpty, "ExponentialMovingAverage: averaged before the first update")
    let layout = layout ?? ParameterLayout(of: model)
    let average = state.slots[0].storage
    var (result, index) = (model, 0)
    result.updateParameters { path, parameter in
      layout.check(path, parameter.value, at: index, "ExponentialMovingAverage: the averages are of another model")
      let slot = layout.slots[index]
      if !slot.isFrozen { parameter.value = Tensor(average[slot.range].copy(), shape: slot.shape) }
      index += 1
    }
    return result
  }
}
