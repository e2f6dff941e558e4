import LatentKernels

/// Muon (Jordan et al. 2024): a momentum whose matrices are made orthogonal, so that a step is of one size in all directions
/// of a layer; all that is no matrix, and what is left out, goes to another optimizer.
///
///     m += (1 - momentum)(g - m)     u = (1 - momentum) g + momentum m (Nesterov), else m
///     w -= learningRate weightDecay w
///     w -= learningRate sqrt(max(1, columns / rows)) NewtonSchulz(u)
///
///     Muon(learningRate: 0.02, excluding: ["embedding", "output"], others: AdamW(learningRate: 3e-4))
///
/// A matrix is a parameter of two dimensions, such as the kernel [D, O] of a dense layer; its columns are outputs. The paper
/// leaves the first and the last layer to the other optimizer: name them. The defaults are PyTorch's, the Newton-Schulz
/// iteration's coefficients too. ``learningRate`` is that of the matrices: whoever sets it, such as a schedule, sets that
/// of the others in proportion. The groups are those of both.
///
/// The first buffer of the state is the momentum of the matrices, and the first of the other optimizer elsewhere.
public struct Muon<Others: ElementwiseOptimizer>: Optimizer {
  public var learningRate: Double { didSet { scaleOthers() } }
  /// How much of the momentum each step keeps.
  public let momentum: Double
  /// Whether a step looks ahead.
  public let nesterov: Bool
  /// The part of a weight that a step takes away, over the learning rate.
  public let weightDecay: Double
  /// Parts of the model, by path, whose matrices go to the other optimizer.
  public let excluded: [String]
  public var state = OptimizerState()
  /// Settings of parts of the model, by path.
  public var groups: ParameterGroups
  private var others: Others
  /// The other learning rate over this one.
  private let ratio: Double
  private let iteration: NewtonSchulz
  /// Of the matrices; loans are locked, so that copies of an optimizer may share it.
  private let workspace = Workspace()

  /// - Parameters:
  ///   - steps: of the Newton-Schulz iteration
  ///   - excluded: parts of the model, by path, whose matrices go to the other optimizer
  ///   - others: for all that is not Muon's, with its learning rate, weight decay and groups
  public init(
    learningRate: Double = 1e-3, momentum: Double = 0.95, nesterov: Bool = true, weightDecay: Double = 0.1,
    steps: Int = 5, excluding excluded: [String] = [], others: Others
  ) {
    require(learningRate > 0, "Muon: learning rate \(learningRate); it must be above 0")
    require((0..<1).contains(momentum), "Muon: momentum \(momentum) is not in 0..<1")
    require((1..<100).contains(steps), "Muon: \(steps) steps of the Newton-Schulz iteration; 1 to 99")
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
    self.excluded = excluded
    self.others = others
    groups = others.groups
    ratio = others.learningRate / learningRate
    iteration = NewtonSchulz(steps: steps)
  }

  private mutating func scaleOthers() { others.learningRate = learningRate * ratio }

  private var slotNames: [String] { ["momentum"] + others.slotNames.dropFirst() }

  /// Whether the state has the momentum and the other optimizer's buffers, each as long as the layout.
  public func problem(with state: OptimizerState, for layout: ParameterLayout) -> String? {
    state.problem(slotNames, for: layout)
  }

  public mutating func update(_ model: inout some Module, along gradients: Gradients, pool: WorkerPool?) {
    let layout = gradients.layout
    let settings = groups.settings(for: layout)
    let weights = model.writableWeights(layout, settings)
    let slots = state.take(slotNames, for: layout, of: "Muon")
    state.step += 1
    let matrices = layout.slots.indices.filter { takes(layout.slots[$0]) }
    others.change(
      weights, along: gradients, atStep: state.step, settings, slots, excluding: Set(matrices), pool: pool)
    let own = matrices.filter { !settings[$0].isFrozen }
    let step = MatrixStep(self)
    let (momentum, flat) = (slots[0].storage, gradients.flat)
    @Sendable func take(_ index: Int) {
      let slot = layout.slots[own[index]]
      step.take(
        weights[own[index]], gradient: flat[slot.range], momentum: momentum[slot.range], slot.shape,
        settings[own[index]])
    }
    // A matrix is a task. Without a pool, its products are cut among the process's threads.
    if let pool {
      pool.run(tasks: own.count, as: "optimizer") { index, _ in take(index) }
    } else {
      for index in own.indices { take(index) }
    }
    state.slots = slots
    model.update(gradients.bufferUpdates)
  }

  /// Whether a parameter is a matrix that is not left out.
  private func takes(_ slot: ParameterLayout.Slot) -> Bool {
    slot.shape.count == 2 && !excluded.contains { slot.path == $0 || slot.path.hasPrefix($0 + ".") }
  }

  /// What one matrix's step needs.
  private struct MatrixStep: Sendable {
    let (rate, decay, momentum): (Double, Double, Double)
    let nesterov: Bool
    let iteration: NewtonSchulz
    let workspace: Workspace

    init(_ muon: Muon) {
      (rate, decay, momentum) = (muon.learningRate, muon.learningRate * muon.weightDecay, muon.momentum)
      (nesterov, iteration, workspace) = (muon.nesterov, muon.iteration, muon.workspace)
    }

    func take(
      _ weights: Storage, gradient: Storage, momentum mean: Storage, _ shape: [Int], _ setting: ParameterGroups.Settings
    ) {
      let (rows, columns, factor) = (shape[0], shape[1], setting.learningRateFactor)
      mean.move(toward: gradient, by: 1 - momentum)
      let update = Storage(count: weights.count, element: weights.element, workspace: workspace)
      update.assign(mean)
      if nesterov { update.assign(gradient, times: 1 - momentum, adding: momentum) }
      iteration.orthogonalize(update, rows: rows, columns: columns, workspace: workspace)
      let size = max(1, Double(columns) / Double(max(rows, 1))).squareRoot()
      weights.assign(
        update, times: -rate * factor * size, adding: setting.decaysWeights ? 1 - decay * factor : 1)
    }
  }
}
