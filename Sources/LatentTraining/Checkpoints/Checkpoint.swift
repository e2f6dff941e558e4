import Latent
import LatentData

/// How far a run is.
public struct TrainingProgress: Sendable {
  /// The epoch that is going on, or is next: 1 for the first.
  public var epoch = 1
  /// Steps of it that are done.
  public var step = 0
  /// All finished epochs.
  public var history = History() { didSet { archive = nil } }
  /// ``history`` as a checkpoint holds it; nil where that is to be made anew. Each epoch adds to it, so that a checkpoint
  /// does not cost more the more epochs there were.
  private var archive: HistoryArchive?
  /// The losses of the epoch's steps so far.
  var sums = LossSums()
  /// Seconds that they took.
  var seconds = 0.0

  public init() {}

  /// The epoch is done: the next one begins.
  mutating func finish(_ record: EpochRecord) {
    (epoch, step, sums, seconds) = (epoch + 1, 0, LossSums(), 0)
    // Taken out, so that it is not copied.
    var archive = self.archive ?? HistoryArchive(history)
    self.archive = nil
    history.append(record)
    archive.append(record)
    self.archive = archive
  }

  /// What a checkpoint holds of ``history``.
  var archivedHistory: HistoryArchive { archive ?? HistoryArchive(history) }
}

/// The whole state of a training run between two steps. A run that goes on from it ends with the same bits as one that
/// was never interrupted.
///
/// The order of the examples and all noise are functions of the trainer's seed, the epoch and the step, so there is no
/// state of a random generator to keep.
public struct Checkpoint: Sendable {
  /// How far the run is.
  public var progress: TrainingProgress
  /// The model's parameters and buffers, by their paths.
  public var tensors: [(path: String, value: Tensor)]
  /// What the optimizer has learned.
  public var optimizer: OptimizerState
  /// The optimizer's rate.
  public var learningRate: Double
  /// Those of a step's named losses (``Trainer/optimizers``).
  public var optimizers: [String: NamedState]
  /// Steps that the run has taken.
  public var steps: Int
  /// The averaged weights, where the trainer follows them.
  public var weightAverage: OptimizerState?
  /// What each callback remembers, by its name.
  public var callbacks: [String: CallbackState]
  /// What the run depends on: batch size, shards, seed and number of examples, and whatever the program adds. A run that
  /// differs in one of these does not go on from here.
  public var settings: [String: String]
  /// What the program wants to know when it goes on; nothing depends on it.
  public var notes: [String: String]

  /// Parts that its run cut batches into; nil where it does not say.
  var shards: Int? { settings["shards"].flatMap { Int($0) } }

  /// What is kept of an optimizer that has a name.
  public struct NamedState: Sendable {
    /// What it has learned.
    public var state: OptimizerState
    /// Its rate.
    public var learningRate: Double
  }
}

extension Trainer {
  /// What the results of a run depend on beside model, optimizer and data.
  func settings<M: Module, D: TrainingData>(of work: Work<M, D>) -> [String: String] {
    // Precision.full and batches in one part go without saying, as in checkpoints of before there was another.
    var special: [String: String] = [:]
    if precision != .full { special["precision"] = "\(precision)" }
    if validatesAverage { special["validates_average"] = "true" }
    if accumulating > 1 { special["accumulate"] = "\(accumulating)" }
    // A program says what it was asked for, such as batches of more examples than there are, before what follows from
    // it; but a number of shards may have been taken down before a first loss chose it.
    special["shards"] = "\(parallel.shards)"
    return (checkpoints?.settings ?? [:]).merging(special) { $1 }.merging([
      "batch_size": "\(batchSize)", "seed": "\(seed)", "examples": "\(work.training.count)",
      "validation_examples": "\(work.validation?.count ?? 0)",
    ]) { asked, _ in asked }
  }

  /// Takes over what a checkpoint holds.
  ///
  /// - Throws: ``TrainingError/checkpoint(reason:)``; nothing has changed then.
  mutating func restore(
    _ checkpoint: Checkpoint, _ model: inout some Module, layout: ParameterLayout, steps: Int,
    settings: [String: String], takesOneLoss: Bool
  ) throws(TrainingError) {
    for key in Set(settings.keys).union(checkpoint.settings.keys).sorted() {
      let (then, now) = (checkpoint.settings[key], settings[key])
      if then != now { throw .checkpoint(reason: "\(key) was \(then ?? "not set") and is \(now ?? "not set") now") }
    }
    // A callback may have nothing to remember before its first event.
    let names = remembering.map { callbacks[$0].name }
    let found = Set(checkpoint.callbacks.keys)
    guard found.isSuperset(of: names), found.isSubset(of: callbacks.map(\.name)) else {
      throw .checkpoint(reason: "it has the callbacks \(checkpoint.callbacks.keys.sorted()), not \(names.sorted())")
    }
    guard (checkpoint.weightAverage == nil) == (weightAverage == nil) else {
      throw .checkpoint(reason: "averaged weights are in one of checkpoint and trainer only")
    }
    guard checkpoint.progress.step <= steps else {
      throw .checkpoint(reason: "it has done \(checkpoint.progress.step) steps of an epoch, which has \(steps)")
    }
    let problem =
      optimizer.problem(with: checkpoint.optimizer, for: layout)
      ?? checkpoint.weightAverage?.problem(["average"], for: ParameterLayout(of: model))
    if let problem { throw .checkpoint(reason: problem) }
    for index in remembering {
      let state = checkpoint.callbacks[callbacks[index].name]!
      if let problem = callbacks[index].problem(with: state, for: model) { throw .checkpoint(reason: problem) }
    }
    if takesOneLoss, !checkpoint.optimizers.isEmpty {
      throw .checkpoint(
        reason: "it is of steps of several losses, \(checkpoint.optimizers.keys.sorted()), and this fit has one loss")
    }
    try checkpoint.load(into: &model)
    now.optimizer.state = checkpoint.optimizer
    now.optimizer.learningRate = checkpoint.learningRate
    now.steps = checkpoint.steps
    for (name, saved) in checkpoint.optimizers {
      var optimizer = now.optimizer(named: name)
      (optimizer.state, optimizer.learningRate) = (saved.state, saved.learningRate)
      now.optimizers[name] = optimizer
      now.unchecked.insert(name)
    }
    if let average = checkpoint.weightAverage { now.weightAverage?.state = average }
    for index in now.callbacks.indices {
      if let state = checkpoint.callbacks[now.callbacks[index].name] { now.callbacks[index].state = state }
    }
  }

  /// The callbacks that have something to remember.
  var remembering: [Int] { callbacks.indices.filter { !callbacks[$0].state.isEmpty } }

  /// The run's state now.
  func checkpoint(_ progress: TrainingProgress, _ model: some Module, settings: [String: String]) -> Checkpoint {
    Checkpoint(
      progress: progress, tensors: model.tensors, optimizer: optimizer.state, learningRate: optimizer.learningRate,
      optimizers: now.optimizers.compactMapValues {
        $0.step > 0 ? Checkpoint.NamedState(state: $0.state, learningRate: $0.learningRate) : nil
      }, steps: now.steps,
      weightAverage: weightAverage?.state,
      callbacks: Dictionary(remembering.map { (callbacks[$0].name, callbacks[$0].state) }) { $1 }, settings: settings,
      notes: checkpoints?.notes ?? [:])
  }
}
