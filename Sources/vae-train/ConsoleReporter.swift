import Latent
import LatentCommand
import LatentFiles
import LatentReport
import LatentRun
import LatentTraining
import LatentVAE

/// Tells people on the terminal what a run does: line by line, or on a dashboard, whose lines come when it is closed.
final class ConsoleReporter {
  private let isQuiet: Bool
  private let bar: ProgressBar
  private var dashboard: Dashboard?
  /// Lines for after the dashboard.
  private var held: [String] = []
  private var epochs = 0
  private var trainingImages = 0
  private var validationImages = 0
  /// What the last epoch took, with its validation.
  private var epochSeconds: Double?
  private var history = History()
  private var chart: (History) -> CurveChart? = { _ in nil }

  init(isQuiet: Bool, showsProgress: Bool, dashboard: Dashboard? = nil) {
    self.isQuiet = isQuiet
    self.dashboard = isQuiet ? nil : dashboard
    bar = ProgressBar(isEnabled: showsProgress && !isQuiet && self.dashboard == nil)
  }

  deinit { close() }

  /// Whether pictures of the model are wanted after each epoch.
  var hasDashboard: Bool { dashboard != nil }

  /// - Parameter isScaled: whether batch size and learning rate follow the number of ranks
  func start(_ run: Run, _ data: RunData, isScaled: Bool = false) {
    let progress = run.checkpoint?.progress
    epochs = run.record.settings.training.epochs
    for line in run.damaged { Console.error("Warning: \(line); an older checkpoint is used") }
    guard !isQuiet else { return }
    if let warning = StartLines.warning(about: BLAS.threading) { Console.error(warning) }
    let lines = StartLines(run.record, folder: run.folder.path, world: Processes.world, isScaled: isScaled)
    for line in lines.lines { say(line) }
    if let progress {
      say("resumed   at epoch \(progress.epoch), after \(progress.step) of its steps")
    } else if run.isResumed {
      say("resumed   from its settings: it has no checkpoint yet")
    }
    say("")
    for line in EpochTable.head(data.whole.shape.plural) { say(line) }
    for record in progress?.history.epochs ?? [] {
      history.append(record)
      say(EpochTable.line(record, of: epochs))
    }
    chart = { [record = run.record] in CurveChart($0, of: record) }
    dashboard?.open(
      title: "vae-train   \(run.folder.path)   \(data.whole.name)   \(run.record.settings.model.words ?? "")",
      epochs: epochs)
    if let last = history.last { show(last) }
  }

  func hear(_ event: TrainingEvent) {
    switch event {
    case .started(let training, let validation, _): (trainingImages, validationImages) = (training, validation)
    case .stepFinished(let step):
      bar.update(progress(step))
      dashboard?.update(progress(step))
    case .validationStarted(let epoch):
      bar.clear()
      let progress = RunProgress(label: "epoch \(epoch)/\(epochs), validation", fraction: 1)
      bar.update(progress)
      dashboard?.show { $0.progress = progress }
    case .epochFinished(let record):
      bar.clear()
      epochSeconds = record.trainingSeconds + record.validationSeconds
      if !isQuiet { say(EpochTable.line(record, of: epochs)) }
      history.append(record)
      show(record)
    case .checkpointWritten: break
    case .checkpointFailed(let reason):
      bar.clear()
      Console.error("Warning: no checkpoint could be written, training continues: \(reason)")
    case .stopped(let reason):
      bar.clear()
      if !isQuiet && !Interrupt.happened { say("stopped: \(reason)") }
    }
  }

  /// Images and what the model makes of them now, for the dashboard.
  func show(_ images: ReconstructedImages) {
    dashboard?.show { $0.images = (images.originals, images.reconstructions) }
  }

  /// Shows what the model makes of series: a panel each, of the first feature.
  func show(_ series: SeriesChart) {
    let panels = series.blocks.map { block in
      let lines = block.features[0]
      let band = lines.last?.band.map { [("90%", $0.low), ("90%", $0.high)] } ?? []
      return CurveChart.Panel(
        block.title + (series.features.count > 1 ? ", \(series.features[0])" : ""), xTitle: "step", yTitle: "",
        series: lines.map { CurveChart.Series($0.name, $0.values, color: $0.name == "data" ? .blue : .orange) }
          + band.map { CurveChart.Series($0.0, $0.1, color: .grey, dashed: true) })
    }
    dashboard?.show { $0.series = CurveChart(title: "", panels: panels) }
  }

  /// Leaves the terminal as it was before training, with all that was said.
  func close() {
    bar.clear()
    dashboard?.close()
    dashboard = nil
    for line in held { Console.print(line) }
    held = []
  }

  func finish(_ run: Run) {
    guard !isQuiet else { return }
    for line in RunConclusion(run).lines { say(line) }
  }

  private func say(_ line: String) {
    if dashboard == nil { Console.print(line) } else { held.append(line) }
  }

  /// Adds the last epoch to the dashboard's curves.
  private func show(_ last: EpochRecord) {
    guard let dashboard else { return }
    dashboard.show { state in
      if state.chart == nil { state.chart = chart(history) } else { state.chart?.append(last) }
      guard let best = history.best else { return }
      state.status =
        "learning rate \(last.learningRate)   best epoch \(best.epoch): \(Format.fixed(best.monitored, 2))   "
        + "\(Format.duration(history.seconds)) so far"
    }
  }

  private func progress(_ step: StepRecord) -> RunProgress {
    let rate = Double(step.examples) / step.seconds
    let trainingLeft = Double(trainingImages - step.examples) / rate
    // Validation takes about a third of the time of training, image by image; the first epoch shows what it takes.
    let epoch = epochSeconds ?? (Double(trainingImages) + Double(validationImages) / 3) / rate
    let left = max(epoch - step.seconds, trainingLeft) + Double(epochs - step.epoch) * epoch
    return RunProgress(
      label: "epoch \(step.epoch)/\(epochs)", fraction: Double(step.examples) / Double(trainingImages),
      imagesPerSecond: rate, secondsLeft: trainingLeft, runSecondsLeft: step.epoch < epochs ? left : nil,
      losses: [("loss", step.runningLosses.total)] + step.runningLosses.parts.map { ($0.name, $0.value) })
  }
}
