import Latent
import LatentCommand
import LatentReport
import LatentTraining

/// Tells people on the terminal what a run does.
final class ConsoleReporter {
  private let isQuiet: Bool
  private let bar: ProgressBar
  private var epochs = 0
  private var trainingImages = 0
  private var validationImages = 0
  /// What the last epoch took, with its validation.
  private var epochSeconds: Double?

  init(isQuiet: Bool, showsProgress: Bool) {
    self.isQuiet = isQuiet
    bar = ProgressBar(isEnabled: showsProgress && !isQuiet)
  }

  func start(
    _ settings: TrainSettings, _ data: TrainData, parameterCount: Int, folder: String, resumed: ResumedRun?
  ) {
    epochs = settings.epochs
    for line in resumed?.damaged ?? [] { Console.error("Warning: \(line); an older checkpoint is used") }
    guard !isQuiet else { return }
    if let warning = RunDescription.warning(about: BLAS.threading) { Console.error(warning) }
    for line in RunDescription(settings, data, parameterCount: parameterCount, folder: folder).lines {
      Console.print(line)
    }
    if let progress = resumed?.checkpoint.progress {
      Console.print("resumed   at epoch \(progress.epoch), after \(progress.step) of its steps")
    }
    Console.print("")
    for line in EpochTable.head { Console.print(line) }
    for record in resumed?.checkpoint.progress.history.epochs ?? [] {
      Console.print(EpochTable.line(record, of: epochs))
    }
  }

  func hear(_ event: TrainingEvent) {
    switch event {
    case .started(let training, let validation, _): (trainingImages, validationImages) = (training, validation)
    case .stepFinished(let step): bar.update(progress(step))
    case .validationStarted(let epoch):
      bar.clear()
      bar.update(RunProgress(label: "epoch \(epoch)/\(epochs), validation", fraction: 1))
    case .epochFinished(let record):
      bar.clear()
      epochSeconds = record.trainingSeconds + record.validationSeconds
      if !isQuiet { Console.print(EpochTable.line(record, of: epochs)) }
    case .checkpointWritten: break
    case .checkpointFailed(let reason):
      bar.clear()
      Console.error("Warning: no checkpoint could be written, training goes on: \(reason)")
    case .stopped(let reason):
      bar.clear()
      if !isQuiet && !Interrupt.happened { Console.print("stopped: \(reason)") }
    }
  }

  func clear() { bar.clear() }

  func finish(_ settings: TrainSettings, _ data: TrainData, _ results: RunResults) {
    guard !isQuiet else { return }
    for line in RunConclusion(settings, data, results).lines { Console.print(line) }
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
      losses: [("loss", step.losses.total)] + step.losses.parts.map { ($0.name, $0.value) })
  }
}
