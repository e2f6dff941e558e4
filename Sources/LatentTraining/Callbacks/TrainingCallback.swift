import Latent

/// Follows a training run, and may steer it: stops it, changes the learning rate, puts back earlier weights.
///
///     struct Printer: TrainingCallback {
///       mutating func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {
///         if case .epochFinished(let epoch) = event { print(epoch.training.total) }
///       }
///     }
///     trainer.callbacks = [EarlyStopping(patience: 5), Printer()]
///
/// One that looks at the model asks for it: `run.model(as: Classifier.self)`, or is an ``OnEpochEnd``.
///
/// Callbacks hear each event in their order, before a checkpoint is written: so a checkpoint holds what they remember.
///
/// Each fit begins with the callbacks as they were given to the trainer, so that a struct remembers nothing of a fit before
/// and needs to do nothing for that. A class is the same object in every fit: what it keeps for one it sets back when it
/// hears ``TrainingEvent/started(trainingExamples:validationExamples:stepsPerEpoch:)``.
public protocol TrainingCallback: Sendable {
  /// What its state is called in checkpoints: different for each callback of a trainer that has any.
  var name: String { get }
  /// What it must remember for a resumed run to go on with the same bits.
  var state: CallbackState { get set }
  /// Whether it sets the learning rate, which a schedule would set again.
  var setsLearningRate: Bool { get }
  /// The epoch whose weights the model gets back at the end of the fit, and the value that it was the best by (the loss
  /// ``EpochRecord/monitored``, unless something else is monitored); nil where it gets none back. Epoch 0 is one that is not
  /// known.
  var restoredEpoch: (epoch: Int, value: Double)? { get }

  /// Why it can't resume from this state with this model, in a few words; nil where it can.
  func problem(with state: CallbackState, for model: some Module) -> String?

  /// Called on the thread that trains, after each step and epoch.
  mutating func hear(_ event: TrainingEvent, _ run: inout TrainingRun)

  /// Called once when the fit is over, whatever ends it: its last epoch, a callback that stops it, or a loss that is not
  /// finite. The last checkpoint has been written: ``TrainingRun/replacement`` is what the model keeps, and a run that goes
  /// on from the checkpoint does not meet it.
  mutating func end(_ run: inout TrainingRun)
}

extension TrainingCallback {
  /// Does nothing.
  public mutating func end(_ run: inout TrainingRun) {}
  /// The type's name.
  public var name: String { "\(Self.self)" }
  /// It does not.
  public var setsLearningRate: Bool { false }
  /// None.
  public var restoredEpoch: (epoch: Int, value: Double)? { nil }
  /// Any state will do.
  public func problem(with state: CallbackState, for model: some Module) -> String? { nil }
  /// There is nothing to remember.
  public var state: CallbackState {
    get { CallbackState() }
    set {}
  }
}

/// What a callback remembers.
public struct CallbackState: Sendable {
  /// Numbers by their names.
  public var numbers: [String: Double]
  /// Tensors by their names.
  public var tensors: [String: Tensor]

  public init(numbers: [String: Double] = [:], tensors: [String: Tensor] = [:]) {
    self.numbers = numbers
    self.tensors = tensors
  }

  /// The number of this name where it is a count; 0 else.
  func count(_ name: String) -> Int {
    numbers[name].flatMap { Int(exactly: $0) }.flatMap { countable.contains($0) ? $0 : nil } ?? 0
  }

  var isEmpty: Bool { numbers.isEmpty && tensors.isEmpty }
}

/// What a callback sees of a run, and can do to it.
public struct TrainingRun {
  /// The rate of the next step; a schedule overrides it.
  public var learningRate: Double
  /// The epoch that the fit went on in and the steps of it that were done, where it was resumed; nil where it began anew.
  public let resumedAt: (epoch: Int, step: Int)?
  /// Why training is to end after this event; nil to go on.
  public private(set) var stopReason: String?
  /// Weights and buffers to go on with, by their paths; nil to keep the model's.
  public var replacement: [String: Tensor]?
  /// The names of the trainer's metrics.
  public let metrics: [String]
  /// Whether this is the process that prints and writes files, of several that train together.
  public let isFirst: Bool
  private let pool: WorkerPool
  private let snapshot: () -> any Module

  init(
    learningRate: Double, resumedAt: (epoch: Int, step: Int)?, metrics: [String], isFirst: Bool,
    pool: WorkerPool, snapshot: @escaping () -> any Module
  ) {
    self.learningRate = learningRate
    self.resumedAt = resumedAt
    self.metrics = metrics
    self.isFirst = isFirst
    self.pool = pool
    self.snapshot = snapshot
  }

  /// The model as it is now, of any type: its parameters, or a cast to what it may be. Whoever keeps it costs the next step a
  /// copy of the model.
  public var anyModel: any Module { snapshot() }

  /// The model as it is now. Whoever keeps it costs the next step a copy of the model.
  ///
  ///     let model = run.model(as: Classifier.self)
  ///
  /// A run of a model of another type stops with both names.
  public func model<M: Module>(as type: M.Type = M.self) -> M {
    let model = snapshot()
    guard let typed = model as? M else {
      fatalError("TrainingRun.model: the model that is trained is a \(Swift.type(of: model)), not a \(M.self)")
    }
    return typed
  }

  /// The model's parameters and buffers as they are now. Whoever keeps them costs the next step a copy of the model.
  public var tensors: [(path: String, value: Tensor)] { snapshot().tensors }

  /// The XXH64 of each of ``tensors``' bytes, in their order, made on all workers at some 15 GB/s for each.
  public var digests: [UInt64] { WeightDigests.digests(of: tensors.map(\.value), pool: pool) }

  /// Ends training after this event.
  ///
  /// - Parameter reason: for people: `no improvement for 5 epochs`
  public mutating func stop(_ reason: String) { stopReason = stopReason ?? reason }
}
