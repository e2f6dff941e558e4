import Latent
import LatentData
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
    shards = options.shards ?? threads
  }

  /// The model of a data set, with its first weights.
  func makeModel(for data: Dataset) -> VariationalAutoencoder<LSTMEncoder, DenseDecoder> {
    let root = RandomKey(seed: seed)
    return VariationalAutoencoder(
      encoder: LSTMEncoder(
        inputSize: data.width, hiddenSize: sizes.hidden, latentSize: sizes.latent, key: root.child("encoder"),
        element: precision.element),
      decoder: DenseDecoder(
        latentSize: sizes.latent, hiddenSize: sizes.decoder, outputSize: data.height * data.width,
        key: root.child("decoder"), element: precision.element),
      reconstructionLoss: loss, beta: beta)
  }
}
