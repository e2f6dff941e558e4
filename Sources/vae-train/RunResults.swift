import Latent
import LatentData
import LatentReport
import LatentTraining
import LatentVAE

/// What a run has come to so far, and its files. A file that cannot be written does not stop the others.
struct RunResults {
  let folder: RunFolder
  private(set) var history = History()
  /// The first file that could not be written, in one line with those that could.
  var failure: Failure? {
    guard let (file, message) = failures.first else { return nil }
    let others = failures.dropFirst().map(\.file.rawValue)
    let lost = others.isEmpty ? "" : "; nor " + others.joined(separator: ", ")
    let kept = RunFolder.File.allCases.filter { isKept($0) }.map(\.rawValue)
    _ = file
    return Failure(message + lost + "; kept: " + (kept.isEmpty ? "nothing" : kept.joined(separator: ", ")))
  }
  private var failures: [(file: RunFolder.File, message: String)] = []
  private var written: Set<RunFolder.File> = [.config]

  init(folder: RunFolder) { self.folder = folder }

  /// Whether this run has written the file.
  func isKept(_ file: RunFolder.File) -> Bool { written.contains(file) }

  /// Adds an epoch, and brings `history.csv` up to date: a run that is killed keeps it.
  mutating func add(_ record: EpochRecord) {
    history.append(record)
    write(Array(history.csv.utf8), to: .history)
  }

  /// Writes a file; a failure is kept for the end.
  mutating func write(_ bytes: [UInt8], to file: RunFolder.File) {
    failures.removeAll { $0.file == file }
    do throws(Failure) {
      try folder.write(bytes, to: file)
      written.insert(file)
    } catch {
      failures.append((file, error.message))
    }
  }

  /// Writes the model, the pictures and the curves.
  mutating func write(
    _ model: VariationalAutoencoder<LSTMEncoder, DenseDecoder>, settings: TrainSettings, data: TrainData
  ) {
    let metadata = RunConfiguration.modelMetadata(settings, data, epochs: history.epochs.count)
    write(SafetensorsFile.encode(model.safetensors, metadata: metadata), to: .model)
    let pictures = RunPictures(model: model, settings: settings, data: data)
    write(pictures.reconstructions, to: .reconstructions)
    write(pictures.samples, to: .samples)
    if !history.epochs.isEmpty { write(Array(history.chart.svg().utf8), to: .curves) }
  }

  private mutating func write(_ picture: Picture, to file: RunFolder.File) {
    do throws(ReportError) {
      write(try PNG.encode(picture), to: file)
    } catch {
      failures.append((file, error.description))
    }
  }
}

extension History {
  /// Total, reconstruction and KL, training against validation.
  var chart: CurveChart {
    func losses(_ part: KeyPath<EpochRecord, Losses?>) -> CurveChart.Losses? {
      let values = epochs.compactMap { $0[keyPath: part] }
      guard !values.isEmpty else { return nil }
      return CurveChart.Losses(
        total: values.map(\.total), reconstruction: values.map { $0["reconstruction"] ?? .nan },
        kl: values.map { $0["kl"] ?? .nan })
    }
    return .lossCurves(
      training: losses(\.someTraining) ?? CurveChart.Losses(total: [], reconstruction: [], kl: []),
      validation: losses(\.validation))
  }
}

extension EpochRecord {
  fileprivate var someTraining: Losses? { training }
}
