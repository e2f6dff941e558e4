import LatentFiles
import LatentReport
import LatentTraining

/// The losses of a run, training against validation: the total and its parts.
extension CurveChart {
  package init(_ history: History, of record: RunRecord) {
    self.init(history, data: record.data?.name ?? "its data", objective: record.settings.objective)
  }

  /// - Parameters:
  ///   - data: what the losses are of, for people
  ///   - objective: what was minimised
  private init(_ history: History, data: String, objective: RunSettings.Objective) {
    let curves = history.curves
    self = .lossCurves(
      training: curves.training, validation: curves.validation, title: "Loss on \(data)",
      unit: objective.unit)
    panels[0].title = objective.loss == nil ? "Loss" : Self.totalTitle(objective.bound)
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
      var unknown = RunSettings.Objective()
      (unknown.beta, unknown.klWarmUp) = (0, nil)
      self.init(history, data: saved?.metadata["data"] ?? "its images", objective: saved?.objective ?? unknown)
    }
  }
}
