/// What a trainer tells while it works.
public enum TrainingEvent: Sendable {
  /// Training starts or goes on, with so many examples for training and validation, and so many steps in each epoch.
  case started(trainingExamples: Int, validationExamples: Int, stepsPerEpoch: Int)
  /// A training step is done.
  case stepFinished(StepRecord)
  /// An epoch's training part is done and its validation part starts.
  case validationStarted(epoch: Int)
  /// An epoch is done.
  case epochFinished(EpochRecord)
  /// A checkpoint is on the disk.
  case checkpointWritten(path: String)
  /// A checkpoint could not be written: training goes on, and the older ones are as they were.
  case checkpointFailed(reason: String)
  /// Training ends before its last epoch, as a callback wanted.
  case stopped(reason: String)

  /// Whether training can end after it.
  var mayStop: Bool {
    switch self {
    case .started, .stepFinished, .epochFinished: true
    case .validationStarted, .checkpointWritten, .checkpointFailed, .stopped: false
    }
  }
}

/// One training step.
public struct StepRecord: Sendable {
  /// 1 for the first.
  public let epoch: Int
  /// 1 for the first of the epoch.
  public let step: Int
  /// Steps of each epoch.
  public let stepsPerEpoch: Int
  /// Those of this step's batch alone, with the weights that the step began with; nats per example.
  public let batchLosses: Losses
  /// The running mean: over all examples of the epoch so far, each with the weights it met; nats per example. After the
  /// epoch's last step it is ``EpochRecord/training``.
  public let runningLosses: Losses
  /// The Euclidean norm of the batch's gradient, of all parameters together, before it was clipped; frozen ones do not count.
  public let gradientNorm: Double
  /// Examples trained on so far in this epoch.
  public let examples: Int
  /// Seconds since the epoch began.
  public let seconds: Double
  /// That of this step.
  public let learningRate: Double
}

/// Why training stopped before its end.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// A loss became infinite or NaN. `layer` is the first one with such a result, where it could be found.
  case nonFiniteLoss(epoch: Int, step: Int, layer: String?)
  /// A weight is infinite or NaN after an epoch's last step; `path` is the first parameter with one.
  case nonFiniteWeights(epoch: Int, path: String)
  /// The checkpoint to continue from is of another model, optimizer or data set.
  case checkpoint(reason: String)
  /// Several processes train, and one has other weights than process 0 after an epoch.
  case processesDiffer(epoch: Int, process: Int)

  /// One line that says where and what to try.
  public var description: String {
    switch self {
    case .nonFiniteLoss(let epoch, let step, let layer):
      let place = layer.map { "; the first result that is not finite: \($0)" } ?? ""
      return "the loss is not finite at epoch \(epoch), step \(step)\(place); try a lower learning rate"
    case .nonFiniteWeights(let epoch, let path):
      return "the weights \(path) are not finite at the end of epoch \(epoch); try a lower learning rate"
    case .processesDiffer(let epoch, let process):
      return
        "process \(process) has other weights than process 0 after epoch \(epoch): the loss or a callback depends on the "
        + "process, or their processors compute differently"
    case .checkpoint(let reason): return "the checkpoint does not fit: \(reason)"
    }
  }
}
