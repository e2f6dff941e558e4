import Latent
import LatentData
import LatentFiles

/// Fits any model to any data.
///
///     var trainer = Trainer(optimizer: Adam(learningRate: 1e-3), batchSize: 256)
///     let history = try trainer.fit(&model, to: images, epochs: 30, validationSplit: 0.3)
///
/// The same seed and number of shards give the same bits, whatever the number of threads.
///
/// A trainer may fit one model after another, as in cross-validation: each fit begins with ``optimizer``,
/// ``weightAverage`` and ``callbacks`` as they were given, and with nothing of the fits before, its first epoch is 1, and
/// its order of examples and its noise are those of every first epoch. After a fit the three are as it left them, to be
/// read. Whoever changes one changes what was given. To go on with what a fit has learned, resume from a checkpoint,
/// which gives the bits of a run that never stopped; or give the optimizer back to begin anew with its moments, its count
/// of steps and its rate:
///
///     let learned = trainer.optimizer
///     trainer.optimizer = learned
public struct Trainer<O: Optimizer> {
  /// What a fit changes.
  struct Changing {
    var optimizer: O
    var weightAverage: ExponentialMovingAverage?
    var callbacks: [any TrainingCallback] = []
  }

  /// What each fit begins with.
  private var given: Changing
  /// What the fit that runs, or the last one, has made of it.
  var now: Changing

  /// Its settings, and after a fit what it has learned from the steps. Each fit begins with the optimizer as it was given.
  public var optimizer: O {
    get { now.optimizer }
    _modify {
      defer { now.optimizer = given.optimizer }
      yield &given.optimizer
    }
  }
  /// Sets the optimizer's learning rate before each step, by the steps that it has taken. It remembers nothing.
  public var schedule: LearningRateSchedule?
  /// Applied to the gradients of the whole batch, before the optimizer. It remembers nothing.
  public var clipping: GradientClipping?
  /// Follows the weights after each step. Each fit begins with the average as it was given.
  public var weightAverage: ExponentialMovingAverage? {
    get { now.weightAverage }
    _modify {
      defer { now.weightAverage = given.weightAverage }
      yield &given.weightAverage
    }
  }
  /// Followers of the run, which may steer it; see ``TrainingCallback``. Each fit begins with the callbacks as they were
  /// given; those that are classes hear ``TrainingEvent/started(trainingExamples:validationExamples:stepsPerEpoch:)``.
  ///
  ///     trainer.callbacks[0].restoredEpoch  // of the last fit, by early stopping
  public var callbacks: [any TrainingCallback] {
    get { now.callbacks }
    _modify {
      defer { now.callbacks = given.callbacks }
      yield &given.callbacks
    }
  }
  /// What is made of the model after each epoch, in the order of ``EpochRecord/metrics``; see ``metric(_:_:)-(_,(M,D)->Double)``.
  public var metrics: [Metric] = []
  /// Where checkpoints go; nil writes none. Those of a fit before, in the same folder, go when the first is written.
  public var checkpoints: CheckpointFolder?
  /// Why the last fit ended before its last epoch; nil where it did not.
  public internal(set) var stopReason: String?
  /// Where the fit that runs went on; nil where it began anew.
  var resumedAt: (epoch: Int, step: Int)?
  /// Examples in a batch; the last batch of an epoch holds what is left.
  public let batchSize: Int
  /// Parts that a batch is computed in, one after the other.
  public let accumulating: Int
  /// Seeds the order of the images and the noise.
  public let seed: UInt64
  /// What products of matrices multiply, in training and in validation.
  public var precision: Precision { parallel.precision }
  /// The workers; also says how much memory they use.
  public let parallel: DataParallel
  /// Hears where the time of ``fit(_:to:validation:epochs:resuming:onEvent:)`` goes, layer by layer and thread by thread,
  /// and adds up what several fits take. Of several processes all have one, or none has: they wait for each other before
  /// they exchange, so that waiting and communication have rows of their own.
  public var profiler: Profiler?

  /// - Parameters:
  ///   - batchSize: examples of a step, however they are computed
  ///   - accumulating: parts in which a batch is computed, one after the other, before the step: what a part needs is all that
  ///     is in memory. The gradients are those of the batch but for rounding; the same number gives the same bits. Batch
  ///     normalisation and losses of a batch's mean see a part.
  ///   - threads: worker threads; all cores that the process may use where left out
  ///   - shards: parts that a batch is cut into; where left out, each fit takes what follows from the batch and the model
  ///     (``DataParallel/defaultShards(batchSize:work:)``), or what the checkpoint that it goes on from was made with
  ///   - precision: what products of matrices multiply: with ``LatentKernels/Precision/mixed``, for float32 models,
  ///     training takes about half the time on processors with AVX512_BF16, and losses need no scaling
  ///   - sum: adds up the shards' gradients, of other processes too
  public init(
    optimizer: O, batchSize: Int = 256, accumulating: Int = 1, seed: UInt64 = 0, threads: Int? = nil,
    shards: Int? = nil,
    precision: Precision = .full, sum: any GradientSum = TreeSum()
  ) {
    require(batchSize >= 1, "Trainer: batch size \(batchSize); at least 1 is needed")
    require(
      (1...batchSize).contains(accumulating), "Trainer: accumulating \(accumulating) parts of a batch of \(batchSize)")
    given = Changing(optimizer: optimizer)
    now = given
    self.batchSize = batchSize
    self.accumulating = accumulating
    self.seed = seed
    parallel =
      shards.map { DataParallel(threads: threads ?? Machine.cores, shards: $0, precision: precision, sum: sum) }
      ?? DataParallel(batchSize: batchSize / accumulating, threads: threads, precision: precision, sum: sum)
  }

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
    require(training.count > 0, "fit: no examples to train on")
    checkMetrics(of: model, on: training)
    settleShards(for: model, on: training, resuming: checkpoint, loss)
    let layout = ParameterLayout(of: model, groups: optimizer.groups)
    require(
      precision == .full || layout.element == .float32,
      "fit: a \(layout.element) model; products of bfloat16 are for float32")
    let work = Work(
      training: training, validation: validation.flatMap { $0.count > 0 ? $0 : nil }, key: RandomKey(seed: seed),
      layout: layout, steps: stepsPerEpoch(training),
      settings: settings(examples: training.count, validationExamples: validation?.count ?? 0), loss: loss)
    try begin(resuming: checkpoint, &model, work)
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
    resuming checkpoint: Checkpoint?, _ model: inout M, _ work: Work<M, D>
  ) throws(TrainingError) {
    let (before, stopReason) = (now, stopReason)
    (now, self.stopReason) = (given, nil)
    if schedule != nil, let callback = callbacks.first(where: \.setsLearningRate) {
      fatalError("fit: a schedule and the callback \(callback.name) would both set the learning rate")
    }
    let names = remembering.map { callbacks[$0].name }
    require(Set(names).count == names.count, "fit: two callbacks have one name: \(names)")
    guard let checkpoint else { return }
    do {
      try restore(checkpoint, &model, layout: work.layout, steps: work.steps, settings: work.settings)
    } catch {
      (now, self.stopReason) = (before, stopReason)
      throw error
    }
  }

  /// Steps of an epoch; the last one may be of a smaller batch.
  public func stepsPerEpoch(_ data: some TrainingData) -> Int { (data.count + batchSize - 1) / batchSize }
}
