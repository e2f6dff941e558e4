import Latent
import LatentData
import LatentFiles
import LatentMeasures
import LatentTraining
import LatentVAE
import TestSupport
import Testing

@Suite struct ModelMeasuresTests {
  private static func saved(_ loss: LikelihoodKind = .bernoulli, classes: Int = 0) throws -> SavedModel {
    let plan = testPlan(
      .mlp, sizes: .init(hidden: 12, latent: 3, decoder: 9), height: 28, width: 28, classes: classes, loss: loss)
    let model = plan.makeModel(key: RandomKey(seed: 3), element: .float64)
    return SavedModel(model, plan: plan)
  }

  @Test func everyPartIsThatOfTheModel() throws {
    let saved = try Self.saved()
    let images = ImageDataset.synthetic(count: 700)
    let one = saved.measures(on: images, samples: 8, seed: 2, workers: DataParallel(threads: 1, shards: 1))
    let three = saved.measures(on: images, samples: 8, seed: 2, workers: DataParallel(threads: 3, shards: 1))
    #expect(one == three)

    let batch = images.firstBatch(700, element: .float64)
    let (mean, logVariance) = saved.model.encode(batch.values)
    let latents = LatentStatistics(mean: mean, logVariance: logVariance)
    #expect(zip(one.latents.divergences, latents.divergences).allSatisfy { abs($0 - $1) < 1e-10 })
    #expect(abs(try #require(one.losses["kl"]) - latents.divergence) < 1e-9)
    let decoded = saved.model.decode(mean).reshaped(to: [700, 28, 28])
    #expect(
      abs(one.quality.meanSquaredError - ImageQuality(of: decoded, against: batch.values).meanSquaredError) < 1e-12)
    let weighted = try #require(one.importanceWeighted)
    #expect(weighted.samples == 8 && weighted.loss < one.losses.total)
    #expect(abs(try #require(one.bitsPerPixel) - one.losses.total / 784 / logarithm(2)) < 1e-12)
    #expect(one.images == 700 && one.pixels == 784 && !one.areBinary && !one.isLikelihood)
    #expect(one.labels?.asked == 350)
  }

  /// Processes that share the images get the measures of one, bit for bit, and each hears of all pieces to their ends.
  @Test(arguments: [(1, 0), (2, 0), (3, 10), (4, 0), (4, 10)]) func processes(_ processes: Int, _ classes: Int) throws {
    for (loss, count) in [(LikelihoodKind.bernoulli, 150), (.gaussian, 3)] {
      let saved = try Self.saved(loss, classes: classes)
      let images = ImageDataset.synthetic(count: count)
      @Sendable func measures(_ sum: any GradientSum) -> ModelMeasures {
        saved.measures(on: images, samples: 4, seed: 2, workers: DataParallel(threads: 2, shards: 1, sum: sum))
      }
      let alone = measures(TreeSum())
      for found in SimulatedProcesses(processes).run(measures) { #expect(found == alone) }
      if loss == .bernoulli {
        let conventions = saved.lossConventions(
          on: images, seed: 2, workers: DataParallel(threads: 1, shards: 1))
        let shared = SimulatedProcesses(processes).run { sum in
          saved.lossConventions(on: images, seed: 2, workers: DataParallel(threads: 1, shards: 1, sum: sum))
        }
        for found in shared { #expect(found == conventions) }
      }
    }
  }

  /// Each piece of the work is heard of from its beginning to its end, so that nothing long is silent.
  @Test func sayHowFarTheyAre() throws {
    let saved = try Self.saved()
    let heard = Locked<[WorkProgress]>([])
    @Sendable func hear(_ progress: WorkProgress) { heard.withLock { $0.append(progress) } }
    _ = LongWork.following(hear) {
      saved.measures(on: ImageDataset.synthetic(count: 100), samples: 3, workers: DataParallel(threads: 2, shards: 1))
    }
    let pieces = Dictionary(grouping: heard.withLock { $0 }, by: \.label)
    #expect(
      Set(pieces.keys) == [
        "measuring", "losses", "losses of 3 samples", "aggregated posterior", "nearest neighbours", "linear probe",
        "looking at layers",
      ])
    for (label, steps) in pieces {
      let done = steps.map(\.done)
      #expect(done.first == 0 && done == done.sorted() && done.last == steps[0].total && done.count > 1, "\(label)")
    }
  }

  @Test func blackAndWhiteImages() throws {
    let saved = try Self.saved()
    let workers = DataParallel(threads: 2, shards: 1)
    let grey = ImageDataset.synthetic(count: 60)
    for way in Binarization.allCases {
      let found = saved.measures(on: grey.binarized(way), workers: workers)
      #expect(found.areBinary && found.isLikelihood, "\(way)")
    }
    #expect(try Self.saved(.gaussian).measures(on: grey, workers: workers).isLikelihood)
    let squared = try Self.saved(.squaredError).measures(on: grey, workers: workers)
    #expect(squared.bitsPerPixel == nil && !squared.isLikelihood)
  }

  /// Each image is judged with its own label.
  @Test func conditionalModels() throws {
    let (saved, images) = (try Self.saved(classes: 10), ImageDataset.synthetic(count: 40))
    let found = saved.measures(on: images, seed: 4, workers: DataParallel(threads: 1, shards: 1))
    let batch = images.batch(Array(0..<40)[...], in: saved.evaluationContextForTests(seed: 4))
    let expected = saved.model.loss(
      batch.values, labels: images.labels, noise: batch.noise(columns: 3), tape: Tape()
    ).total.scalar
    #expect(abs(found.losses.total - expected) < 1e-9 && found.health.rectifiers.count == 2)
  }

  /// Each convention, from sums over pixels and dimensions of the model's own outputs.
  @Test func lossConventions() throws {
    let saved = try Self.saved()
    let images = ImageDataset.synthetic(count: 30)
    let batch = images.batch(Array(0..<30)[...], in: saved.evaluationContextForTests(seed: 4))
    let (mean, logVariance) = saved.model.encode(batch.values)
    let noise = batch.noise(columns: 3).values
    let (m, v, x) = (mean.values, logVariance.values, batch.values.values)
    let z = (0..<90).map { m[$0] + exponential(v[$0] / 2) * noise[$0] }
    let y = saved.model.decode(Tensor(z, shape: [30, 3], element: .float64)).values
    let ce = zip(x, y).map { -$0 * logarithm($1) - (1 - $0) * logarithm(1 - $1) }.reduce(0, +) / 30
    let se = zip(x, y).map { ($0 - $1) * ($0 - $1) }.reduce(0, +) / 30
    let kl = zip(m, v).map { ($0 * $0 + exponential($1) - $1 - 1) / 2 }.reduce(0, +) / 30
    let expected = [
      ce + kl, 128 * (ce + kl), ce / 784 + kl, ce / 784 + kl / 3, (ce + kl) / 784, (ce + kl) / 784 / logarithm(2),
      se + kl, se / 2 + kl, se / 784 + kl,
    ]
    let found = saved.lossConventions(on: images, seed: 4, workers: DataParallel(threads: 2, shards: 1)).rows
    #expect(found.count == expected.count)
    for (row, value) in zip(found, expected) { #expect(abs(row.value - value) < 1e-8 * value, "\(row.name)") }
  }
}

extension SavedModel {
  fileprivate func evaluationContextForTests(seed: UInt64) -> BatchContext {
    BatchContext(noiseKey: RandomKey(seed: seed).child("evaluation"), element: element)
  }
}
