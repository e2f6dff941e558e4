import LatentKernels

/// LAMB (You et al. 2020): ``Adam``'s direction with each parameter's step as long as its weights are, for large batches.
///
///     r = m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon) + weightDecay w
///     w -= learningRate ||w|| / ||r|| r
///
/// Norms are Euclidean, of each parameter (a kernel, a bias); where one is 0, the step is learningRate r. Their sums do not
/// depend on the number of threads. The defaults are Keras's, whose weight decay is 0; the paper's is 0.01 and its epsilon
/// 1e-6. ``ParameterGroups`` turn the decay off where it is not wanted, as for biases.
public struct LAMB: Optimizer {
  public var learningRate: Double
  /// The weights' part in the direction.
  public let weightDecay: Double
  /// How much of the first moment each step keeps.
  public let beta1: Double
  /// How much of the second moment each step keeps.
  public let beta2: Double
  /// Keeps the divisor away from 0.
  public let epsilon: Double
  public var state = OptimizerState()
  /// Settings of parts of the model, by path.
  public var groups = ParameterGroups()

  public init(
    learningRate: Double = 1e-3, weightDecay: Double = 0, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-7
  ) {
    self.learningRate = learningRate
    self.weightDecay = weightDecay
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  /// Whether the state has both moments, each as long as the layout.
  public func problem(with state: OptimizerState, for layout: ParameterLayout) -> String? {
    state.problem(AdamForm.slotNames, for: layout)
  }

  public mutating func update(_ model: inout some Module, along gradients: Gradients, pool: WorkerPool?) {
    let layout = gradients.layout
    let settings = groups.settings(for: layout)
    let weights = model.writableWeights(layout, settings)
    let slots = state.take(AdamForm.slotNames, for: layout, of: "LAMB")
    state.step += 1
    let direction = Direction(self)
    let (beta1, beta2) = (beta1, beta2)
    // For each block the squares of the weights, then of the direction: added in the order of the blocks.
    let squares = Storage(count: 2 * layout.blocks.count, element: .float64)
    layout.forEachBlock(on: pool, as: "optimizer") { index, block in
      let setting = settings[block.slot]
      if setting.isFrozen { return }
      let part = weights[block.slot][block.rangeInSlot]
      squares[2 * index..<2 * index + 1].fill(part.sumOfSquares())
      squares[2 * index + 1..<2 * index + 2].fill(
        part.lambMoments(
          gradient: gradients.flat[block.range], first: slots[0].storage[block.range],
          second: slots[1].storage[block.range], beta1: beta1, beta2: beta2, scale: direction.scale,
          epsilon: direction.epsilon, decay: setting.decaysWeights ? direction.decay : 0))
    }
    let found = squares.doubles()
    var sums = [(weights: Double, direction: Double)](repeating: (0, 0), count: layout.slots.count)
    for (index, block) in layout.blocks.enumerated() where !settings[block.slot].isFrozen {
      sums[block.slot].weights += found[2 * index]
      sums[block.slot].direction += found[2 * index + 1]
    }
    let rates = zip(sums, settings).map { sum, setting in
      let ratio = sum.weights > 0 && sum.direction > 0 ? (sum.weights / sum.direction).squareRoot() : 1
      return learningRate * setting.learningRateFactor * ratio
    }
    layout.forEachBlock(on: pool, as: "optimizer") { _, block in
      let setting = settings[block.slot]
      if setting.isFrozen { return }
      weights[block.slot][block.rangeInSlot].lambStep(
        first: slots[0].storage[block.range], second: slots[1].storage[block.range], rate: rates[block.slot],
        scale: direction.scale, epsilon: direction.epsilon, decay: setting.decaysWeights ? direction.decay : 0)
    }
    state.slots = slots
    model.update(gradients.bufferUpdates)
  }

  /// What scale m / (sqrt(v) + epsilon) + decay w is made with at a step.
  private struct Direction {
    let scale: Double
    let epsilon: Double
    let decay: Double

    init(_ lamb: LAMB) {
      let step = Double(lamb.state.step)
      let correction = (1 - Portable.power(lamb.beta2, step)).squareRoot()
      scale = correction / (1 - Portable.power(lamb.beta1, step))
      epsilon = lamb.epsilon * correction
      decay = lamb.weightDecay
    }
  }
}
