import Latent

/// Lowers the learning rate after epochs that did not improve the validation loss, or the training loss where nothing is
/// kept for validation: the ``EpochRecord/monitored``. It goes by another loss or metric where it is told to. Each fit begins
/// with the plateau and the rate as they were given.
extension ReduceOnPlateau: TrainingCallback {
  public var setsLearningRate: Bool { true }

  public var name: String { monitor.name(of: "ReduceOnPlateau") }

  public var state: CallbackState {
    get { CallbackState(numbers: ["best": best, "wait": Double(wait), "coolingDown": Double(coolingDown)]) }
    set {
      resume(
        best: newValue.numbers["best"] ?? monitor.worst, wait: newValue.count("wait"),
        coolingDown: newValue.count("coolingDown"))
    }
  }

  public mutating func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {
    switch event {
    case .started(_, let validationExamples, _): monitor.check(name, run, validationExamples)
    case .epochFinished(let record):
      run.learningRate = rate(run.learningRate, after: monitor.value(of: record, for: name))
    case .stepFinished, .validationStarted, .checkpointWritten, .checkpointFailed, .stopped: break
    }
  }
}

/// Keeps the weights of the epoch with the lowest validation loss (training loss where nothing is kept for validation):
/// the lowest ``EpochRecord/monitored``, or the best value of another loss or metric.
///
///     BestWeights(monitor: "accuracy", .max) { epoch, tensors in ... }
public struct BestWeights: TrainingCallback {
  /// What it goes by.
  public let monitor: Monitor
  /// The epoch; 0 before the first.
  public private(set) var epoch = 0
  /// What it came to; ``Latent/Monitor/worst`` before the first.
  public private(set) var value: Double
  private let save: @Sendable (_ epoch: Int, _ tensors: [(path: String, value: Tensor)]) -> Void

  /// Of the lowest validation loss.
  ///
  /// - Parameter save: called with the model's tensors after each epoch that is better than all before
  public init(_ save: @escaping @Sendable (_ epoch: Int, _ tensors: [(path: String, value: Tensor)]) -> Void) {
    self.init(Monitor(), save)
  }

  /// Of the best value of another loss or metric.
  ///
  /// - Parameters:
  ///   - monitor: the name of what epochs are judged by (``EpochRecord/values``)
  ///   - goal: which way is better
  ///   - save: called with the model's tensors after each epoch that is better than all before
  public init(
    monitor: String, _ goal: Goal = .min,
    _ save: @escaping @Sendable (_ epoch: Int, _ tensors: [(path: String, value: Tensor)]) -> Void
  ) {
    self.init(Monitor(monitor, goal), save)
  }

  private init(
    _ monitor: Monitor, _ save: @escaping @Sendable (_ epoch: Int, _ tensors: [(path: String, value: Tensor)]) -> Void
  ) {
    (self.monitor, self.save) = (monitor, save)
    value = monitor.worst
  }

  public var name: String { monitor.name(of: "BestWeights") }

  public var state: CallbackState {
    get { CallbackState(numbers: ["epoch": Double(epoch), "loss": value]) }
    set { (epoch, value) = (newValue.count("epoch"), newValue.numbers["loss"] ?? monitor.worst) }
  }

  public mutating func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {
    switch event {
    case .started(_, let validationExamples, _): monitor.check(name, run, validationExamples)
    case .epochFinished(let record):
      let value = monitor.value(of: record, for: name)
      guard monitor.isBetter(value, than: self.value) else { return }
      (epoch, self.value) = (record.epoch, value)
      save(record.epoch, run.tensors)
    case .stepFinished, .validationStarted, .checkpointWritten, .checkpointFailed, .stopped: break
    }
  }
}

/// Stops after the first step that ends later than so many seconds after training started or went on.
public struct TimeLimit: TrainingCallback {
  /// From the start, or from where the run goes on.
  public let seconds: Double
  /// What it stops with.
  public var reason: String { "the time limit of \(seconds) s is reached" }
  private var deadline: Double?

  public init(seconds: Double) {
    require(seconds > 0, "TimeLimit: \(seconds) seconds; they must be positive")
    self.seconds = seconds
  }

  public mutating func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {
    switch event {
    case .started: deadline = monotonicSeconds() + seconds
    case .stepFinished, .epochFinished:
      if let deadline, monotonicSeconds() >= deadline { run.stop(reason) }
    case .validationStarted, .checkpointWritten, .checkpointFailed, .stopped: break
    }
  }
}

/// A callback that is a function.
public struct OnEvent: TrainingCallback {
  private let body: @Sendable (TrainingEvent, inout TrainingRun) -> Void

  /// - Parameter body: called with each event, on the thread that trains
  public init(_ body: @escaping @Sendable (_ event: TrainingEvent, _ run: inout TrainingRun) -> Void) {
    self.body = body
  }

  public mutating func hear(_ event: TrainingEvent, _ run: inout TrainingRun) { body(event, &run) }
}

/// A callback that is a function of the model after each epoch.
///
///     trainer.callbacks.append(
///       OnEpochEnd { (model: Classifier, record, run) in print(record.epoch, model.temperature.value.scalar) })
///
/// Whoever keeps the model costs the next step a copy of it. A run of a model of another type stops with both names.
public struct OnEpochEnd<M: Module>: TrainingCallback {
  private let body: @Sendable (M, EpochRecord, inout TrainingRun) -> Void

  /// - Parameter body: called on the thread that trains; may steer the run
  public init(_ body: @escaping @Sendable (_ model: M, _ record: EpochRecord, _ run: inout TrainingRun) -> Void) {
    self.body = body
  }

  public mutating func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {
    if case .epochFinished(let record) = event { body(run.model(), record, &run) }
  }
}
