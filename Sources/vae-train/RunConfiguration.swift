import Latent
import LatentCommand
import LatentData
import LatentReport
import LatentTraining
import LatentVAE

/// What `config.json` says: every setting, the versions, the machine, the data and, at the end, the results.
struct RunConfiguration {
  /// How far the run is.
  enum State {
    case running
    /// Training is over. `problem` says what stopped it or what could not be written.
    case ended(History, problem: String?)
  }

  let settings: TrainSettings
  let options: TrainOptions
  let data: TrainData
  let parameterCount: Int
  private let started = LocalTime.now
  private let startSeconds = monotonicSeconds()

  init(settings: TrainSettings, options: TrainOptions, data: TrainData, parameterCount: Int) {
    self.settings = settings
    self.options = options
    self.data = data
    self.parameterCount = parameterCount
  }

  /// The file.
  func json(_ state: State) -> [UInt8] {
    let status: String
    var results = JSON.null
    switch state {
    case .running: status = "running"
    case .ended(let history, let problem):
      status = problem ?? "finished"
      results = self.results(history)
    }
    let file: JSON = [
      "program": "vae-train", "status": .string(status), "started": .string(started.timestamp),
      "versions": [
        "latent": .string(LatentVersion.current), "swift": .string(Machine.swiftVersion),
        "openblas": .string(BLAS.version),
      ],
      "machine": [
        "processor": .string(Machine.processor), "cores": .integer(Machine.cores),
        "processor_quota": Machine.processorQuota.map { .number($0) } ?? .null,
        "instruction_set": .string("\(InstructionSet.selected)"), "openblas_kernel": .string(BLAS.kernel),
      ],
      "settings": settingsJSON,
      "data": [
        "name": .string(data.whole.name), "sha256": .string(data.whole.sha256),
        "provenance": .string(data.whole.provenance), "height": .integer(data.whole.height),
        "width": .integer(data.whole.width), "training_images": .integer(data.training.count),
        "validation_images": .integer(data.validation.count),
      ],
      "results": results,
    ]
    return Array(file.text.utf8)
  }

  /// Every setting, null where it is not used.
  var settingsJSON: JSON {
    let (model, objective, steering) = (settings.model, settings.objective, options.steering)
    func integer(_ value: Int?) -> JSON { value.map { .integer($0) } ?? .null }
    func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    return [
      "data": .string(settings.data.description), "limit": settings.limit.map { .integer($0) } ?? .null,
      "dropped_images": .integer(settings.dropped),
      "binarize": settings.binarization.map { .string($0.rawValue) } ?? .null, "epochs": .integer(settings.epochs),
      "batch_size": .integer(settings.batchSize), "model": .string(model.architecture.rawValue),
      "hidden_size": .integer(model.sizes.hidden), "latent_size": .integer(model.sizes.latent),
      "decoder_size": model.sizes.decoder.map { .integer($0) } ?? .null,
      "validation_split": .number(settings.validationSplit), "learning_rate": .number(settings.learningRate),
      "seed": settings.seed <= UInt64(Int.max) ? .integer(Int(settings.seed)) : .string("\(settings.seed)"),
      "loss": .string(objective.loss.rawValue), "beta": .number(objective.beta),
      "kl_warm_up": number(objective.klWarmUp), "free_bits": number(objective.freeBits),
      "capacity": number(objective.capacity), "capacity_epochs": number(objective.capacityEpochs),
      "samples": .integer(objective.samples), "conditional": .bool(objective.isConditional),
      "preset": settings.preset.map { .string($0.rawValue) } ?? .null,
      "schedule": .string(steering.schedule.rawValue), "warm_up": number(steering.warmUp),
      "decay_factor": number(steering.decayFactor), "decay_epochs": number(steering.decayEpochs),
      "clip_norm": number(steering.clipNorm), "reduce_on_plateau": integer(steering.reduceOnPlateau),
      "early_stopping": integer(steering.earlyStopping), "min_delta": number(steering.minDelta),
      "max_time": number(steering.maxTime), "checkpoint_every": integer(options.checkpoints.checkpointEvery),
      "keep": .integer(options.checkpoints.keep),
      "precision": .string(settings.precision.rawValue), "threads": .integer(settings.threads),
      "shards": .integer(settings.shards),
    ]
  }

  private func results(_ history: History) -> JSON {
    func losses(_ losses: Losses) -> JSON {
      .object(
        [JSON.Member("total", .number(losses.total))]
          + losses.parts.map { JSON.Member($0.name, .number($0.value)) })
    }
    return [
      "epochs": .integer(history.epochs.count), "parameters": .integer(parameterCount),
      "training": history.last.map { losses($0.training) } ?? .null,
      "validation": history.last?.validation.map { losses($0) } ?? .null,
      "seconds": .number(monotonicSeconds() - startSeconds),
      "images_per_second": history.last.map { .number($0.examplesPerSecond) } ?? .null,
      "peak_resident_bytes": .integer(Machine.peakResidentBytes),
    ]
  }

  /// Everything that the weights depend on but the number of epochs, and nothing else: what `model.safetensors` says about
  /// itself, so that the same run gives the same file on any number of threads, and what must not change where a run goes
  /// on from a checkpoint.
  static func identity(
    _ settings: TrainSettings, _ steering: SteeringOptions, _ data: TrainData, classes: Int
  ) -> [String: String] {
    let (model, objective) = (settings.model, settings.objective)
    let form = ModelForm(
      model.architecture, sizes: model.sizes, height: data.whole.height, width: data.whole.width, classes: classes,
      loss: objective.loss)
    var identity = form.metadata.merging([
      "beta": "\(objective.beta)", "samples": "\(objective.samples)",
      "batch_size": "\(settings.batchSize)", "learning_rate": "\(settings.learningRate)",
      "seed": "\(settings.seed)", "shards": "\(settings.shards)", "precision": settings.precision.rawValue,
      "training_images": "\(data.training.count)", "dropped_images": "\(settings.dropped)",
      "validation_split": "\(settings.validationSplit)", "data": data.whole.name, "data_sha256": data.whole.sha256,
    ]) { $1 }
    identity["binarize"] = settings.binarization?.rawValue
    identity["kl_warm_up"] = objective.klWarmUp.map { "\($0)" }
    identity["free_bits"] = objective.freeBits.map { "\($0)" }
    identity["capacity"] = objective.capacity.map { "\($0)" }
    identity["capacity_epochs"] = objective.capacityEpochs.map { "\($0)" }
    return identity.merging(steering.identity(epochs: settings.epochs)) { $1 }
  }
}
