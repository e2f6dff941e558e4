import Latent
import LatentData
import LatentTraining

/// A source and a data set of one's own: found by name, split, trained on.
func checkWalks() throws {
  let kinds = [WalkSource.self] + DataSource.kinds
  guard let source = DataSource("walks", among: kinds) else { return check(false, "a source is not found by its name") }
  check(source.source is WalkSource, "a source's name finds \(type(of: source.source))")
  check(DataSource("synthetic", among: kinds)?.source is SyntheticDigitsSource, "other sources are not found")
  let walks = AnyDataset(try source.load(limit: 200, seed: 3))
  let (training, validation) = walks.split(validationFraction: 0.25)
  check(training.count == 150 && validation.count == 50, "a split of 200 has \(training.count) and \(validation.count)")
  let (one, same) = (walks.firstBatch(160).values.values, validation.firstBatch(10).values.values)
  check(Array(one[150 * 20..<160 * 20]), same, "an example of a part")
  check(walks.shape == .series(steps: 20, features: 1) && walks.sha256.count == 64, "what a data set is")

  // The last step from those before: a walk goes on from where it is.
  var model = Dense(inputSize: 19, outputSize: 1, key: RandomKey(seed: 1))
  var trainer = Trainer(optimizer: Adam(learningRate: 0.01), batchSize: 50)
  let history = try trainer.fit(&model, to: training, validation: validation, epochs: 60) { model, batch, tape in
    let parts = tape.constant(batch.values.reshaped(to: [batch.count, 20])).split([19, 1], axis: 1)
    return LossTerms(total: squaredError(model(parts[0]), targets: parts[1].tensor))
  }
  // Steps have a variance of 1/12; walks after 20 steps one of 20/12.
  check(history.last!.validation!.total < 0.5, "a loss of \(history.last!.validation!.total) on walks")
}
