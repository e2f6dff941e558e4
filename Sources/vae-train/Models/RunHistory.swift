import LatentCommand
import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE

/// The losses of a run, as its folder has them.
struct RunHistory {
  let chart: CurveChart

  /// - Parameter path: the run's folder
  /// - Throws: ``Failure`` where there is no history
  init(of path: String) throws(Failure) {
    guard AtomicFile.names(in: path) != nil else {
      throw Failure("no curves picture: '\(path)' is not the folder of a run")
    }
    let file = AtomicFile.path(RunFolder.File.history.rawValue, in: path)
    let bytes: [UInt8]
    do { bytes = try AtomicFile.read(file) } catch {
      throw Failure("no curves picture: \(error)")
    }
    guard let history = History(csv: String(decoding: bytes, as: UTF8.self)), !history.epochs.isEmpty else {
      throw Failure("no curves picture: '\(file)' is no history of epochs")
    }
    // The weights' file knows what was minimised; where there is none, curves need no more names than the numbers have.
    let saved = try? SavedModel(contentsOf: path)
    chart = CurveChart(
      history, data: saved?.metadata["data"] ?? "its images", isInNats: saved?.likelihood.isInNats ?? true,
      bound: saved?.bound)
  }
}

extension History {
  /// What a model's health is judged by together with its measures: the history up to its own weights; nil where that is
  /// not known. What losses did after the best epoch, whose weights early stopping has put back, says nothing of these.
  func judged(with saved: SavedModel) -> History? {
    let epoch = saved.metadata["epochs"].flatMap { Int($0) }
    return last.flatMap { epoch == nil || epoch == $0.epoch ? self : nil }
  }
}
