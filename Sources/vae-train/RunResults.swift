import Latent
import LatentCommand
import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE

/// What a run has come to so far, and its files. A file that cannot be written does not stop the others.
struct RunResults {
  let folder: RunFolder
  private(set) var history: History
  /// Which weights the model has at the run's end; nil before.
  var weights: RunWeights?
  /// The columns of `history.csv` as the file has them; nil where the file is not that of the history so far.
  private var table: HistoryTable?
  /// What could not be written and what could, in one line; nil where all could.
  var failure: Failure? {
    guard let first = failures.first else { return nil }
    let others = failures.dropFirst().map(\.file.rawValue).map { "; nor " + $0 }.joined()
    let kept = RunFolder.File.allCases.filter(isKept).map(\.rawValue)
    return Failure(
      "\(first.message)\(others); kept in '\(folder.path)': "
        + (kept.isEmpty ? "nothing" : kept.joined(separator: ", ")))
  }
  /// What was left out, and why: a line each.
  private(set) var notes: [String] = []
  private var failures: [(file: RunFolder.File, message: String)] = []
  private var written: Set<RunFolder.File> = [.config]

  /// - Parameter history: the epochs before this run went on
  init(folder: RunFolder, history: History) {
    self.folder = folder
    self.history = history
  }

  /// Says that a file has been written elsewhere.
  mutating func note(written file: RunFolder.File) { written.insert(file) }

  /// Whether this run has written the file.
  func isKept(_ file: RunFolder.File) -> Bool { written.contains(file) && !failures.contains { $0.file == file } }

  /// Adds an epoch, and a line to `history.csv`: a run that is killed keeps it. The file is written anew where there are
  /// new columns, and at first: an earlier run, or one that was killed, may have left other lines in it.
  mutating func add(_ record: EpochRecord) {
    history.append(record)
    guard var table, !table.add(record) else { return writeHistory(isDurable: false) }
    do {
      try AtomicFile.append(Array(table.line(record).utf8), to: folder.path(of: .history))
      try AtomicFile.append(Array(record.jsonLine.utf8), to: folder.path(of: .historyLines))
    } catch {
      writeHistory(isDurable: false)
    }
  }

  /// Writes a file; a failure is kept for the end.
  mutating func write(_ bytes: [UInt8], to file: RunFolder.File, isDurable: Bool = true) {
    failures.removeAll { $0.file == file }
    do {
      try folder.write(bytes, to: file, isDurable: isDurable)
      written.insert(file)
    } catch {
      failures.append((file, error.description))
    }
  }

  /// Writes the model, the history, the pictures and the curves.
  mutating func write(_ saved: SavedModel, settings: TrainSettings, data: RunData, strip: EpochStrip) {
    writeModel(saved)
    if !history.epochs.isEmpty { writeHistory(isDurable: true) }
    writePictures(saved, settings: settings, data: data)
    if !history.epochs.isEmpty {
      write(Array(CurveChart(history, settings: settings, data: data.whole.name).svg().utf8), to: .curves)
    }
    if let film = strip.encoded { write(film, to: .epochs) }
  }

  /// Writes the weights.
  mutating func writeModel(_ saved: SavedModel) {
    write(SafetensorsFile.encode(saved.model.safetensors, metadata: saved.metadata), to: .model)
  }

  /// The run's model, with what its file says of itself.
  func saved(_ model: AnyVariationalAutoencoder, _ plan: ModelPlan, identity: [String: String]) -> SavedModel {
    SavedModel(
      model, plan: plan, metadata: identity.merging(weights?.metadata ?? [:]) { $1 }, file: folder.path(of: .model))
  }

  /// Writes what `config.json` says at the end.
  ///
  /// - Parameter problem: what stopped the run, or could not be written
  mutating func write(_ config: RunConfiguration, problem: String?) {
    write(config.json(.ended(history, isKept(.model) ? weights : nil, problem: problem)), to: .config)
  }

  private mutating func writePictures(_ saved: SavedModel, settings: TrainSettings, data: RunData) {
    do throws(LatentPictureError) {
      try RunPictures(saved, settings: settings, data: data).make { file, picture in
        switch picture {
        case .success(let picture): write(picture, to: file)
        case .failure(let error): notes.append("\(error)")
        }
      }
    } catch {
      notes.append(error.description)
    }
  }

  /// Writes the page of all the others.
  mutating func writePage(
    _ saved: SavedModel, settings: TrainSettings, data: RunData, config: RunConfiguration, problem: String?
  ) {
    var page = RunPage(saved, history: history, config: config.json(.ended(history, weights, problem: problem)))
    page.addPictures(in: folder.path)
    let report = page.report(
      PageImages(settings.data, for: saved, else: data),
      on: DataParallel(threads: settings.threads, shards: 1))
    write(Array(report.html().utf8), to: .page)
  }

  private mutating func writeHistory(isDurable: Bool) {
    write(Array(history.csv.utf8), to: .history, isDurable: isDurable)
    write(Array(history.jsonLines.utf8), to: .historyLines, isDurable: isDurable)
    table = isKept(.history) && isKept(.historyLines) ? history.table : nil
  }

  private mutating func write(_ picture: Picture, to file: RunFolder.File) {
    do {
      write(try PNG.encode(picture), to: file)
    } catch {
      failures.append((file, error.description))
    }
  }
}
