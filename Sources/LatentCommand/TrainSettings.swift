import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE

/// Every setting of a training run: the command line's, else the preset's, else the default.
package struct TrainSettings: Sendable {
  package let data: DataSource
  package let limit: Int?
  /// First images left out.
  package let dropped: Int
  /// How images are made black and white.
  package let binarization: Binarization?
  package let epochs: Int
  package let batchSize: Int
  package let model: ModelChoice
  package let objective: ObjectiveSettings
  package let validationSplit: Double
  package let learningRate: Double
  package let seed: UInt64
  package let preset: Preset?
  package let precision: Precision
  package let threads: Int
  package let shards: Int

  /// - Throws: ``Failure`` where options exclude each other
  package init(_ options: ExperimentOptions, epochs: Int? = nil) throws(Failure) {
    let preset = options.preset
    data = options.data
    limit = options.limit
    dropped = preset?.dropped ?? 0
    binarization = options.binarize
    self.epochs = epochs ?? preset?.epochs ?? 30
    batchSize = options.batchSize
    model = try options.model.chosen(preset: preset)
    objective = try ObjectiveSettings(options.objective, of: model)
    validationSplit = options.validationSplit ?? preset?.validationSplit ?? 0.3
    learningRate = options.learningRate
    seed = options.seed
    self.preset = preset
    precision = options.precision
    threads = options.threads ?? Machine.cores
    shards = options.shards ?? DataParallel.defaultShards(batchSize: batchSize)
  }

  /// What the model is for a data set's images.
  ///
  /// - Throws: ``Failure`` where the machine's memory cannot hold what training it takes, or it can't be trained on them.
  package func plan(for data: RunData) throws(Failure) -> ModelPlan {
    let plan = try model.plan(
      for: .image(height: data.whole.height, width: data.whole.width), likelihood: objective.loss,
      classLabels: try classLabels(of: data))
    // Weights, those of the epoch before, two moments, and each shard's gradient.
    try plan.checkMemory(precision.element, copies: 4 + min(shards, batchSize))
    return plan
  }

  /// The model, with its first weights.
  package func makeModel(_ plan: ModelPlan, for data: RunData) -> AnyVariationalAutoencoder {
    let steps = (data.training.count + batchSize - 1) / batchSize
    return plan.makeModel(
      objective: objective.record.objective(stepsPerEpoch: steps), key: RandomKey(seed: seed),
      element: precision.element)
  }

  /// The classes that the model is conditional on, none where it is not: those that training sees. Nothing would be
  /// learned of any other.
  private func classLabels(of data: RunData) throws(Failure) -> [UInt8] {
    guard objective.isConditional else { return [] }
    guard let labels = data.training.labels else {
      throw Failure("--conditional needs labels, and \(data.whole.name) has none", code: Failure.usage)
    }
    let seen = Set(labels)
    let unseen = Set(data.validation.labels ?? []).subtracting(seen).sorted()
    guard unseen.isEmpty else {
      let names = data.whole.classNames
      throw Failure(
        "--conditional: images for validation have labels that no image for training has, "
          + "\(LabelList(unseen, names: names)): give more images, or another --validation-split", code: Failure.usage)
    }
    return seen.sorted()
  }
}
