import Latent

/// Stops when the validation loss (the training loss where nothing is kept for validation) has not improved for a while,
/// as Keras's callback of the name does. It goes by ``EpochRecord/monitored``, or by another loss or metric:
///
///     EarlyStopping(patience: 5)
///     EarlyStopping(monitor: "accuracy", .max, patience: 5)
///
/// Whatever ends the fit, the model then has the weights of its best epoch. Checkpoints have the weights as they were: a
/// run that goes on from one, to more epochs say, ends with the bits of a run that never stopped. One that has run out of
/// patience already stops at once.
public struct EarlyStopping: TrainingCallback {
  /// Epochs in a row without an improvement that end training.
  public let patience: Int
  /// What it goes by.
  public let monitor: Monitor
  /// How much better a value must be to count as an improvement.
  public let minimumChange: Double
  /// Whether the model gets the weights of its best epoch back at the end of the fit.
  public let restoresBest: Bool
  /// The epoch after which there was no improvement; 0 before the first, and where a checkpoint of an earlier version does
  /// not say.
  public private(set) var bestEpoch = 0
  /// What it came to; ``Latent/Monitor/worst`` before the first.
  public private(set) var bestValue: Double
  private var wait = 0
  private var weights: [String: Tensor] = [:]

  /// - Parameters:
  ///   - monitor: the name of what epochs are judged by (``EpochRecord/values``); the validation loss where left out. One that
  ///     no epoch has stops the process, with the names that there are.
  ///   - goal: which way is better
  public init(
    monitor: String? = nil, _ goal: Goal = .min, patience: Int, minimumChange: Double = 0, restoresBest: Bool = true
  ) {
    require(
      patience >= 1 && minimumChange >= 0,
      "EarlyStopping: patience \(patience), minimum change \(minimumChange); at least 1 and 0")
    self.monitor = Monitor(monitor, goal)
    bestValue = self.monitor.worst
    self.patience = patience
    self.minimumChange = minimumChange
    self.restoresBest = restoresBest
  }

  /// Says what it goes by, where that is not the loss: two that go by different values are two callbacks, also in
  /// checkpoints.
  public var name: String { monitor.name(of: "EarlyStopping") }

  public var state: CallbackState {
    get {
      CallbackState(numbers: ["best": bestValue, "epoch": Double(bestEpoch), "wait": Double(wait)], tensors: weights)
    }
    set {
      bestValue = newValue.numbers["best"] ?? monitor.worst
      bestEpoch = newValue.count("epoch")
      wait = newValue.count("wait")
      weights = newValue.tensors
    }
  }

  public var restoredEpoch: (epoch: Int, value: Double)? {
    restoresBest && bestValue != monitor.worst ? (bestEpoch, bestValue) : nil
  }

  /// Whether the best epoch's weights are the model's.
  public func problem(with state: CallbackState, for model: some Module) -> String? {
    if state.tensors.isEmpty { return nil }
    var trial = model
    do throws(ModelStateError) { try trial.load(state.tensors) } catch { return error.description }
    return nil
  }

  public mutating func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {
    switch event {
    case .started(_, let validationExamples, _): monitor.check(name, run, validationExamples)
    case .epochFinished(let record):
      let value = monitor.value(of: record, for: name)
      if monitor.isBetter(value, than: bestValue, by: minimumChange) {
        (bestEpoch, bestValue, wait) = (record.epoch, value, 0)
        if restoresBest { weights = Dictionary(uniqueKeysWithValues: run.tensors.map { ($0.path, $0.value) }) }
      } else {
        wait += 1
      }
    case .stepFinished, .validationStarted, .checkpointWritten, .checkpointFailed, .stopped: return
    }
    if wait >= patience { run.stop("no improvement for \(wait) \(wait == 1 ? "epoch" : "epochs")") }
  }

  public func end(_ run: inout TrainingRun) {
    if !weights.isEmpty { run.replacement = weights }
  }
}
