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
  /// Applied to the gradients of the whole batch, before the optimizer.
  public var clipping: GradientClipping?
  /// Follows the weights after each step.
  public var weightAverage: ExponentialMovingAverage?
  /// Followers of the run, which may steer it; see ``TrainingCallback``.
  public var callbacks: [any TrainingCallback] = []
  /// Where checkpoints go; nil writes none.
  public var checkpoints: CheckpointFolder?
  /// Why the last run ended before its last epoch; nil where it did not.
  public internal(set) var stopReason: String?
  /// Examples in a batch; the last batch of an epoch holds what is left.
  public let batchSize: Int
  /// Seeds the order of the images and the noise.
  public let seed: UInt64
  /// The workers; also says how much memory they use.
  public let parallel: DataParallel
  /// Hears where the time of ``fit(_:to:validation:epochs:resuming:onEvent:)`` goes, layer by layer and thread by thread.
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
  ///   - checkpoint: the state of an earlier run to go on from; its epochs count among `epochs`
  ///   - onEvent: hears what happens
  /// - Throws: ``TrainingError`` when a loss or a weight is not finite; `model`, ``optimizer`` and ``weightAverage`` are
  ///   then as they were at the end of the last finished epoch, or when training started or went on. Also when the
  ///   checkpoint does not fit.
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

  /// Trains any module, by a loss that stands beside it.
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
    require(
      schedule == nil || !callbacks.contains { $0 is ReduceOnPlateau },
      "fit: a schedule and a plateau would both set the learning rate")
    let names = remembering.map { callbacks[$0].name }
    require(Set(names).count == names.count, "fit: two callbacks have one name: \(names)")
    let work = Work(
      training: training, validation: validation.flatMap { $0.count > 0 ? $0 : nil }, key: RandomKey(seed: seed),
      layout: ParameterLayout(of: model), steps: stepsPerEpoch(training),
      settings: settings(examples: training.count, validationExamples: validation?.count ?? 0), loss: loss)
    var progress = TrainingProgress()
    if let checkpoint {
      try restore(checkpoint, &model, layout: work.layout, steps: work.steps, settings: work.settings)
      progress = checkpoint.progress
    }
    parallel.pool.profiler = profiler
    profiler?.start(threads: parallel.pool.threads)
    defer {
      profiler?.stop()
      parallel.pool.profiler = nil
    }
    return try run(work, &model, progress, epochs: epochs, onEvent: onEvent)
  }

  /// Steps of an epoch; the last one may be of a smaller batch.
  public func stepsPerEpoch(_ data: some TrainingData) -> Int { (data.count + batchSize - 1) / batchSize }
}
