/// The losses of an epoch's part, averaged over its examples.
public struct Losses: Sendable, Equatable {
  /// What is minimised, nats per example.
  public let total: Double
  /// Its named parts, nats per example: each the mean over the examples of the batches that have it.
  public let parts: [(name: String, value: Double)]
  /// What early stopping and the like go by, nats per example: the total, but for a loss that says something else
  /// (``Latent/LossTerms/monitored``) because its total does not compare between epochs.
  public let monitored: Double

  /// - Parameter monitored: the total where left out
  public init(total: Double, parts: [(name: String, value: Double)], monitored: Double? = nil) {
    self.total = total
    self.parts = parts
    self.monitored = monitored ?? total
  }

  /// The part with this name, such as `kl`.
  public subscript(name: String) -> Double? { parts.first { $0.name == name }?.value }

  /// The same numbers under the same names, in any order.
  public static func == (a: Losses, b: Losses) -> Bool {
    a.total == b.total && a.monitored == b.monitored && a.parts.count == b.parts.count
      && a.parts.allSatisfy { b[$0.name] == $0.value }
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
  /// Wall-clock time of the validation part, and of the metrics.
  public let validationSeconds: Double
  /// Examples trained on, per second of the training part.
  public let examplesPerSecond: Double
  /// That of the epoch's last step.
  public let learningRate: Double
  /// The ``WeightDigests`` of all weights and buffers at the epoch's end, in one: nil in histories of earlier versions.
  public let weightsDigest: UInt64?
  /// What the trainer's metrics came to, with the weights at the epoch's end (``Trainer/metric(_:_:)-(_,(M,D)->Double)``).
  public internal(set) var metrics: [MetricValue] = []

  /// What early stopping and the like go by: ``Losses/monitored`` of the validation part, or of training without one. It
  /// compares between epochs.
  public var monitored: Double { (validation ?? training).monitored }
}

/// What a metric came to.
public struct MetricValue: Sendable, Equatable {
  /// For example `accuracy`.
  public let name: String
  /// In the metric's own unit; may be no number (NaN), where there is nothing to measure.
  public let value: Double

  public init(name: String, value: Double) { (self.name, self.value) = (name, value) }
}

extension EpochRecord {
  /// The losses and metrics under the names that they have in ``History/csv``: `train_loss`, `validation_kl`, `accuracy`.
  public var values: [(name: String, value: Double)] {
    func named(_ side: HistoryTable.Side, _ losses: Losses?) -> [(name: String, value: Double)] {
      losses?.named(total: "loss", besides: HistoryTable.others).map { (side.rawValue + "_" + $0.name, $0.value) } ?? []
    }
    return named(.training, training) + named(.validation, validation) + metrics.map { ($0.name, $0.value) }
  }

  /// One of ``values``; nil where there is none of the name.
  ///
  ///     history.last!["accuracy"]
  public subscript(name: String) -> Double? { values.first { $0.name == name }?.value }
}

/// All epochs of a run.
public struct History: Sendable, Equatable {
  /// In order.
  public private(set) var epochs: [EpochRecord] = []
  /// Wall-clock time of all epochs, with their validation.
  package private(set) var seconds = 0.0
  /// The first epoch with the lowest loss that is watched; nil where none is a number.
  package private(set) var best: EpochRecord?

  public init() {}

  /// Adds an epoch at the end.
  public mutating func append(_ record: EpochRecord) {
    epochs.append(record)
    seconds += record.trainingSeconds + record.validationSeconds
    if !record.monitored.isNaN, best.map({ record.monitored < $0.monitored }) ?? true { best = record }
  }

  /// The last finished epoch.
  public var last: EpochRecord? { epochs.last }
}
