import Latent
import LatentData
import LatentTraining
import LatentVAE
import TestSupport
import Testing

/// An objective that the library does not have, defined here as a client would: trained on shards, it is the same as on whole
/// batches.
@Suite struct OwnObjectiveTests {
  /// Its formula by loops over all pairs of a batch's codes, with the library's parts for the rest.
  @Test func formula() throws {
    var model = Tiny.model(element: .float64)
    model.objective = InfoVAE(alpha: 0.25, lambda: 50)
    let batch = Tiny.images(13).firstBatch(13, element: .float64)
    let noise = Tensor.normalNoise(
      key: RandomKey(seed: 3), streams: (0..<13).map { $0 }, columns: Tiny.latent, element: .float64)
    let terms = model.loss(batch.values, noise: noise, tape: Tape())
    let (mean, logVariance) = model.encode(batch.values)
    let tape = Tape()
    let z = gaussianSample(mean: tape.constant(mean), logVariance: tape.constant(logVariance), noise: noise).tensor
      .values
    let codes = (0..<13).map { Array(z[$0 * Tiny.latent..<($0 + 1) * Tiny.latent]) }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    var (pairs, cross) = (0.0, 1.0)
    for a in codes {
      cross += dot(a, a) / 13
      for b in codes {
        let kernel = 1 + dot(a, b)
        pairs += kernel * kernel / 169
      }
    }
    let expected: Double = pairs - 2 * cross + 1 + Double(Tiny.latent)
    let parts = Dictionary(uniqueKeysWithValues: terms.parts.map { ($0.name, $0.value.scalar) })
    #expect(abs(try #require(parts["mmd"]) - expected) < 1e-12 * max(1, expected))
    let total = try #require(parts["reconstruction"]) + 0.75 * #require(parts["kl"]) + 49.25 * expected
    #expect(abs(terms.total.scalar - total) < 1e-10)
  }

  /// A loss whose gradient lacked what other shards contribute would train other weights.
  @Test func shardsDoNotMatter() throws {
    func trained(shards: Int, threads: Int) throws -> (numbers: [[Double]], loss: Double) {
      var model = Tiny.model(element: .float64)
      model.objective = InfoVAE(alpha: 0.25, lambda: 50)
      var trainer = Trainer(
        optimizer: Adam(learningRate: 0.01), batchSize: 24, seed: 3, threads: threads, shards: shards)
      let history = try trainer.fit(&model, to: Tiny.images(90), epochs: 3)
      return (model.numbers, history.last!.training.total)
    }
    let whole = try trained(shards: 1, threads: 1)
    for (shards, threads) in [(4, 1), (4, 3), (7, 2)] {
      let cut = try trained(shards: shards, threads: threads)
      #expect(abs(cut.loss / whole.loss - 1) < 1e-12)
      for (a, b) in zip(cut.numbers, whole.numbers) { #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-9 }) }
    }
    #expect(whole.numbers != Tiny.model(element: .float64).numbers)
  }

  @Test func centralDifferences() {
    var model = Tiny.model(element: .float64)
    model.objective = InfoVAE(alpha: -1, lambda: 4)
    let batch = Tiny.images(5).firstBatch(5, element: .float64)
    let noise = Tensor.normalNoise(
      key: RandomKey(seed: 3), streams: (0..<5).map { $0 }, columns: Tiny.latent, element: .float64)
    #expect(gradientMismatches(of: model) { $0.loss(batch.values, noise: noise, tape: $1).total } == [])
  }

  /// Nothing but its loss has to be said.
  @Test func whatItSays() {
    let objective = InfoVAE(alpha: 0, lambda: 1)
    #expect(objective.bound == nil && objective.samples == 1 && !objective.isChanging(in: Pass(isTraining: true)))
    #expect(objective.record.words(with: .bernoulli) == "InfoVAE of binary cross-entropy, in nats per image")
    let saved = SavedModel(Tiny.model(), example: .image(height: 4, width: 5))
    #expect(saved.bound == "−ELBO")
  }
}

/// The objective of an InfoVAE (Zhao, Song & Ermon 2019),
///
///     -log p(x|z) + (1 - alpha) KL + (alpha + lambda - 1) MMD(q(z), N(0, I))
///
/// with the kernel (1 + a b)^2, for which the discrepancy is one of moments: 2 |E z|^2 + |E z z^T - I|^2.
private struct InfoVAE: Objective {
  var alpha: Double
  var lambda: Double

  func loss(of pass: LatentPass) -> LossTerms {
    let z = pass.sample()
    let size = z.shape[1]
    let reconstruction = pass.reconstruction(from: z)
    let kl = pass.divergence()
    // Neither is linear in the batch's mean: both take that of all shards.
    let mean = z.batchMean()
    let moments = (z.expanded(at: 2) * z.expanded(at: 1)).batchMean()
    let unit = Tensor(
      (0..<size * size).map { $0 % (size + 1) == 0 ? 1 : 0 }, shape: [size, size], element: pass.x.element)
    let mmd = 2 * mean.squared().sum() + (moments - pass.tape.constant(unit)).squared().sum()
    return LossTerms(
      total: reconstruction + (1 - alpha) * kl + (alpha + lambda - 1) * mmd,
      parts: [("reconstruction", reconstruction), ("kl", kl), ("mmd", mmd)])
  }
}
