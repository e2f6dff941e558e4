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
    /// Of losses that have names.
    var optimizers: [String: any Optimizer] = [:]
    /// Steps of all epochs.
    var steps: Int
    /// The names whose optimizers were given, and have their own rates.
    var own: Set<String> = []
    /// The names whose optimizers are as a checkpoint has them, for parameters that are not known yet.
    var unchecked: Set<String> = []
    /// What each loss is for, and the layout of that while it holds.
    var layouts: [String: (part: AnyKeyPath, layout: ParameterLayout)] = [:]

    /// What stands for the name of a loss that all parameters learn by.
    static var whole: String { "" }

    init(optimizer: O) { (self.optimizer, steps) = (optimizer, optimizer.step) }

    /// The one of this name, or one that is as the trainer's was before its first step.
    func optimizer(named name: String) -> any Optimizer {
      if let found = optimizers[name] { return found }
      var new = optimizer
      new.state = OptimizerState()
      return new
    }
  }

  /// What each fit begins with.
  var given: Changing
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
  /// Those of the losses that have names (``TrainingStep/minimize(_:of:_:)``), by these. A loss that has none here gets a copy of
  /// ``optimizer``, with moments of its own and the rate of ``optimizer``; one that has, keeps its own rate, which schedules and
  /// callbacks don't touch. Their parameter groups go by the paths in the part that learns. Each fit begins with them as they
  /// were given.
  ///
  ///     trainer.optimizers["critic"] = Adam(learningRate: 4e-4, beta1: 0)
  public var optimizers: [String: any Optimizer] {
    get { now.optimizers }
    _modify {
      defer { now.optimizers = given.optimizers }
      yield &given.optimizers
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
  /// Whether an epoch is judged with ``weightAverage``'s weights: the losses of validation and all metrics are those of the averaged
  /// model, callbacks see it when an epoch is finished, and ``EarlyStopping`` and ``BestWeights`` keep it, with which the fit then
  /// ends. Losses of training, and the weights that the next step changes, are the model's own. Buffers, such as batch
  /// normalisation's averages, are the model's in both.
  public var validatesAverage = false
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
  /// Steps of the last fit, of those that it went on from too.
  package var steps: Int { now.steps }
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
      (1...batchSize).contains(accumulating),
      "Trainer: accumulating \(accumulating) parts of a batch of \(batchSize)"
        + "; there must be from 1 to as many as examples")
    given = Changing(optimizer: optimizer)
    now = given
    self.batchSize = batchSize
    self.accumulating = accumulating
    self.seed = seed
    parallel =
      shards.map { DataParallel(threads: threads ?? Machine.cores, shards: $0, precision: precision, sum: sum) }
      ?? DataParallel(batchSize: batchSize / accumulating, threads: threads, precision: precision, sum: sum)
  }

  /// Steps of an epoch; the last one may be of a smaller batch.
  public func stepsPerEpoch(_ data: some TrainingData) -> Int { (data.count + batchSize - 1) / batchSize }
}
