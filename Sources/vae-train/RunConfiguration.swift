import Latent
import LatentCommand
import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What `config.json` says: every setting, the versions, the machine, the data and, at the end, the results.
struct RunConfiguration {
  /// How far the run is.
  enum State {
    /// Nothing has been done yet, and what else the folder holds is of an earlier run.
    case starting
    case running
    /// Training is over. The weights are those of `model.safetensors`, if there is one; `problem` says what stopped it or
    /// what could not be written.
    case ended(History, RunWeights?, problem: String?)
  }

  let settings: TrainSettings
  let options: TrainOptions
  /// The command line that makes the run again, from the working folder of now.
  let arguments: [String]
  /// Nil until the data are read.
  var data: RunData?
  /// Nil until the data are read.
  var plan: ModelPlan?
  private let started = LocalTime.now
  private let startSeconds = monotonicSeconds()

  init(settings: TrainSettings, options: TrainOptions, arguments: [String]) {
    self.settings = settings
    self.options = options
    self.arguments = arguments
  }

  /// What ``State/starting`` is called.
  static let starting = "starting"

  /// The file.
  func json(_ state: State) -> [UInt8] {
    let status: String
    var results = JSON.null
    switch state {
    case .starting: status = Self.starting
    case .running: status = "running"
    case .ended(let history, let weights, let problem):
      status = problem ?? "finished"
      results = self.results(history, weights)
    }
    let file: JSON = [
      "program": "vae-train", "status": .string(status), "started": .string(started.timestamp),
      "arguments": .array(arguments.map { .string($0) }), "working_folder": .string(Self.workingFolder),
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
      "data": data.map { dataJSON($0) } ?? .null,
      "results": results,
    ]
    return Array(file.text.utf8)
  }

  private func dataJSON(_ data: RunData) -> JSON {
    [
      "name": .string(data.whole.name), "sha256": .string(data.whole.sha256),
      "labels_sha256": Self.labelsDigest(settings, data).map { .string($0) } ?? .null,
      "provenance": .string(data.whole.provenance), "height": .integer(data.whole.height),
      "width": .integer(data.whole.width), "training_images": .integer(data.training.count),
      "validation_images": .integer(data.validation.count),
    ]
  }

  /// The SHA-256 of the labels where the weights depend on them.
  private static func labelsDigest(_ settings: TrainSettings, _ data: RunData) -> String? {
    guard settings.objective.isConditional, let labels = data.whole.labels else { return nil }
    var hash = SHA256()
    hash.update(labels)
    return hash.hexDigest()
  }

  private static var workingFolder: String {
    guard let path = getcwd(nil, 0) else { return "." }
    defer { free(path) }
    return String(cString: path)
  }

  /// Every setting, null where it is not used.
  var settingsJSON: JSON {
    let (objective, steering) = (settings.objective.record, options.steering)
    func integer(_ value: Int?) -> JSON { value.map { .integer($0) } ?? .null }
    func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    return [
      "data": .string(settings.data.description), "limit": settings.limit.map { .integer($0) } ?? .null,
      "dropped_images": .integer(settings.dropped),
      "binarize": settings.binarization.map { .string($0.rawValue) } ?? .null, "epochs": .integer(settings.epochs),
      "batch_size": .integer(settings.batchSize), "model": plan.map { .string($0.description) } ?? .null,
      "latent_size": integer(plan?.latentSize), "plan": plan.flatMap { JSON(Array($0.json().utf8)) } ?? .null,
      "validation_split": .number(settings.validationSplit), "learning_rate": .number(settings.learningRate),
      "seed": settings.seed <= UInt64(Int.max) ? .integer(Int(settings.seed)) : .string("\(settings.seed)"),
      "loss": .string(settings.objective.loss.name), "beta": .number(objective["beta"] ?? 1),
      "kl_warm_up": number(objective["kl_warm_up"]), "free_bits": number(objective["free_bits"]),
      "capacity": number(objective["capacity"]), "capacity_epochs": number(objective["capacity_epochs"]),
      "samples": .integer(Int(objective["samples"] ?? 1)), "conditional": .bool(settings.objective.isConditional),
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

  private func results(_ history: History, _ weights: RunWeights?) -> JSON {
    func losses(_ losses: Losses) -> JSON {
      .object(losses.named(total: "total").map { JSON.Member($0.name, .number($0.value)) })
    }
    return [
      "epochs": .integer(history.epochs.count), "best_epoch": history.best.map { .integer($0.epoch) } ?? .null,
      "weights_epoch": weights.map { .integer($0.epoch) } ?? .null,
      "parameters": plan.map { .integer(Int($0.parameterCount)) } ?? .null,
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
  ///
  /// Data are what they hold: where they are the checkpoint's, they keep the name that they had then.
  static func identity(
    _ settings: TrainSettings, _ steering: SteeringOptions, _ data: RunData, _ plan: ModelPlan,
    resuming checkpoint: Checkpoint?
  ) -> [String: String] {
    let objective = settings.objective.record
    var identity = plan.metadata.merging([
      "beta": "\(objective["beta"] ?? 1)", "samples": "\(Int(objective["samples"] ?? 1))",
      "batch_size": "\(settings.batchSize)", "learning_rate": "\(settings.learningRate)",
      "seed": "\(settings.seed)", "shards": "\(settings.shards)", "precision": settings.precision.rawValue,
      "training_images": "\(data.training.count)", "dropped_images": "\(settings.dropped)",
      "validation_split": "\(settings.validationSplit)", "data": data.whole.name, "data_sha256": data.whole.sha256,
    ]) { $1 }
    identity["labels_sha256"] = labelsDigest(settings, data)
    if let then = checkpoint?.settings, then["data_sha256"] == data.whole.sha256 { identity["data"] = then["data"] }
    identity["binarize"] = settings.binarization?.rawValue
    for name in ["kl_warm_up", "free_bits", "capacity", "capacity_epochs"] {
      identity[name] = objective[name].map { "\($0)" }
    }
    return identity.merging(steering.identity(epochs: settings.epochs)) { $1 }
  }
}
