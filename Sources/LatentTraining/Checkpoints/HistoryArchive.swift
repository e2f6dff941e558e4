import LatentKernels

/// A history as a checkpoint holds it: a line of JSON for each epoch, with everything that an ``EpochRecord`` says. It has
/// nothing to do with the tables that people read. What an epoch adds takes no longer the more there were before.
struct HistoryArchive: Sendable {
  private(set) var bytes: [UInt8] = []
  private var hash = SHA256()

  private static let newline = UInt8(ascii: "\n")

  init() {}

  init(_ history: History) { for record in history.epochs { append(record) } }

  mutating func append(_ record: EpochRecord) {
    let line = CheckpointJSON.bytes(StoredEpoch(record)) + [Self.newline]
    bytes += line
    hash.update(line)
  }

  /// The SHA-256 of ``bytes``, in hexadecimal digits.
  var sha256: String { hash.hexDigest() }

  /// The history of ``bytes``; nil for any others.
  static func history(_ bytes: [UInt8]) -> History? {
    var history = History()
    for line in bytes.split(separator: newline, omittingEmptySubsequences: false).dropLast() {
      guard let record = CheckpointJSON.value(StoredEpoch.self, line)?.record else { return nil }
      history.append(record)
    }
    return bytes.last ?? newline == newline ? history : nil
  }
}

/// An ``EpochRecord`` as JSON.
private struct StoredEpoch: Codable {
  struct StoredLosses: Codable {
    let total: Double
    let monitored: Double
    let names: [String]
    let values: [Double]

    init(_ losses: Losses) {
      (total, monitored) = (losses.total, losses.monitored)
      (names, values) = (losses.parts.map(\.name), losses.parts.map(\.value))
    }

    var losses: Losses? {
      names.count == values.count
        ? Losses(total: total, parts: Array(zip(names, values)), monitored: monitored) : nil
    }
  }

  let epoch: Int
  let training: StoredLosses
  let validation: StoredLosses?
  let trainingSeconds: Double
  let validationSeconds: Double
  let examplesPerSecond: Double
  let learningRate: Double
  let weightsDigest: UInt64?
  /// Nil without any, as in checkpoints of before there were metrics.
  let metricNames: [String]?
  let metricValues: [Double]?

  init(_ record: EpochRecord) {
    (epoch, weightsDigest) = (record.epoch, record.weightsDigest)
    (training, validation) = (StoredLosses(record.training), record.validation.map(StoredLosses.init))
    (trainingSeconds, validationSeconds) = (record.trainingSeconds, record.validationSeconds)
    (examplesPerSecond, learningRate) = (record.examplesPerSecond, record.learningRate)
    metricNames = record.metrics.isEmpty ? nil : record.metrics.map(\.name)
    metricValues = record.metrics.isEmpty ? nil : record.metrics.map(\.value)
  }

  /// Nil where names and values are not as many.
  var record: EpochRecord? {
    let validation = self.validation?.losses
    let (names, values) = (metricNames ?? [], metricValues ?? [])
    guard let training = training.losses, (validation == nil) == (self.validation == nil), names.count == values.count
    else { return nil }
    return EpochRecord(
      epoch: epoch, training: training, validation: validation, trainingSeconds: trainingSeconds,
      validationSeconds: validationSeconds, examplesPerSecond: examplesPerSecond, learningRate: learningRate,
      weightsDigest: weightsDigest, metrics: zip(names, values).map { MetricValue(name: $0, value: $1) })
  }
}
