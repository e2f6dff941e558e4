import Latent

/// Monitors of a run's epochs.
extension Monitor {
  /// What a callback is called that goes by it: its type's name alone, where it goes by the loss.
  func name(of callback: String) -> String { self == Monitor() ? callback : "\(callback)(\(self))" }

  /// Stops where a run that starts can't have the value, rather than after its first epoch.
  func check(_ callback: String, _ run: TrainingRun, _ validationExamples: Int) {
    guard let name, !run.metrics.contains(name) else { return }
    let isLoss = name.hasPrefix("train_") || name.hasPrefix("validation_")
    if isLoss && !(name.hasPrefix("validation_") && validationExamples == 0) { return }
    let losses = validationExamples > 0 ? "train_loss, validation_loss and their parts" : "train_loss and its parts"
    stop(callback, name, ["the losses \(losses)"] + run.metrics)
  }

  /// What an epoch came to.
  func value(of record: EpochRecord, for callback: String) -> Double {
    guard let name else { return record.monitored }
    guard let value = record[name] else { stop(callback, name, record.values.map(\.name)) }
    return value
  }

  private func stop(_ callback: String, _ name: String, _ names: [String]) -> Never {
    fatalError("\(callback): there is no \(name) to monitor; there are \(names.joined(separator: ", "))")
  }
}
