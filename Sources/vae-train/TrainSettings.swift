import Latent
import LatentData
import LatentTraining
import LatentVAE

/// Every setting of a training run: the command line's, else the preset's, else the default.
struct TrainSettings: Sendable {
  let data: DataSource
  let limit: Int?
  /// First images left out.
  let dropped: Int
  let epochs: Int
  let batchSize: Int
  let sizes: ModelSizes
  let validationSplit: Double
  let learningRate: Double
  let seed: UInt64
  let loss: ReconstructionLoss
  let beta: Double
  let preset: Preset?
  let precision: Precision
  let threads: Int
  let shards: Int

  init(_ options: TrainOptions) {
    let preset = options.preset
    data = options.data
    limit = options.limit
    dropped = preset?.dropped ?? 0
    epochs = options.epochs ?? preset?.epochs ?? 30
    batchSize = options.batchSize
    sizes = (preset?.sizes ?? ModelSizes()).overridden(by: options.sizes)
    validationSplit = options.validationSplit ?? preset?.validationSplit ?? 0.3
    learningRate = options.learningRate
    seed = options.seed
    loss = options.loss
    beta = options.beta
    self.preset = preset
    precision = options.precision
    threads = options.threads ?? Machine.cores
    shards = options.shards ?? DataParallel.defaultShards(batchSize: batchSize)
  }

  /// The model for a data set's images, with its first weights.
  ///
  /// - Throws: ``Failure`` where the machine's memory cannot hold what training it takes.
  func makeModel(for data: Dataset) throws(Failure) -> VariationalAutoencoder<LSTMEncoder, DenseDecoder> {
    // Weights, those of the epoch before, two moments, and each shard's gradient.
    try sizes.makeModel(
      height: data.height, width: data.width, key: RandomKey(seed: seed), element: precision.element,
      copies: 4 + min(shards, batchSize), reconstructionLoss: loss, beta: beta)
  }
}
