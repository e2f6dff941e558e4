import Latent
import LatentData
import LatentTraining
import LatentVAE

/// Every setting of a training run: the command line's, else the preset's, else the default.
package struct TrainSettings: Sendable {
  package let data: DataSource
  package let limit: Int?
  /// First images left out.
  package let dropped: Int
  package let epochs: Int
  package let batchSize: Int
  package let sizes: ModelSizes
  package let validationSplit: Double
  package let learningRate: Double
  package let seed: UInt64
  package let loss: ReconstructionLoss
  package let beta: Double
  package let preset: Preset?
  package let precision: Precision
  package let threads: Int
  package let shards: Int

  package init(_ options: ExperimentOptions, epochs: Int? = nil) {
    let preset = options.preset
    data = options.data
    limit = options.limit
    dropped = preset?.dropped ?? 0
    self.epochs = epochs ?? preset?.epochs ?? 30
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
  package func makeModel(for data: Dataset) throws(Failure) -> VariationalAutoencoder<LSTMEncoder, DenseDecoder> {
    // Weights, those of the epoch before, two moments, and each shard's gradient.
    try sizes.makeModel(
      height: data.height, width: data.width, key: RandomKey(seed: seed), element: precision.element,
      copies: 4 + min(shards, batchSize), reconstructionLoss: loss, beta: beta)
  }
}
