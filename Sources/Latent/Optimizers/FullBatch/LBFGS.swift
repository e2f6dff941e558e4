import LatentKernels

/// L-BFGS (Liu & Nocedal 1989) for losses of all examples at once, which are the same number each time: fits of a few
/// thousand parameters, in tens of steps to many digits.
///
///     let result = LBFGS(tolerance: 1e-6).minimize(&model, steps: 200) { model, tape in
///       squaredError(model(tape.constant(x)), targets: y)
///     }
///     print(result.loss, result.steps, result.hasConverged)
///
/// A step is the gradient times an inverse curvature that the last steps have shown, halved until the loss falls by 1e-4 of
/// what its slope promises (Armijo 1966); pairs of no positive curvature are left out. Losses that draw noise, or drop units
/// out, need ``Adam`` or the like. It is no ``Optimizer``: it asks for the loss several times in a step. The same bits on any
/// number of threads.
public struct LBFGS: Sendable {
  /// It ends where the gradient's norm is not above this.
  public let tolerance: Double
  /// Steps whose curvature is remembered, each of which takes twice the parameters' memory.
  public let memory: Int
  /// What is frozen; learning rates and weight decay do not apply.
  public var groups = ParameterGroups()

  public init(tolerance: Double = 1e-5, memory: Int = 10) {
    require(tolerance >= 0, "LBFGS: tolerance \(tolerance); it must not be negative")
    require(memory >= 1, "LBFGS: a memory of \(memory) steps; at least 1 is needed")
    self.tolerance = tolerance
    self.memory = memory
  }

  /// Where a search is.
  public struct Progress: Sendable, Equatable {
    /// Steps taken.
    public let steps: Int
    /// The loss with the weights that they led to.
    public let loss: Double
    /// The norm of its gradient.
    public let gradientNorm: Double
    /// Whether the gradient is as short as was asked for. At the end, false where the steps ran out, where rounding hides
    /// what is left to gain, or where the loss is not finite.
    public let hasConverged: Bool
  }

  /// Brings a model's loss down.
  ///
  /// - Parameters:
  ///   - steps: at most
  ///   - onStep: hears of each
  ///   - loss: one number
  /// - Returns: where the search ended, whose weights the model has
  @discardableResult
  public func minimize<M: Module>(
    _ model: inout M, steps: Int = 100, onStep: (Progress) -> Void = { _ in }, _ loss: (M, Tape) -> Variable
  ) -> Progress {
    let workspace = Workspace()
    return minimize(&model, steps: steps, onStep: onStep) { model, layout in
      valueWithGradients(of: model, layout: layout, workspace: workspace, loss)
    }
  }

  /// The same with a function for loss and gradients, such as one that many workers compute.
  ///
  ///     let (all, parallel) = (Array(0..<data.count)[...], DataParallel(batchSize: data.count))
  ///     LBFGS().minimize(&model) { model, layout in
  ///       let (losses, gradients) = parallel.valueWithGradients(of: model, on: data, all, step: 0, layout: layout) {
  ///         model, batch, tape in model.loss(batch, tape: tape)
  ///       }
  ///       return (losses.total, gradients)
  ///     }
  ///
  /// - Parameters:
  ///   - steps: at most
  ///   - onStep: hears of each
  ///   - evaluate: loss and gradients of a model, in the layout that it is given
  @discardableResult
  public func minimize<M: Module>(
    _ model: inout M, steps: Int = 100, onStep: (Progress) -> Void = { _ in },
    _ evaluate: (_ model: M, _ layout: ParameterLayout) -> (value: Double, gradients: Gradients)
  ) -> Progress {
    require(steps >= 0, "LBFGS: \(steps) steps; their number must not be negative")
    let layout = ParameterLayout(of: model, groups: groups)
    let search = QuasiNewton(tolerance: tolerance, limit: steps, memory: memory)
    var (trial, updates) = (model, [BufferUpdate]())
    let end = search.minimum(
      from: layout.weights(of: model),
      onStep: { place in
        // Of the evaluation that the step ended with.
        trial.update(updates)
        onStep(Progress(place))
      },
      of: { weights in
        trial.setWeights(weights, layout)
        let (value, gradients) = evaluate(trial, layout)
        require(
          gradients.layout === layout || gradients.layout.describesTheSame(as: layout),
          "LBFGS: the gradients are of another model or layout")
        updates = gradients.bufferUpdates
        return (value, gradients.flat.copy())
      })
    trial.setWeights(end.numbers, layout)
    model = trial
    return Progress(end)
  }
}

extension LBFGS.Progress {
  fileprivate init(_ place: QuasiNewton.Place) {
    (steps, loss, gradientNorm, hasConverged) = (place.steps, place.value, place.slope, place.isMinimum)
  }
}

extension ParameterLayout {
  /// A model's weights, at their places.
  fileprivate func weights(of model: some Module) -> Storage {
    let weights = zeros()
    for (slot, parameter) in zip(slots, model.parameters) where !slot.isFrozen {
      weights[slot.range].assign(parameter.value.storage)
    }
    return weights
  }
}

extension Module {
  /// Takes the weights of places.
  fileprivate mutating func setWeights(_ weights: Storage, _ layout: ParameterLayout) {
    var slots = layout.slots[...]
    updateParameters { _, parameter in
      let slot = slots.removeFirst()
      if !slot.isFrozen { parameter.value = Tensor(weights[slot.range].copy(), shape: slot.shape) }
    }
  }
}
