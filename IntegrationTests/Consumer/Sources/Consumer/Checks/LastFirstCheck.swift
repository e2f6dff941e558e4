import Latent
import LatentData
import LatentTraining

/// A gradient sum of one's own: called once a step, and what it gives is what the optimizer gets.
func checkLastFirst() throws {
  let model = Highway(size: 3, key: RandomKey(seed: 1))
  let data = TensorDataset(
    Tensor(numbers(33, seed: 5), shape: [11, 3]), Tensor(numbers(33, seed: 6), shape: [11, 3]))
  @Sendable func loss(_ model: Highway, _ batch: ExampleBatch, _ tape: Tape) -> LossTerms {
    LossTerms(total: squaredError(model(tape.constant(batch[0])), targets: batch[1]))
  }
  let sum = LastFirst()
  let parallel = DataParallel(threads: 2, shards: 4, sum: sum)
  let (_, gradients) = parallel.valueWithGradients(
    of: model, on: data, Array(0..<11)[...], step: 0, loss)

  // The same numbers added in the same order, in float32.
  let shards = sum.added.withLock { $0 }
  check(shards.count == 1 && shards[0].count == 4, "a gradient sum's shards")
  let added = shards[0][0].indices.map { index -> Double in
    Double([3, 2, 1].reduce(Float(shards[0][0][index])) { $0 + Float(shards[0][$1][index]) })
  }
  check(gradients.contents.doubles() == added, "a gradient sum's bits")

  // Which is the gradient of the whole batch.
  let whole = valueWithGradients(of: model) { model, tape in
    loss(model, data.batch(Array(0..<11)[...], in: BatchContext()), tape).total
  }.gradients
  check(gradients.contents.doubles(), whole.contents.doubles(), within: 1e-6, "a gradient sum's gradient")

  // A trainer calls it in each of 2 epochs of 3 steps.
  var (trained, trainer) = (model, Trainer(optimizer: Adam(), batchSize: 4, threads: 2, shards: 2, sum: sum))
  _ = try trainer.fit(&trained, to: data, epochs: 2, loss: loss)
  check(sum.added.withLock { $0.count } == 1 + 6, "a gradient sum in a trainer")
}
