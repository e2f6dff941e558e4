import Latent

/// Lowers the learning rate after epochs that did not improve the validation loss, or the training loss where nothing is
/// kept for validation: the ``EpochRecord/monitored``. Each fit begins with the plateau and the rate as they were given.
extension ReduceOnPlateau: TrainingCallback {
  public var setsLearningRate: Bool { true }

  public var state: CallbackState {
    get { CallbackState(numbers: ["best": best, "wait": Double(wait), "coolingDown": Double(coolingDown)]) }
    set {
      resume(
        best: newValue.numbers["best"] ?? .infinity, wait: newValue.count("wait"),
        coolingDown: newValue.count("coolingDown"))
    }
  }

  public mutating func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {
    guard case .epochFinished(let record) = event else { return }
    run.learningRate = rate(run.learningRate, after: record.monitored)
  }
}

/// Keeps the weights of the epoch with the lowest validation loss (training loss where nothing is kept for validation):
/// the lowest ``EpochRecord/monitored``.
public struct BestWeights: TrainingCallback {
  /// The epoch; 0 before the first.
  public private(set) var epoch = 0
  /// Its loss.
  public private(set) var loss = Double.infinity
  private let save: @Sendable (_ epoch: Int, _ tensors: [(path: String, value: Tensor)]) -> Void

  /// - Parameter save: called with the model's tensors after each epoch that is better than all before
  public init(_ save: @escaping @Sendable (_ epoch: Int, _ tensors: [(path: String, value: Tensor)]) -> Void) {
    self.save = save
  }

  public var state: CallbackState {
    get { CallbackState(numbers: ["epoch": Double(epoch), "loss": loss]) }
    set { (epoch, loss) = (newValue.count("epoch"), newValue.numbers["loss"] ?? .infinity) }
  }

  public mutating func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {
    guard case .epochFinished(let record) = event, record.monitored < loss else { return }
    (epoch, loss) = (record.epoch, record.monitored)
    save(record.epoch, run.tensors)
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
    require(seconds > 0, "TimeLimit: \(seconds) seconds")
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
