import Foundation
import Latent
import LatentData
import LatentFiles
import LatentVAE
import TestSupport
import Testing

@testable import LatentTraining

/// Shards, their gradients and their memory.
@Suite struct DataParallelTests {
  /// The gradient of a batch in shards is that of the whole batch, and both are those of one tape.
  @Test(arguments: [1, 2, 3, 5, 8, 17], ElementType.computing)
  func shardsAddUp(_ shards: Int, _ element: ElementType) {
    let (images, model) = (Tiny.images(20), Tiny.model(element: element))
    let layout = ParameterLayout(of: model)
    let key = RandomKey(seed: 5)
    let indices = key.permutation(of: 20)
    for batch in [indices[...], indices[3..<14], indices[19..<20]] {
      let parallel = DataParallel(threads: 2, shards: shards)
      let (sums, gradients) = parallel.gradients(
        of: model, on: images, batch, noiseKey: key, step: 0, layout: layout
      ) { $0.loss($1, tape: $2) }
      var parts: [(String, Double)] = []
      let (value, whole) = valueWithGradients(of: model, layout: layout) { model, tape in
        let terms = model.loss(images.batch(batch, in: BatchContext(noiseKey: key, element: element)), tape: tape)
        parts = terms.parts.map { ($0.name, $0.value.scalar) }
        return terms.total
      }
      let tolerance = element == .float32 ? 1e-5 : 1e-13
      let count = Double(batch.count)
      #expect(abs(sums.total / (value * count) - 1) < tolerance)
      for (sum, part) in zip(sums.parts, parts) {
        #expect(sum.name == part.0 && abs(sum.value / (part.1 * count) - 1) < tolerance)
      }
      #expect(sums.parts.count == 2)
      for slot in layout.slots {
        let error = maxRelativeError(gradients[slot.path].values, whole[slot.path].values)
        #expect(error < tolerance, "\(slot.path), \(batch.count) images in \(shards) shards")
      }
    }
  }

  /// Each image has noise of its own, so batches of any size give the same losses.
  @Test func lossesDoNotDependOnTheBatches() {
    let (images, model) = (Tiny.images(20), Tiny.model(element: .float64))
    let parallel = DataParallel(threads: 2, shards: 2)
    let totals = [1, 3, 7, 20, 100].map { size in
      parallel.losses(
        of: model, on: images, batchSize: size, noiseKey: RandomKey(seed: 2), step: 0, element: .float64
      ) { $0.loss($1, tape: $2) }.total
    }
    for total in totals { #expect(abs(total / totals[0] - 1) < 1e-12) }
    let key = RandomKey(seed: 2)
    let all = images.batch([4, 7, 1, 19], in: BatchContext(noiseKey: key)).noise(columns: 3).values
    #expect(images.batch([7], in: BatchContext(noiseKey: key)).noise(columns: 3).values == Array(all[3..<6]))
  }

  /// A loop that gives no key draws other noise in each step, and the same again in the same one.
  @Test func stepsHaveNoiseOfTheirOwn() {
    let (images, model, parallel) = (Tiny.images(20), Tiny.model(), DataParallel(threads: 2, shards: 2))
    func loss(_ step: Int, _ key: RandomKey? = nil) -> Double {
      parallel.valueWithGradients(of: model, on: images, [3, 7, 1, 4], step: step, noiseKey: key) {
        $0.loss($1, tape: $2)
      }.losses.total
    }
    #expect(loss(0) == loss(0) && Set([loss(0), loss(1), loss(2)]).count == 3)
    #expect(loss(0, RandomKey(seed: 1)) == loss(1, RandomKey(seed: 1)), "the noise of data is an epoch's")
  }

  /// Evaluation takes 32 small examples at a time, and one large one.
  @Test func evaluationFollowsTheExamplesSize() {
    let sizes = [0, 1, 28 * 28, 64 * 64, 128 * 128, 256 * 256, 512 * 512, 1000 * 700, Int.max]
    #expect(sizes.map(DataParallel.evaluationSize) == [32, 32, 32, 32, 8, 2, 1, 1, 1])
    let images = Tensor(zeros: [9, 250, 250])
    let parallel = DataParallel(threads: 3, shards: 1)
    #expect(parallel.map(TensorDataset(images)) { $0[0].shape[0] } == [2, 2, 2, 2, 1])
    #expect(pieces(of: images, on: parallel, batchSize: 8) == [1, 8])
  }

  /// Few examples are cut into as many pieces as a batch has shards, whatever the threads: none of those is left idle.
  @Test(arguments: [1, 3]) func fewExamplesAreForAllThreads(_ threads: Int) {
    let parallel = DataParallel(threads: threads, shards: 4)
    for (examples, expected) in [(1, [1]), (3, [1, 1, 1]), (10, [1, 3, 3, 3]), (130, [2, 32, 32, 32, 32])] {
      #expect(pieces(of: Tensor(zeros: [examples, 2]), on: parallel, batchSize: 16) == expected)
    }
  }

  /// How many examples a loss gets at a time in an evaluation, sorted.
  private func pieces(of examples: Tensor, on parallel: DataParallel, batchSize: Int) -> [Int] {
    let counts = Locked<[Int]>([])
    _ = parallel.losses(
      of: Tiny.model(), on: TensorDataset(examples), batchSize: batchSize, noiseKey: RandomKey(seed: 0), step: 0,
      element: .float32
    ) { model, batch, tape in
      counts.withLock { $0.append(batch[0].shape[0]) }
      return LossTerms(total: tape.constant(Tensor([1], shape: [])))
    }
    return counts.withLock { $0.sorted() }
  }

  /// Results are taken up in order, whoever is done first.
  @Test(arguments: [1, 3]) func foldsInOrder(_ threads: Int) {
    let data = TensorDataset(Tensor((0..<100).map(Double.init), shape: [100, 1]))
    let parallel = DataParallel(threads: threads, shards: 1)
    let joined = parallel.fold(
      data, batchSize: 7, in: BatchContext(), into: JoinedRows([100, 1], element: .float32)
    ) { batch in
      if batch.streams[0] % 2 == 0 { usleep(1000) }
      return batch[0]
    } add: {
      $0.append($1)
    }
    #expect(joined.tensor.values == (0..<100).map(Double.init))
  }

  /// After the first step no step asks the system for memory.
  @Test(arguments: [(1, 1), (1, 3), (2, 2), (2, 5), (3, 3), (3, 1)])
  func stepsUseTheSameMemory(threads: Int, shards: Int) {
    let (images, model) = (Tiny.images(40), Tiny.model())
    let layout = ParameterLayout(of: model)
    let parallel = DataParallel(threads: threads, shards: shards)
    let order = Array(0..<40)
    var bytes: [Int] = []
    for step in 0..<30 {
      _ = parallel.valueWithGradients(of: model, on: images, order[step..<step + 10], step: step, layout: layout) {
        $0.loss($1, tape: $2)
      }
      bytes.append(parallel.workspaceBytes)
    }
    #expect(bytes[0] > 0)
    #expect(Set(bytes).count == 1, "\(bytes)")
  }

  /// After the first epoch, with its smaller last batch, no epoch does. Validation's batches go to whichever worker is
  /// free, so that only one thread's memory is the same in every run.
  @Test(arguments: [(1, 1, 0.3), (1, 3, 0.3), (2, 2, 0), (2, 5, 0), (3, 3, 0)])
  func epochsUseTheSameMemory(threads: Int, shards: Int, validationSplit: Double) throws {
    var model = Tiny.model()
    var trainer = Trainer(optimizer: Adam(), batchSize: 11, threads: threads, shards: shards)
    var bytes: [Int] = []
    let usage = trainer.parallel
    _ = try trainer.fit(&model, to: Tiny.images(40), epochs: 8, validationSplit: validationSplit) { event in
      if case .epochFinished = event { bytes.append(usage.workspaceBytes) }
    }
    #expect(bytes.count == 8)
    #expect(Set(bytes).count == 1, "\(bytes)")
  }
}
