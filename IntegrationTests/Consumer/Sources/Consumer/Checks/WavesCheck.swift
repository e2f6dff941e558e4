import Foundation
import Latent
import LatentData
import LatentTraining
import LatentVAE

/// A data set of one's own, and its source: found by name, parts, checksums, and a model of a plan trained on it.
func checkWaves() throws {
  let kinds = [WaveSource.self] + DataSource.kinds
  let source = DataSource("waves", among: kinds)
  check(source?.source is WaveSource && DataSource("waves")?.source is IDXSource, "a source's name")
  check(DataSource("synthetic", among: kinds)?.source is SyntheticDigitsSource, "the names of other sources")
  check(try source?.load(.test, limit: 9).count == 9, "a source's examples")
  let waves = try WaveSource("waves")!.load(limit: 70)
  let (training, validation) = waves.split(validationFraction: 0.3)
  check(training.count == 49 && validation.numbers == 49..<70, "a data set's parts")
  let values = validation.batch([2], in: BatchContext(element: .float64)).values.values
  check(values, (0..<8).flatMap { [sin(0.3 * Double($0)), cos(0.3 * Double($0))] }, "a data set's values")
  check(waves.sha256 == Waves(numbers: 0..<70).sha256 && waves.sha256 != validation.sha256, "a data set's checksum")

  var recipe = ModelRecipe.lstmLSTM()
  recipe.latentSize = 2
  let plan = try recipe.plan(for: waves.shape, likelihood: .gaussian)
  var model = plan.makeModel()
  var trainer = Trainer(optimizer: Adam(learningRate: 1e-2), batchSize: 16, threads: 2)
  let history = try trainer.fit(&model, to: training, validation: validation, epochs: 4)
  let losses = history.epochs.compactMap { $0.validation?.total }
  check(losses.count == 4 && losses[3] < losses[0], "training on a data set: \(losses)")
}
