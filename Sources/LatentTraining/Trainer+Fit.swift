import Latent
import LatentData
import LatentFiles

/// What a trainer is for.
extension Trainer {
  /// Trains a model on examples and validates it on others, if there are any.
  ///
  /// - Parameters:
  ///   - checkpoint: the state of an earlier run to go on from; its epochs count among `epochs`. Nil to begin anew, with
  ///     nothing of an earlier fit but the model's weights.
  ///   - onEvent: hears what happens
  /// - Throws: ``TrainingError`` when a loss or a weight is not finite; `model`, ``optimizer`` and ``weightAverage`` are
  ///   then as they were at the end of the last finished epoch, or when training started or went on, but for weights that
  ///   a callback puts back at the end. Also when the checkpoint does not fit; nothing has changed then.
  @discardableResult
  public mutating func fit<M: TrainableModel, D: TrainingData>(
    _ model: inout M, to training: D, validation: D? = nil, epochs: Int, resuming checkpoint: Checkpoint? = nil,
    onEvent: (TrainingEvent) -> Void = { _ in }
  ) throws -> History where M.Batch == D.Batch {
    try fit(
      &model, to: training, validation: validation, epochs: epochs, resuming: checkpoint, onEvent: onEvent
    ) { model, batch, tape in model.loss(batch, tape: tape) }
  }

  /// Trains a model on a data set, whose last part is kept for validation.
  ///
  /// - Parameter validationSplit: the fraction kept, in 0..<1; the LAST examples, as in Keras
  @discardableResult
  public mutating func fit<M: TrainableModel, D: SplittableData>(
    _ model: inout M, to data: D, epochs: Int, validationSplit: Double, resuming checkpoint: Checkpoint? = nil,
    onEvent: (TrainingEvent) -> Void = { _ in }
  ) throws -> History where M.Batch == D.Batch {
    let (training, validation) = data.split(validationFraction: validationSplit)
    return try fit(
      &model, to: training, validation: validation, epochs: epochs, resuming: checkpoint, onEvent: onEvent)
  }

  /// Trains any module with a separate loss function.
  ///
  ///     try trainer.fit(&model, to: TensorDataset(x, y), epochs: 10) { model, batch, tape in
  ///       LossTerms(total: squaredError(model(tape.constant(batch[0])), targets: batch[1]))
  ///     }
  ///
  /// - Parameters:
  ///   - checkpoint: the state of an earlier run to go on from; its epochs count among `epochs`
  ///   - onEvent: hears what happens
  ///   - loss: of a batch, averaged over its examples; called by all workers at the same time
  @discardableResult
  public mutating func fit<M: Module, D: TrainingData>(
    _ model: inout M, to training: D, validation: D? = nil, epochs: Int, resuming checkpoint: Checkpoint? = nil,
    onEvent: (TrainingEvent) -> Void = { _ in }, loss: @escaping @Sendable (M, D.Batch, Tape) -> LossTerms
  ) throws -> History {
    settleShards(for: model, on: training, resuming: checkpoint, loss)
    return try run(
      &model, to: training, validation, epochs, checkpoint, onEvent, validationLoss: loss, takesOneLoss: true
    ) { $0.minimize(loss) }
  }

  /// Trains any module by steps of your own: several losses, parts that learn in turns, gradients that are changed before they
  /// are used, weights that follow others. See ``TrainingStep``.
  ///
  ///     try trainer.fit(&pair, to: images, epochs: 10) { step in
  ///       step.minimize("student", of: \.student) { pair, batch, tape in ... }
  ///     }
  ///
  /// A run goes on from a checkpoint to the same bits, as long as a step depends on nothing that it keeps outside of the model.
  ///
  /// - Parameters:
  ///   - checkpoint: the state of an earlier run to go on from; its epochs count among `epochs`
  ///   - onEvent: hears what happens
  ///   - validationLoss: of the model after each epoch, on the examples for validation; where left out, these are for
  ///     ``metrics`` alone
  ///   - step: called on the thread that trains; what it throws ends the fit
  @discardableResult
  public mutating func fit<M: Module, D: TrainingData>(
    _ model: inout M, to training: D, validation: D? = nil, epochs: Int, resuming checkpoint: Checkpoint? = nil,
    onEvent: (TrainingEvent) -> Void = { _ in }, validationLoss: DataParallel.Loss<M, D>? = nil, step: Step<M, D>
  ) throws -> History {
    parallel.unsettle(saved: checkpoint?.shards)
    return try withoutActuallyEscaping(step) {
      try run(
        &model, to: training, validation, epochs, checkpoint, onEvent, validationLoss: validationLoss,
        takesOneLoss: false, step: $0)
    }
  }

  private mutating func run<M: Module, D: TrainingData>(
    _ model: inout M, to training: D, _ validation: D?, _ epochs: Int, _ checkpoint: Checkpoint?,
    _ onEvent: (TrainingEvent) -> Void, validationLoss: DataParallel.Loss<M, D>?, takesOneLoss: Bool,
    step: @escaping Step<M, D>
  ) throws -> History {
    require(training.count > 0, "fit: no examples to train on")
    require(!validatesAverage || weightAverage != nil, "fit: validatesAverage without a weightAverage to validate")
    checkMetrics(of: model, on: training)
    let layout = ParameterLayout(of: model, groups: optimizer.groups)
    require(
      precision == .full || layout.element == .float32,
      "fit: a \(layout.element) model; products of bfloat16 are for float32")
    let work = Work(
      training: training, validation: validation.flatMap { $0.count > 0 ? $0 : nil }, key: RandomKey(seed: seed),
      layout: layout, steps: stepsPerEpoch(training), validationLoss: validationLoss, step: step)
    try begin(resuming: checkpoint, &model, work, takesOneLoss: takesOneLoss)
    now.layouts[Changing.whole] = (\M.self, layout)
    parallel.pool.profiler = profiler
    profiler?.start(threads: parallel.pool.threads)
    defer {
      profiler?.stop()
      parallel.pool.profiler = nil
    }
    return try run(work, &model, from: checkpoint, epochs: epochs, onEvent: onEvent)
  }

  /// Everything that a fit changes, as it was given or as a checkpoint has it.
  private mutating func begin<M: Module, D: TrainingData>(
    resuming checkpoint: Checkpoint?, _ model: inout M, _ work: Work<M, D>, takesOneLoss: Bool
  ) throws(TrainingError) {
    let (before, stopReason) = (now, stopReason)
    (now, self.stopReason) = (given, nil)
    (now.steps, now.own) = (given.optimizer.step, Set(given.optimizers.keys))
    if schedule != nil, let callback = callbacks.first(where: \.setsLearningRate) {
      fatalError("fit: a schedule and the callback \(callback.name) would both set the learning rate")
    }
    let names = remembering.map { callbacks[$0].name }
    require(Set(names).count == names.count, "fit: two callbacks have one name: \(names)")
    guard let checkpoint else { return }
    do {
      try restore(
        checkpoint, &model, layout: work.layout, steps: work.steps, settings: settings(of: work),
        takesOneLoss: takesOneLoss)
    } catch {
      (now, self.stopReason) = (before, stopReason)
      throw error
    }
  }

  /// Chooses the number of shards for a model, where the trainer was given none.
  package func settleShards<M: Module, D: TrainingData>(
    for model: M, on training: D, resuming checkpoint: Checkpoint?, _ loss: DataParallel.Loss<M, D>
  ) {
    parallel.unsettle(saved: checkpoint?.shards)
    parallel.settle(
      batchSize: partSize, of: model, on: training, layout: ParameterLayout(of: model, groups: optimizer.groups),
      loss: loss)
  }
}
