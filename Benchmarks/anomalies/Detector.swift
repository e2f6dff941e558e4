import Latent
import LatentAnomalies
import LatentData
import LatentTraining
import LatentVAE

/// A variational auto-encoder that learns the first rows of a series and scores all of them: one setting for every series.
struct Detector: Sendable {
  /// Rows of a window.
  var window = 32
  /// Units of the encoder's and the decoder's hidden layer.
  var hiddenSize = 64
  var latentSize = 8
  var epochs = 400
  var batchSize = 32
  /// The rate at first; it falls to a twentieth along half a cosine.
  var learningRate = 1e-3
  var score = ScoreKind.probability
  var seed: UInt64 = 0

  /// The score of each row; NaN for those before the first window is full.
  ///
  /// Rows follow each other whatever their times are: the benchmarks' series have gaps that their own detectors do not see
  /// either. Everything here runs on the thread that calls it.
  ///
  /// - Parameter learned: the rows from the first on that are learned; the others are scored alone
  func scores(of series: Series, learning learned: Int) throws -> [Double] {
    let rows = Series(columns: series.columns, values: series.values)
    let windows = SeriesDataset([rows[0..<learned]], window: window)
    let scaling = Scaling(.standard, of: windows)
    let recipe = ModelRecipe(encoder: .dense([hiddenSize]), latentSize: latentSize, decoder: .dense([hiddenSize]))
    let plan = try recipe.plan(for: windows.shape, likelihood: .freeGaussian(.feature))
    var model = plan.makeModel(key: RandomKey(seed: seed))
    var trainer = Trainer(
      optimizer: Adam(learningRate: learningRate), batchSize: batchSize, seed: seed, threads: 1, shards: 1)
    let steps = epochs * ((windows.count + batchSize - 1) / batchSize)
    trainer.schedule = .cosine(peak: learningRate, steps: steps, end: learningRate / 20)
    try trainer.fit(&model, to: windows.scaled(by: scaling), epochs: epochs)
    let judge = try AutoencoderScores(SavedModel(model, plan: plan), kind: score, seed: seed)
    return AnomalyScorer(judge, scaling: scaling).scores(of: rows, on: DataParallel(threads: 1, shards: 1)).scores
  }
}
