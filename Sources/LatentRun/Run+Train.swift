import Latent
import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE

/// The runs of a program of one's own.
extension Run {
  /// Trains an auto-encoder of any encoder, decoder and likelihood. Beside what every run leaves, its folder gets pictures,
  /// measures and a page. A run that goes on ends with the bits of one that never stopped.
  ///
  ///     let run = try Run("runs/mine")
  ///     let trainer = Trainer(optimizer: Adam(learningRate: 1e-3), batchSize: 128)
  ///     try run.train(&model, on: digits, epochs: 10, with: trainer)
  ///
  /// - Parameters:
  ///   - epochs: of the whole run, those before it went on among them
  ///   - validationSplit: the last fraction of the examples, for validation
  ///   - trainer: how to train; its checkpoints go to the run's folder
  ///   - onEvent: hears what happens
  /// - Throws: ``RunError`` where the run can't go on with these settings, training fails, or something could not be
  ///   written
  @discardableResult
  public func train<E, D, T: Dataset, O: Optimizer>(
    _ model: inout VariationalAutoencoder<E, D>, on data: T, epochs: Int, validationSplit: Double = 0.3,
    with trainer: Trainer<O> = Trainer(optimizer: Adam()), onEvent: (TrainingEvent) -> Void = { _ in }
  ) throws -> History {
    try train(&model, nil, data, epochs, validationSplit, trainer, onEvent)
  }

  /// Trains an auto-encoder that was made of a plan: what needs its layers, such as `vae-train export` and the page's
  /// playground, works then.
  ///
  /// - Parameters:
  ///   - epochs: of the whole run, those before it went on among them
  ///   - validationSplit: the last fraction of the examples, for validation
  ///   - trainer: how to train; its checkpoints go to the run's folder
  ///   - onEvent: hears what happens
  /// - Throws: ``RunError`` where the run can't go on with these settings, training fails, or something could not be
  ///   written
  @discardableResult
  public func train<T: Dataset, O: Optimizer>(
    _ model: inout AnyVariationalAutoencoder, of plan: ModelPlan, on data: T, epochs: Int,
    validationSplit: Double = 0.3, with trainer: Trainer<O> = Trainer(optimizer: Adam()),
    onEvent: (TrainingEvent) -> Void = { _ in }
  ) throws -> History {
    try train(&model, plan, data, epochs, validationSplit, trainer, onEvent)
  }

  private func train<E, D, T: Dataset, O: Optimizer>(
    _ model: inout VariationalAutoencoder<E, D>, _ plan: ModelPlan?, _ data: T, _ epochs: Int,
    _ validationSplit: Double, _ trainer: Trainer<O>, _ onEvent: (TrainingEvent) -> Void
  ) throws -> History {
    let kind = model.likelihood.kind
    if let found = kind.support.firstOutside(of: data, element: ParameterLayout(of: model).element) {
      throw RunError("the model's likelihood is \(kind.name): \(kind.outside(found, of: data))")
    }
    let (training, validation) = data.split(validationFraction: validationSplit)
    let steps = trainer.stepsPerEpoch(training)
    trainer.settleShards(for: model, on: training, resuming: checkpoint) { $0.loss($1, tape: $2) }
    describe(trainer, of: model, epochs: epochs, validationSplit: validationSplit)
    record.settings.model = RunSettings.Model(kind: SavedModel(model, example: data.shape).structure)
    record.settings.model.plan = plan
    record.settings.model.isConditional = model.classes > 0
    record.settings.objective = RunSettings.Objective(
      model.objective, likelihood: model.likelihood.kind, stepsPerEpoch: steps)
    record.data = RunRecord.DataRecord(data, training: training.count, isConditional: model.classes > 0)
    let exhibit = Exhibit(
      model, plan: plan, shown: validation.count > 0 ? validation : training, isValidation: validation.count > 0,
      seed: trainer.seed, threads: trainer.parallel.pool.threads, sum: trainer.parallel.sum)
    return try train(&model, to: training, validation: validation, trainer, exhibit, onEvent)
  }

  /// Trains any model. Its folder has a record, history, curves, checkpoints, weights and a page. Pictures and measures of it
  /// are the program's own: ``sections(_:)``.
  ///
  /// - Parameters:
  ///   - epochs: of the whole run, those before it went on among them
  ///   - validationSplit: the last fraction of the examples, for validation
  ///   - trainer: how to train; its checkpoints go to the run's folder
  ///   - onEvent: hears what happens
  /// - Throws: ``RunError`` where the run can't go on with these settings, training fails, or something could not be
  ///   written
  @discardableResult
  public func train<M: TrainableModel, T: SplittableData, O: Optimizer>(
    _ model: inout M, on data: T, epochs: Int, validationSplit: Double = 0.3,
    with trainer: Trainer<O> = Trainer(optimizer: Adam()), onEvent: (TrainingEvent) -> Void = { _ in }
  ) throws -> History where M.Batch == T.Batch {
    let (training, validation) = data.split(validationFraction: validationSplit)
    trainer.settleShards(for: model, on: training, resuming: checkpoint) { $0.loss($1, tape: $2) }
    describe(trainer, of: model, on: data, epochs: epochs, validationSplit: validationSplit, training, validation)
    return try train(&model, to: training, validation: validation, trainer, nil, onEvent)
  }

  /// Trains any module by steps of your own (``LatentTraining/TrainingStep``): losses of several parts, each with its optimizer. Its
  /// folder has what that of any model has, but for a table of layers.
  ///
  ///     try run.train(&gan, on: images, epochs: 20, with: trainer) { step in
  ///       step.minimize("critic", of: \.critic) { gan, batch, tape in ... }
  ///       step.minimize("generator", of: \.generator) { gan, batch, tape in ... }
  ///     }
  ///
  /// - Parameters:
  ///   - epochs: of the whole run, those before it went on among them
  ///   - validationSplit: the last fraction of the examples, for validation
  ///   - trainer: how to train; its checkpoints go to the run's folder
  ///   - onEvent: hears what happens
  ///   - validationLoss: of the model after each epoch; where left out, the examples for validation are for metrics alone
  ///   - step: called on the thread that trains; what it throws ends the run
  /// - Throws: ``RunError`` where the run can't go on with these settings, training fails, or something could not be
  ///   written
  @discardableResult
  public func train<M: Module, T: SplittableData, O: Optimizer>(
    _ model: inout M, on data: T, epochs: Int, validationSplit: Double = 0.3,
    with trainer: Trainer<O>, onEvent: (TrainingEvent) -> Void = { _ in },
    validationLoss: DataParallel.Loss<M, T>? = nil, step: Trainer<O>.Step<M, T>
  ) throws -> History {
    let (training, validation) = data.split(validationFraction: validationSplit)
    describe(trainer, of: model, on: data, epochs: epochs, validationSplit: validationSplit, training, validation)
    return try withoutActuallyEscaping(step) { step in
      func summary(_: M) -> ModelSummary? { nil }
      return try train(&model, to: training, trainer, nil, summary: summary, onEvent) {
        try $0.fit(
          &$1, to: training, validation: validation, epochs: $2, resuming: $3, onEvent: $4,
          validationLoss: validationLoss, step: step)
      }
    }
  }

  /// Takes down what any model is trained on, and how.
  private func describe<M: Module, T: SplittableData, O: Optimizer>(
    _ trainer: Trainer<O>, of model: M, on data: T, epochs: Int, validationSplit: Double, _ training: T, _ validation: T
  ) {
    describe(trainer, of: model, epochs: epochs, validationSplit: validationSplit)
    record.settings.model = RunSettings.Model(kind: "\(M.self)")
    record.settings.objective.loss = nil
    var examples = RunRecord.DataRecord()
    (examples.trainingExamples, examples.validationExamples) = (training.count, validation.count)
    record.data = examples
    if let data = data as? any Dataset {
      record.data = RunRecord.DataRecord(data, training: training.count, isConditional: true)
    }
    if ownSections.isEmpty {
      files.notes.append(
        "There are no pictures, measures and playground: they are made of auto-encoders. Run.sections adds others.")
    }
  }

  private func train<M: TrainableModel, T: TrainingData, O: Optimizer>(
    _ model: inout M, to training: T, validation: T, _ trainer: Trainer<O>, _ exhibit: Exhibit?,
    _ onEvent: (TrainingEvent) -> Void
  ) throws -> History where M.Batch == T.Batch {
    // As many examples as a part of a training step has: what a pass takes, training took too.
    let examples = max(1, min(trainer.batchSize, training.count) / max(1, trainer.parallel.shards))
    func summary(_ model: M) -> ModelSummary? {
      training.count > 0 ? ModelSummary(of: model, on: training, examples: examples) : nil
    }
    return try train(&model, to: training, trainer, exhibit, summary: summary, onEvent) {
      try $0.fit(&$1, to: training, validation: validation, epochs: $2, resuming: $3, onEvent: $4)
    }
  }

  private func train<M: Module, T: TrainingData, O: Optimizer>(
    _ model: inout M, to training: T, _ trainer: Trainer<O>, _ exhibit: Exhibit?, summary: (M) -> ModelSummary?,
    _ onEvent: (TrainingEvent) -> Void, by fit: @escaping Fit<M, O>
  ) throws -> History {
    checkSections(of: M.self)
    do throws(RunError) { try begin() } catch {
      discard()
      throw error
    }
    let ending = try self.fit(&model, to: training, trainer: trainer, exhibit: exhibit, onEvent: onEvent, by: fit)
    guard try finish(model, ending, exhibit: exhibit, summary: summary) else { return history }
    if let failure = files.failure { throw failure }
    return history
  }

  /// Takes down how a program trains.
  private func describe<O: Optimizer>(
    _ trainer: Trainer<O>, of model: some Module, epochs: Int, validationSplit: Double
  ) {
    var settings = record.settings
    settings.source = RunSettings.Source()
    (settings.source.data, settings.source.validationSplit) = (nil, validationSplit)
    var training = RunSettings.Training()
    (training.optimizer, training.learningRate) = ("\(O.self)", trainer.optimizer.learningRate)
    (training.epochs, training.batchSize, training.seed) = (epochs, trainer.batchSize, trainer.seed)
    training.accumulate = trainer.accumulating
    (training.threads, training.shards) = (trainer.parallel.pool.threads, trainer.parallel.shards)
    training.precision = NumberFormat(ParameterLayout(of: model).element, trainer.precision)
    settings.training = training
    if let checkpoints = trainer.checkpoints {
      (settings.keeping.checkpointEvery, settings.keeping.keep) = (checkpoints.everySteps, checkpoints.keep)
    }
    settings.steering = RunSettings.Steering()
    var words: [String] = trainer.schedule == nil ? [] : ["a schedule of the learning rate"]
    switch trainer.clipping {
    case .globalNorm(let limit): settings.steering.clipNorm = limit
    case .norm(let limit): words.append("gradients' norms up to \(limit)")
    case .value(let limit): words.append("gradients up to \(limit)")
    case nil: break
    }
    // Those that remember something decide about what comes.
    for callback in trainer.callbacks where !callback.state.numbers.isEmpty || !callback.state.tensors.isEmpty {
      words.append(callback.name)
    }
    settings.steering.own = words.isEmpty ? nil : words.joined(separator: ", ")
    record.settings = settings
  }
}

extension RunSettings.Objective {
  /// - Parameter steps: of an epoch
  init(_ objective: any LatentVAE.Objective, likelihood: LikelihoodKind, stepsPerEpoch steps: Int) {
    let record = objective.record
    loss = likelihood
    for number in record.kind.numbers {
      guard let value = record[number.name] else { continue }
      let said = number.isTime ? value / Double(steps) : value
      if number.values.contains(said) { numbers[number.name] = said }
    }
  }
}
