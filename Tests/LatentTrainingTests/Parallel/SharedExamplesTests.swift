import Latent
import LatentData
import LatentVAE
import Synchronization
import TestSupport
import Testing

@testable import LatentTraining

/// A trained model on examples that several processes share: all get what one process gives, bit for bit.
@Suite struct SharedExamplesTests {
  /// Fewer batches than processes, as many, a last one with an example, many.
  @Test(arguments: [1, 2, 3, 4], [0, 1, 2, 3, 7, 8, 9, 64, 301]) func mapsInOrder(_ processes: Int, _ count: Int) {
    let data = TensorDataset(Tensor((0..<count).map(Double.init), shape: [count, 1]))
    let heard = Mutex<[[Int]]>([])
    let results = SimulatedProcesses(processes).run { sum in
      let progress = Mutex<[Int]>([])
      let parallel = DataParallel(threads: 2, shards: 1, sum: sum)
      let result = LongWork.following({ step in progress.withLock { $0.append(step.done) } }) {
        parallel.map(data, batchSize: 2) { Numbered(values: $0[0].floats, count: $0.count) }
      }
      heard.withLock { $0.append(progress.withLock { $0 }) }
      return result
    }
    let expected = stride(from: 0, to: count, by: 2).map { start in
      Numbered(values: (start..<min(start + 2, count)).map(Float.init), count: min(2, count - start))
    }
    for result in results { #expect(result == expected) }
    for done in heard.withLock({ $0 }) { #expect(done == done.sorted() && done.first == 0 && done.last == count) }
  }

  private struct Numbered: Codable, Equatable, Gatherable {
    var values: [Float]
    var count: Int
  }

  /// Each process computes its own batches and no more than it must.
  @Test(arguments: [2, 3, 4]) func batchesAreShared(_ processes: Int) {
    let data = TensorDataset(Tensor(zeros: [120, 1]))
    let computed = SimulatedProcesses(processes).run { sum in
      let own = Mutex<[Int]>([])
      _ = DataParallel(threads: 1, shards: 1, sum: sum).map(data, batchSize: 1) { batch in
        own.withLock { $0.append(Int(batch.streams[0])) }
        return 0
      }
      return own.withLock { $0 }
    }
    #expect(computed.flatMap(\.self).sorted() == Array(0..<120))
    for own in computed { #expect(own == own.sorted() && abs(own.count - 120 / processes) <= 1) }
  }

  /// What a process holds does not grow with the results: they come in rounds, of few batches where results are large.
  @Test func largeResultsComeInRounds() {
    let data = TensorDataset(Tensor(zeros: [24, 1]))
    let rounds = SimulatedProcesses(2).run { sum in
      let counting = CountingSum(sum)
      // A result of a megabyte, of which a process may hold four.
      _ = DataParallel(threads: 2, shards: 1, sum: counting).fold(
        data, batchSize: 1, in: BatchContext(), into: 0
      ) { _ in
        Tensor(zeros: [1 << 18])
      } add: {
        $0 += $1.count
      }
      return counting.shards.withLock { $0 }
    }
    #expect(rounds == Array(repeating: [2, 6, 6, 6, 4], count: 2))
  }

  private final class CountingSum: GradientSum {
    let shards = Mutex<[Int]>([])
    private let sum: any GradientSum
    init(_ sum: any GradientSum) { self.sum = sum }
    var processes: Int { sum.processes }
    var process: Int { sum.process }
    func add(_ gradients: ShardGradients, on pool: WorkerPool) { sum.add(gradients, on: pool) }
    func gather(_ found: [[UInt8]], over cut: ShardCut) -> [[UInt8]] {
      shards.withLock { $0.append(cut.shards) }
      return sum.gather(found, over: cut)
    }
  }

  /// Encoding, decoding, reconstructing, losses of one and several samples; with labels and without, with noise in the
  /// images themselves.
  @Test(arguments: [0, 10], ElementType.computing) func savedModels(_ classes: Int, _ element: ElementType) {
    let plan = testPlan(
      .lstm, sizes: .init(hidden: 5, latent: 3, decoder: 7), height: 28, width: 28, classes: classes)
    let saved = SavedModel(plan.makeModel(key: RandomKey(seed: 3), element: element), plan: plan)
    for count in [1, 33, 150] {
      let images = ImageDataset.synthetic(count: count).binarized(.stochastic)
      @Sendable func found(_ sum: any GradientSum) -> [[Double]] {
        let workers = DataParallel(threads: 2, shards: 1, sum: sum)
        let (mean, logVariance) = saved.encode(images, seed: 4, on: workers)
        let labels = classes > 0 ? images.labels : nil
        return [
          mean.values, logVariance.values, saved.decode(mean, labels: labels, on: workers).values,
          saved.reconstruct(images, seed: 4, on: workers).values,
        ]
          + [1, 5].map { saved.losses(of: images, samples: $0, seed: 4, on: workers) }.map { losses in
            [losses.total] + losses.parts.map(\.value)
          }
      }
      let alone = found(TreeSum())
      #expect(
        alone[0].count == 3 * count && alone[3].count == 784 * count && alone.allSatisfy { $0.allSatisfy(\.isFinite) })
      for processes in 1...4 {
        for result in SimulatedProcesses(processes).run(found) {
          #expect(result == alone, "\(processes) processes, \(count) images")
        }
      }
    }
  }

  /// What travels comes back with its bits, whatever they are.
  @Test func valuesComeBack() {
    func again<Value: Gatherable>(_ value: Value) -> Value {
      var message = ShardMessage(as: "a test")
      value.write(to: &message)
      message = ShardMessage(message.bytes, as: "a test")
      return Value(from: &message)
    }
    for number in [0, -0.0, 1 / 3.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, .greatestFiniteMagnitude] {
      #expect(again(number).bitPattern == number.bitPattern)
      #expect(again(Float(number)).bitPattern == Float(number).bitPattern)
    }
    #expect(again([0, -1, .min, .max]) == [0, -1, .min, .max])
    #expect(again([UInt8(0), 255]) == [0, 255])
    #expect(again([true, false]) == [true, false])
    #expect(again(["", "é\n🧠", "a"]) == ["", "é\n🧠", "a"])
    #expect(again([[1.5], [], [2, 3]]) == [[1.5], [], [2, 3]])
    for element in ElementType.allCases {
      for shape in [[], [0, 3], [2, 3], [1]] {
        let values = (0..<shape.reduce(1, *)).map { Double($0) - 0.1 }
        let tensor = Tensor(values, shape: shape, element: element)
        let other = again(tensor)
        #expect(other.shape == shape && other.element == element && other.values == tensor.values)
      }
    }
  }
}
