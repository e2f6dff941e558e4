import Latent
import LatentAnomalies
import LatentFiles
import LatentReport
import LatentTraining

/// The files of a run, as it comes to them. A file that cannot be written does not stop the others.
package struct RunFiles {
  package let folder: RunFolder
  package private(set) var history: History
  /// Which weights the model has at the run's end; nil before.
  var weights: RunWeights?
  /// What the model says of normal data; nil where its examples are no rows, or before the run's end.
  var calibration: ScoreCalibration?
  /// The columns of `history.csv` as the file has them; nil where the file is not that of the history so far.
  private var table: HistoryTable?
  /// What was left out, and why: a line each.
  package var notes: [String] = []
  /// By the names of files, or of the folder of the program's own pictures.
  private var failures: [(file: String, message: String)] = []
  private var written: Set<RunFolder.File> = [.config]

  /// - Parameter history: the epochs before this run went on
  package init(folder: RunFolder, history: History) {
    self.folder = folder
    self.history = history
  }

  /// What could not be written and what could, in one line; nil where all could.
  package var failure: RunError? {
    guard let first = failures.first else { return nil }
    let others = failures.dropFirst().map(\.file).map { "; nor " + $0 }.joined()
    let kept = RunFolder.File.allCases.filter(isKept).map(\.rawValue)
    return RunError(
      "\(first.message)\(others); kept in '\(folder.path)': "
        + (kept.isEmpty ? "nothing" : kept.joined(separator: ", ")))
  }

  /// Says that a file has been written elsewhere.
  mutating func note(written file: RunFolder.File) { written.insert(file) }

  /// Says why there is no such file.
  mutating func note(failure message: String, of file: RunFolder.File) {
    failures.append((file.rawValue, message))
  }

  /// Whether this run has written the file.
  package func isKept(_ file: RunFolder.File) -> Bool {
    written.contains(file) && !failures.contains { $0.file == file.rawValue }
  }

  /// Adds an epoch, and a line to `history.csv`: a run that is killed keeps it. The file is written anew where there are
  /// new columns, and at first: an earlier run, or one that was killed, may have left other lines in it.
  package mutating func add(_ record: EpochRecord) {
    history.append(record)
    guard folder.isOwn else { return }
    guard var table, !table.add(record) else { return writeHistory(isDurable: false) }
    do {
      try AtomicFile.append(Array(table.line(record).utf8), to: folder.path(of: .history))
      try AtomicFile.append(Array(record.jsonLine.utf8), to: folder.path(of: .historyLines))
    } catch {
      writeHistory(isDurable: false)
    }
  }

  /// Writes a file; a failure is kept for the end.
  package mutating func write(_ bytes: [UInt8], to file: RunFolder.File, isDurable: Bool = true) {
    failures.removeAll { $0.file == file.rawValue }
    do throws(RunError) {
      try folder.write(bytes, to: file, isDurable: isDurable)
      written.insert(file)
    } catch {
      failures.append((file.rawValue, error.problem))
    }
  }

  mutating func write(_ text: String, to file: RunFolder.File, isDurable: Bool = true) {
    write(Array(text.utf8), to: file, isDurable: isDurable)
  }

  /// Writes the pictures and charts of the program's own sections; a failure is kept for the end.
  mutating func write(pictures: [PageSectionFile]) {
    failures.removeAll { $0.file == RunFolder.pictures }
    do throws(RunError) { try folder.write(pictures: pictures) } catch {
      failures.append((RunFolder.pictures, error.problem))
    }
  }

  /// Writes the weights.
  mutating func writeModel(_ model: some Module, identity: [String: String]) {
    write(SafetensorsFile.encode(model.safetensors, metadata: metadata(identity)), to: .model)
  }

  /// What the weights' file says about itself.
  func metadata(_ identity: [String: String]) -> [String: String] {
    identity.merging(weights?.metadata ?? [:]) { $1 }
      .merging(calibration.map { [SavedModel.calibrationName: $0.text] } ?? [:]) { $1 }
  }

  mutating func writeHistory(isDurable: Bool = true) {
    if history.epochs.isEmpty { return }
    write(history.csv, to: .history, isDurable: isDurable)
    write(history.jsonLines, to: .historyLines, isDurable: isDurable)
    table = isKept(.history) && isKept(.historyLines) ? history.table : nil
  }
}
