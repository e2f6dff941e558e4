import Latent
import LatentReport
import LatentTraining

/// Tells people on the terminal what a run does.
final class ConsoleReporter {
  private let isQuiet: Bool
  private let bar: ProgressBar
  private var settings: TrainSettings?
  private var stepsPerEpoch = 0
  private var trainingImages = 0

  init(isQuiet: Bool, showsProgress: Bool) {
    self.isQuiet = isQuiet
    bar = ProgressBar(isEnabled: showsProgress && !isQuiet)
  }

  func start(_ settings: TrainSettings, _ data: TrainData, parameterCount: Int, folder: String) {
    self.settings = settings
    guard !isQuiet else { return }
    for line in RunDescription(settings, data, parameterCount: parameterCount, folder: folder).lines {
      Console.print(line)
    }
    Console.print("")
    for line in EpochTable.head { Console.print(line) }
  }

  func hear(_ event: TrainingEvent) {
    switch event {
    case .started(let images, _, let steps): (trainingImages, stepsPerEpoch) = (images, steps)
    case .stepFinished(let step): bar.update(progress(step))
    case .validationStarted: break
    case .epochFinished(let record):
      bar.clear()
      if !isQuiet { Console.print(EpochTable.line(record, of: settings?.epochs ?? 0)) }
    }
  }

  func clear() { bar.clear() }

  func finish(_ settings: TrainSettings, _ data: TrainData, _ results: RunResults) {
    guard !isQuiet else { return }
    for line in RunConclusion(settings, data, results).lines { Console.print(line) }
  }

  private func progress(_ step: StepRecord) -> Progress {
    let rate = Double(step.images) / step.seconds
    return Progress(
      label: "epoch \(step.epoch)/\(settings?.epochs ?? 0)", fraction: Double(step.images) / Double(trainingImages),
      imagesPerSecond: rate, secondsLeft: Double(trainingImages - step.images) / rate,
      losses: [("loss", step.losses.total)] + step.losses.parts.map { ($0.name, $0.value) })
  }
}
