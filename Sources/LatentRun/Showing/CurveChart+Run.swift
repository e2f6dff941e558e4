import LatentFiles
import LatentReport
import LatentTraining

/// The losses of a run, training against validation: the total and its parts.
extension CurveChart {
  package init(_ history: History, of record: RunRecord) {
    let objective = record.settings.objective
    self.init(
      history, data: record.data?.name ?? "its data", unit: objective.unit,
      total: objective.loss == nil ? "Loss" : Self.totalTitle(objective.bound))
  }

  /// - Parameters:
  ///   - data: what the losses are of, for people
  ///   - unit: what they are in
  ///   - total: what the total of the losses is called
  private init(_ history: History, data: String, unit: String, total: String) {
    self.init(history, title: "Loss on \(data)", unit: unit, total: total)
  }

  /// The losses that a run's folder has.
  ///
  /// - Throws: ``RunError`` where there is no history
  package init(ofRun path: String) throws(RunError) {
    guard AtomicFile.names(in: path) != nil else {
      throw RunError("no curves picture: '\(path)' is not the folder of a run")
    }
    let file = AtomicFile.path(RunFolder.File.history.rawValue, in: path)
    let bytes: [UInt8]
    do { bytes = try AtomicFile.read(file) } catch {
      throw RunError("no curves picture: \(error)")
    }
    guard let history = History(csv: String(decoding: bytes, as: UTF8.self)), !history.epochs.isEmpty else {
      throw RunError("no curves picture: '\(file)' is no history of epochs")
    }
    if let record = try? RunRecord(contentsOf: path) {
      self.init(history, of: record)
    } else {
      // The weights' file knows what was minimised; where there is none, it is not called a bound.
      let saved = try? SavedModel(contentsOf: path)
      self.init(
        history, data: saved?.metadata["data"] ?? "its images",
        unit: saved?.likelihood.isInNats ?? true ? "nats per image" : "per image", total: Self.totalTitle(saved?.bound))
    }
  }
}
