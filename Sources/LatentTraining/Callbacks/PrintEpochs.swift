import Latent

/// Prints a line after each epoch: its losses and metrics. Of several processes the first one prints.
///
///     trainer.callbacks.append(PrintEpochs())
///     // epoch 3: train_loss 0.3121, validation_loss 0.3507, accuracy 0.8814, 1.9 s
public struct PrintEpochs: TrainingCallback {
  private let print: @Sendable (String) -> Void

  /// - Parameter print: called with each line, which has no line break
  public init(_ print: @escaping @Sendable (_ line: String) -> Void = { Swift.print($0) }) { self.print = print }

  public mutating func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {
    if case .epochFinished(let record) = event, run.isFirst { print(record.description) }
  }
}

extension EpochRecord: CustomStringConvertible {
  /// The epoch's losses and metrics on a line, to four digits, and how long it took.
  public var description: String {
    let numbers = values.map { "\($0.name) \(Self.digits($0.value))" } + ["\(Self.tenths(seconds)) s"]
    return "epoch \(epoch): " + numbers.joined(separator: ", ")
  }

  private var seconds: Double { trainingSeconds + validationSeconds }

  private static func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }

  /// Four significant digits, as far as a decimal fraction has them; more before the point.
  private static func digits(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return "\(value)" }
    var scale = 1.0
    while value.magnitude * scale < 1000, scale < 1e12 { scale *= 10 }
    return "\((value * scale).rounded() / scale)"
  }
}
