import Latent
import LatentData
import LatentMeasures
import LatentTraining
import LatentVAE
import TestSupport
import Testing

/// What is known of examples reaches an encoder that reads it wherever a trained model is looked at.
@Suite struct MaskedExamplesTests {
  @Test(arguments: [1, 2])
  func everyWayToTheEncoderHasTheMask(_ threads: Int) throws {
    let plan = try ModelRecipe(
      encoder: .recurrent(.gru, units: 3), latentSize: 2, decoder: .dense([3]), maskChannel: true
    ).plan(for: .series(steps: 4, features: 2), likelihood: .squaredError)
    let model = plan.makeModel(key: RandomKey(seed: 3), element: .float64)
    var sample = SampleValues(seed: 5)
    let shape = [12, 4, 2]
    let observed = Tensor((0..<96).map { $0 % 5 == 1 || $0 / 8 % 3 == 0 ? 0 : 1 }, shape: shape, element: .float64)
    let x = Tensor(zip(sample.numbers(96), observed.values).map { $0 * $1 }, shape: shape, element: .float64)
    let data = TensorDataset([x], shape: plan.example, observed: observed)
    let blind = TensorDataset([x], shape: plan.example)
    let expected = model.encode(x, observed: observed)
    let (saved, workers) = (SavedModel(model, plan: plan), DataParallel(threads: threads, shards: 3))
    #expect(maxRelativeError(saved.encode(data, on: workers).mean.values, expected.mean.values) < 1e-12)
    #expect(maxRelativeError(saved.encode(blind, on: workers).mean.values, expected.mean.values) > 1e-3)
    let drawn = model.decode(expected.mean).values
    #expect(maxRelativeError(saved.reconstruct(data, on: workers).values, drawn) < 1e-12)
    let statistics = LatentStatistics(mean: expected.mean, logVariance: expected.logVariance)
    let measures = saved.measures(on: data, workers: workers)
    #expect(maxRelativeError(measures.latents.divergences, statistics.divergences) < 1e-12)
    // The loss is that of the known values given all that is known.
    let batch = data.batch(Array(0..<12)[...], in: BatchContext(element: .float64))
    let kl = model.loss(batch, tape: Tape()).parts.first { $0.name == "kl" }!.value.scalar
    #expect(maxRelativeError([measures.losses["kl"] ?? .nan], [kl]) < 1e-12)
  }
}
