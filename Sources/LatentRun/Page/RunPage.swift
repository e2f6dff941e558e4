import Latent
import LatentData
import LatentFiles
import LatentMeasures
import LatentReport
import LatentTraining
import LatentVAE

/// A run's `report.html`: what is in the run's folder, the model, and images that it has not seen.
package struct RunPage {
  private let saved: SavedModel
  private let history: History
  private let record: RunRecord?
  private var pictures: [RunReport.Image] = []
  private var notes: [String] = []
  /// What the page is to do without, and need not be made.
  package var leavesOut: Set<PagePart> = []

  /// - Parameters:
  ///   - record: nil where there is none
  ///   - history: empty where none is known
  package init(_ saved: SavedModel, history: History, record: RunRecord?) {
    (self.saved, self.history, self.record) = (saved, history, record)
    if record == nil { notes.append("There is no config.json: settings, machine and times of the run are unknown.") }
    if history.epochs.isEmpty { notes.append("There is no history of losses, and so no curves.") }
  }

  /// Takes the pictures in a run's folder; those that are not there are noted.
  ///
  /// - Parameter areAll: whether the page has the sections of the run's program too, which only this can make
  package mutating func addPictures(in folder: String, areAll: Bool = false) {
    if !areAll, FileKind(path: AtomicFile.path(RunFolder.pictures, in: folder)) == .folder {
      notes.append(
        "The sections that the run's program made are left out: only it can make them. Their pictures are in the folder "
          + "\(RunFolder.pictures).")
    }
    if leavesOut.contains(.pictures) { return }
    for file in RunFolder.File.allCases {
      guard let picture = file.picture, file.isOf(saved.example) else { continue }
      if file == .manifold && saved.latentSize != 2 { continue }
      guard let bytes = try? AtomicFile.read(AtomicFile.path(file.rawValue, in: folder)) else {
        notes.append("The picture “\(picture.title)” is left out: there is no \(file.rawValue).")
        continue
      }
      pictures.append(
        RunReport.Image(
          picture.title, caption: saved.example.naming(picture.caption),
          alternative: saved.example.naming(picture.alternative),
          file.isText ? .text(String(decoding: bytes, as: UTF8.self)) : .png(bytes)))
    }
  }

  /// The page.
  package func report(_ images: PageImages, on workers: DataParallel) -> RunReport {
    let data = saved.metadata["data"]
    var report = RunReport(title: "Variational auto-encoder" + (data.map { " of \($0)" } ?? ""))
    report.lead = lead
    report.figures = Self.figures(
      history, shown, parameters: Double(saved.model.parameterCount), examples: saved.example.plural)
    report.history = history
    report.lossUnit = saved.example.naming(saved.likelihood.isInNats ? "nats per image" : "per image")
    report.totalTitle = CurveChart.totalTitle(record.map { $0.settings.objective.bound } ?? saved.bound)
    report.pictures = pictures
    report.settings = record?.groups ?? [Self.settings(of: saved)]
    report.origin = "Made by Latent \(LatentVersion.current) from \(saved.file)."
    report.notes = notes + images.notes
    if !leavesOut.contains(.playground) {
      do {
        report.playground = try Playground(
          saved, images: images.dataset, title: images.title, on: workers)
      } catch {
        report.notes.append(error.description)
      }
    }
    if !leavesOut.contains(.layers) { report.summary = saved.model.summaries(of: saved.example).last }
    if let images = images.dataset, !leavesOut.isSuperset(of: [.measures, .findings]) {
      let measures = saved.measures(on: images, workers: workers)
      report.measures = measures.tables.map { $0.naming(saved.example) }
      report.findings = Diagnosis(
        measures, history: history.judged(with: saved), beta: saved.model.objective.record["beta"] ?? 1
      ).findings.map { RunReport.Finding($0.naming(saved.example)) }
    }
    if let images = images.dataset, !leavesOut.contains(.layers) {
      // The run's own batches: larger ones would take more memory than its training did.
      let sizes = [saved.metadata["batch_size"], saved.metadata["training_images"]].compactMap {
        $0.flatMap { Int($0) }
      }
      var layers = LayerProfile.measure(
        saved.model, on: images, batchSize: sizes.min() ?? 256, threads: workers.pool.threads)
      if let caption = layers?.caption { layers?.caption = saved.example.naming(caption) }
      report.layers = layers
      if report.layers == nil { report.notes.append("No layer table: a training step with these weights fails.") }
    }
    return report
  }

  /// What a weights file says about itself, where there is no record.
  private static func settings(of saved: SavedModel) -> RunReport.Settings {
    let metadata = (saved.plan?.metadata ?? ["model": saved.structure]).merging(saved.metadata) { $1 }
    return RunReport.Settings("Model", metadata.sorted { $0.key < $1.key }.map { ($0.key.settingWords, $0.value) })
  }

  private var lead: String {
    let example = saved.example
    var text = "\(saved.structure) for \(example.plural) of \("\(example)".replacing("x", with: "×"))"
    if !saved.classLabels.isEmpty { text += ", conditional on \(saved.classesText)" }
    if let last = history.last, last.epoch != shown?.epoch, let epoch = shown?.epoch {
      text += ", with the weights of epoch \(epoch) of \(last.epoch)"
    }
    switch record?.status {
    case .stopped(let reason): text += ". It stopped: \(reason)"
    case .starting, .running, .finished, nil: break
    }
    return text + "."
  }

  /// The epoch whose weights the model has: the last one, but where early stopping has put back the best.
  private var shown: EpochRecord? {
    let epoch = saved.metadata["epochs"].flatMap { Int($0) }
    return history.epochs.first { $0.epoch == epoch } ?? history.last
  }

  /// The page of a run of any other model: without what is made of an auto-encoder.
  ///
  /// - Parameter notes: what was left out, and why
  static func report(_ record: RunRecord, history: History, notes: [String], folder: String) -> RunReport {
    var report = RunReport(title: "Run of \(record.settings.model.words ?? "a model")")
    report.lead = "\(record.settings.model.words ?? "A model"): \(record.status)."
    report.figures = figures(history, history.last, parameters: record.results?.parameters.map(Double.init))
    report.history = history
    (report.lossUnit, report.totalTitle) = ("per example", "Loss")
    report.settings = record.groups
    report.origin = "Made by Latent \(LatentVersion.current) from \(folder)."
    report.notes = notes
    return report
  }

  /// - Parameters:
  ///   - shown: the epoch whose weights the model has
  ///   - examples: what they are called
  private static func figures(
    _ history: History, _ shown: EpochRecord?, parameters: Double?, examples: String = "examples"
  ) -> [RunReport.Figure] {
    var figures: [RunReport.Figure] = []
    if let shown, let last = history.last {
      var (losses, part) = shown.validation.map { ($0, "validation") } ?? (shown.training, "training")
      if shown.epoch != last.epoch { part += ", epoch \(shown.epoch)" }
      let measured = shown.metrics.map { (CurveChart.title($0.name), $0.value) }
      let parts = losses.parts.map { (CurveChart.title($0.name), $0.value) }
      for (name, value) in [("Loss", losses.total)] + parts + measured {
        figures.append(RunReport.Figure(name, Format.measure(value), part))
      }
      let seconds = history.seconds
      figures.append(
        RunReport.Figure("Epochs", "\(history.epochs.count)", "in \(Format.duration(seconds))"))
      figures.append(
        RunReport.Figure("Speed", Format.grouped(last.examplesPerSecond), "\(examples)/s in training"))
    }
    return figures + (parameters.map { [RunReport.Figure("Parameters", Format.grouped($0))] } ?? [])
  }
}

extension RunReport.Finding {
  /// What the doctor has found.
  init(_ finding: Diagnosis.Finding) {
    let severity: Severity =
      switch finding.kind {
      case .healthy: .good
      case .brokenWeights, .posteriorCollapse: .problem
      default: finding.kind.isProblem ? .warning : .note
      }
    let kind = finding.kind.rawValue
    let title = severity == .good ? "" : kind.prefix(1).uppercased() + kind.dropFirst() + ". "
    self.init(severity, title + finding.sentence, advice: finding.advice)
  }
}
