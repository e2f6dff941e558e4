import Latent
import LatentData
import LatentMeasures
import LatentTraining
import Synchronization
import TestSupport
import Testing

/// Measures that processes share come out as in one process, bit for bit.
@Suite struct SharedMeasuresTests {
  /// Points enough for several pieces; the sum over pieces is that in their order.
  @Test(arguments: 2...4) func pointsAreShared(_ processes: Int) {
    let (mean, logVariance) = (scaled(fractions([2000, 3], key: 1), by: 4, plus: -2), fractions([2000, 3], key: 2))
    let labels = mean.values.enumerated().filter { $0.offset % 3 == 0 }.map { UInt8(($0.element + 2) * 2) }
    let posterior = AggregatedPosterior(mean: mean, logVariance: logVariance, seed: 5)
    let accuracy = LabelAccuracy(means: mean, labels: labels)
    #expect(accuracy != nil && posterior.mutualInformation > 0)
    let pieces = Mutex<[[Int]]>([])
    let shared = SimulatedProcesses(processes).run { sum in
      let heard = Mutex<[WorkProgress]>([])
      let found = LongWork.following({ step in heard.withLock { $0.append(step) } }) {
        (
          AggregatedPosterior(mean: mean, logVariance: logVariance, seed: 5, sharedBy: sum),
          LabelAccuracy(means: mean, labels: labels, sharedBy: sum)
        )
      }
      for work in Dictionary(grouping: heard.withLock { $0 }, by: \.label).values {
        pieces.withLock { $0.append(work.map(\.done)) }
      }
      return found
    }
    for found in shared { #expect(found.0 == posterior && found.1 == accuracy) }
    for done in pieces.withLock({ $0 }) { #expect(done == done.sorted() && done.first == 0 && done.count > 2) }
  }

  /// Units and gates are counted over the examples of all processes, whichever had them.
  @Test(arguments: [TestModel.lstmLSTM, .gru, .conv, .mlp]) func healthIsShared(_ model: TestModel) {
    let sizes = TestModel.Sizes(hidden: 6, latent: 2, decoder: model == .conv || model == .gru ? nil : 10)
    let vae = model.plan(sizes: sizes, height: 28, width: 28).makeModel(key: RandomKey(seed: 1))
    for count in [20, 130] {
      let images = ImageDataset.synthetic(count: count)
      @Sendable func health(_ sum: any GradientSum) -> ModelHealth {
        ModelHealth(of: vae, on: images, workers: DataParallel(threads: 2, shards: 1, sum: sum)) {
          _ = $0.loss($1, tape: $2)
        }
      }
      let alone = ModelHealth(of: vae, on: images) { _ = $0.loss($1, tape: $2) }
      #expect(!alone.rectifiers.isEmpty || !alone.gates.isEmpty)
      for found in SimulatedProcesses(3).run(health) { #expect(found == alone) }
    }
  }
}
