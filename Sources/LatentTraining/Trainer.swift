import Latent
import LatentData

/// Fits any model to any data.
///
///     var trainer = Trainer(optimizer: Adam(learningRate: 1e-3), batchSize: 256)
///     let history = try trainer.fit(&model, to: images, epochs: 30, validationSplit: 0.3)
///
/// The same seed and number of shards give the same bits, whatever the number of threads.
public struct Trainer<O: Optimizer> {
  /// Its settings, and what it has learned from the steps so far.
  public var optimizer: O
  /// Sets the optimizer's learning rate before each step, by the steps that it has taken.
  public var schedule: LearningRateSchedule?
  /// Lowers the learning rate after epochs that did not improve the validation loss, or the training loss where nothing
  /// is kept for validation.
  public var plateau: ReduceOnPlateau?
  /// Applied to the gradients of the whole batch, before the optimizer.
  public var clipping: GradientClipping?
  /// Follows the weights after each step.
  public var weightAverage: ExponentialMovingAverage?
  /// Examples in a batch; the last batch of an epoch holds what is left.
  public let batchSize: Int
  /// Seeds the order of the images and the noise.
  public let seed: UInt64
  /// The workers; also says how much memory they use.
  public let parallel: DataParallel
  /// Hears where the time of ``fit(_:to:validation:epochs:onEvent:)`` goes, layer by layer and thread by thread.
  public var profiler: Profiler?

  /// - Parameters:
  ///   - threads: worker threads; all cores that the process may use where left out
  ///   - shards: parts that a batch is cut into; ``DataParallel/defaultShards(batchSize:)`` where left out
  public init(optimizer: O, batchSize: Int = 256, seed: UInt64 = 0, threads: Int? = nil, shards: Int? = nil) {
    require(batchSize >= 1, "Trainer: batch size \(batchSize); at least 1 is needed")
    let threads = threads ?? Machine.cores
    self.optimizer = optimizer
    self.batchSize = batchSize
    self.seed = seed
    parallel = DataParallel(threads: threads, shards: shards ?? DataParallel.defaultShards(batchSize: batchSize))
  }

  /// Trains a model on examples and validates it on others, if there are any.
  ///
  /// - Parameters:
  ///   - onEvent: hears what happens
  /// - Throws: ``TrainingError`` when a loss or a weight is not finite; `model`, ``optimizer`` and ``weightAverage`` are
  ///   then as they were at the end of the last finished epoch.
  @discardableResult
  public mutating func fit<M: TrainableModel, D: TrainingData>(
    _ model: inout M, to training: D, validation: D? = nil, epochs: Int, onEvent: (TrainingEvent) -> Void = { _ in }
  ) throws -> History where M.Batch == D.Batch {
    try fit(&model, to: training, validation: validation, epochs: epochs, onEvent: onEvent) { model, batch, tape in
      model.loss(batch, tape: tape)
    }
  }

  /// Trains a model on a data set, whose last part is kept for validation.
  ///
  /// - Parameter validationSplit: the fraction kept, in 0..<1; the LAST examples, as in Keras
  @discardableResult
  public mutating func fit<M: TrainableModel, D: SplittableData>(
    _ model: inout M, to data: D, epochs: Int, validationSplit: Double, onEvent: (TrainingEvent) -> Void = { _ in }
  ) throws -> History where M.Batch == D.Batch {
    let (training, validation) = data.split(validationFraction: validationSplit)
    return try fit(&model, to: training, validation: validation, epochs: epochs, onEvent: onEvent)
  }

  /// Trains any module, by a loss that stands beside it.
  ///
  ///     try trainer.fit(&model, to: TensorDataset(x, y), epochs: 10) { model, batch, tape in
  ///       LossTerms(total: squaredError(model(tape.constant(batch[0])), targets: batch[1]))
  ///     }
  ///
  /// - Parameters:
  ///   - onEvent: hears what happens
  ///   - loss: of a batch, averaged over its examples; called by all workers at the same time
  @discardableResult
  public mutating func fit<M: Module, D: TrainingData>(
    _ model: inout M, to training: D, validation: D? = nil, epochs: Int, onEvent: (TrainingEvent) -> Void = { _ in },
    loss: @escaping @Sendable (M, D.Batch, Tape) -> LossTerms
  ) throws -> History {
    require(training.count > 0, "fit: no examples to train on")
    require(schedule == nil || plateau == nil, "fit: a schedule and a plateau would both set the learning rate")
    let layout = ParameterLayout(of: model)
    let key = RandomKey(seed: seed)
    var history = History()
    parallel.pool.profiler = profiler
    profiler?.start(threads: parallel.pool.threads)
    defer {
      profiler?.stop()
      parallel.pool.profiler = nil
    }
    onEvent(
      .started(
        trainingExamples: training.count, validationExamples: validation?.count ?? 0,
        stepsPerEpoch: stepsPerEpoch(training)))
    for epoch in stride(from: 1, through: epochs, by: 1) {
      let (lastGood, lastOptimizer, lastAverage) = (model, optimizer, weightAverage)
      do {
        history.append(
          try run(epoch, &model, training, validation, key: key, layout: layout, onEvent: onEvent, loss: loss))
      } catch {
        (model, optimizer, weightAverage) = (lastGood, lastOptimizer, lastAverage)
        throw error
      }
      let record = history.epochs[history.epochs.count - 1]
      if let rate = plateau?.rate(optimizer.learningRate, after: (record.validation ?? record.training).total) {
        optimizer.learningRate = rate
      }
      onEvent(.epochFinished(record))
    }
    return history
  }

  /// Steps of an epoch; the last one may be of a smaller batch.
  public func stepsPerEpoch(_ data: some TrainingData) -> Int { (data.count + batchSize - 1) / batchSize }

  private mutating func run<M: Module, D: TrainingData>(
    _ epoch: Int, _ model: inout M, _ training: D, _ validation: D?, key: RandomKey, layout: ParameterLayout,
    onEvent: (TrainingEvent) -> Void, loss: @escaping DataParallel.Loss<M, D>
  ) throws -> EpochRecord {
    let start = monotonicSeconds()
    let order = key.child("shuffle").child(UInt64(epoch)).permutation(of: training.count)
    let noiseKey = key.child("noise").child(UInt64(epoch))
    let lane = profiler?.lane(0)
    lane.map { $0.mark($0.row("data and shuffle")) }
    let steps = stepsPerEpoch(training)
    var sums = LossSums()
    for step in 1...steps {
      let batch = order[(step - 1) * batchSize..<min(step * batchSize, order.count)]
      let result = trainStep(&model, on: training, batch, noiseKey: noiseKey, layout: layout, loss: loss)
      guard result.total.isFinite else {
        let layer = firstNonFinite(model, training, batch, noiseKey: noiseKey, layout: layout, loss: loss)
        throw TrainingError.nonFiniteLoss(epoch: epoch, step: step, layer: layer)
      }
      sums.add(result)
      let examples = (step - 1) * batchSize + batch.count
      onEvent(
        .stepFinished(
          StepRecord(
            epoch: epoch, step: step, stepsPerEpoch: steps, losses: sums.losses, examples: examples,
            seconds: monotonicSeconds() - start, learningRate: optimizer.learningRate)))
    }
    // The last step's weights have met no loss yet.
    if let path = model.parameters.first(where: { !$0.value.storage.isFinite() })?.path {
      throw TrainingError.nonFiniteWeights(epoch: epoch, path: path)
    }
    let trainingSeconds = monotonicSeconds() - start
    var validationLosses: Losses?
    if let validation, validation.count > 0 {
      onEvent(.validationStarted(epoch: epoch))
      let noiseKey = key.child("validation noise").child(UInt64(epoch))
      let sums = parallel.losses(
        of: model, on: validation, batchSize: batchSize, noiseKey: noiseKey, step: optimizer.step,
        element: layout.element, loss: loss)
      guard sums.total.isFinite else {
        throw TrainingError.nonFiniteLoss(epoch: epoch, step: steps, layer: "the validation loss")
      }
      validationLosses = sums.losses
    }
    return EpochRecord(
      epoch: epoch, training: sums.losses, validation: validationLosses,
      trainingSeconds: trainingSeconds, validationSeconds: monotonicSeconds() - start - trainingSeconds,
      examplesPerSecond: Double(training.count) / trainingSeconds, learningRate: optimizer.learningRate)
  }

  /// One step: gradients of all shards, their sum, clipped, the optimizer's update. Returns the batch's summed losses.
  private mutating func trainStep<M: Module, D: TrainingData>(
    _ model: inout M, on data: D, _ batch: ArraySlice<Int>, noiseKey: RandomKey, layout: ParameterLayout,
    loss: @escaping DataParallel.Loss<M, D>
  ) -> LossSums {
    var (sums, gradients) = parallel.gradients(
      of: model, on: data, batch, noiseKey: noiseKey, step: optimizer.step, layout: layout, loss: loss)
    guard sums.total.isFinite else { return sums }
    let pool = parallel.pool
    clipping?.clip(&gradients, groups: optimizer.groups, pool: pool)
    if let schedule { optimizer.learningRate = schedule(optimizer.step) }
    optimizer.update(&model, along: gradients, pool: pool)
    weightAverage?.update(with: model, pool: pool)
    return sums
  }

  /// Runs a batch once more to find the layer whose result is not finite.
  private func firstNonFinite<M: Module, D: TrainingData>(
    _ model: M, _ data: D, _ batch: ArraySlice<Int>, noiseKey: RandomKey, layout: ParameterLayout,
    loss: DataParallel.Loss<M, D>
  ) -> String? {
    let pass = Pass(isTraining: true, step: optimizer.step, key: noiseKey, examples: batch.map(UInt64.init))
    let tape = Tape(layout: layout, pass: pass, checksFinite: true)
    _ = loss(model, data.batch(batch, in: BatchContext(noiseKey: noiseKey, element: layout.element)), tape)
    return tape.firstNonFinite
  }
}
