/// The losses of an epoch's part, averaged over its examples.
public struct Losses: Sendable, Equatable {
  /// What is minimised, nats per example.
  public let total: Double
  /// Its named parts, in the model's order, nats per example.
  public let parts: [(name: String, value: Double)]

  public init(total: Double, parts: [(name: String, value: Double)]) {
    self.total = total
    self.parts = parts
  }

  /// The part with this name, such as `kl`.
  public subscript(name: String) -> Double? { parts.first { $0.name == name }?.value }

  public static func == (a: Losses, b: Losses) -> Bool {
    a.total == b.total && a.parts.elementsEqual(b.parts) { $0.name == $1.name && $0.value == $1.value }
  }
}

/// What one epoch came to.
public struct EpochRecord: Sendable, Equatable {
  /// 1 for the first.
  public let epoch: Int
  /// The mean over the epoch's batches, each with the weights it met.
  public let training: Losses
  /// With the weights at the epoch's end; nil without a validation part.
  public let validation: Losses?
  /// Wall-clock time of the training part.
  public let trainingSeconds: Double
  /// Wall-clock time of the validation part.
  public let validationSeconds: Double
  /// Examples trained on, per second of the training part.
  public let examplesPerSecond: Double
  /// That of the epoch's last step.
  public let learningRate: Double
  /// The ``WeightDigests`` of all weights and buffers at the epoch's end, in one: nil in histories of earlier versions.
  public let weightsDigest: UInt64?

  /// What early stopping and the like go by: the validation loss, or the training loss without a validation part.
  public var monitored: Double { (validation ?? training).total }
}

/// All epochs of a run.
public struct History: Sendable, Equatable {
  /// In order.
  public private(set) var epochs: [EpochRecord] = []

  public init() {}

  /// Adds an epoch at the end.
  public mutating func append(_ record: EpochRecord) { epochs.append(record) }

  /// Wall-clock time of all epochs, with their validation.
  package var seconds: Double { epochs.reduce(0) { $0 + $1.trainingSeconds + $1.validationSeconds } }

  /// The epoch with the lowest loss that is watched; nil where none is a number.
  package var best: EpochRecord? { epochs.filter { !$0.monitored.isNaN }.min { $0.monitored < $1.monitored } }

  /// The last finished epoch.
  public var last: EpochRecord? { epochs.last }
}
