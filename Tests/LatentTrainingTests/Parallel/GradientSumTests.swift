import Foundation
import Latent
import LatentData
import LatentTraining
import Synchronization
import TestSupport
import Testing

/// Sums of one's own, given to the trainer from outside of the library.
@Suite struct GradientSumTests {
  @Test func treesAddPairs() {
    func text(_ shards: Int) -> String {
      GradientTree.additions(of: shards).map { "\($0.into)+\($0.from)" }.joined(separator: " ")
    }
    #expect(text(1) == "")
    #expect(text(2) == "0+1")
    #expect(text(5) == "0+1 2+3 0+2 0+4")
    #expect(text(8) == "0+1 2+3 4+5 6+7 0+2 4+6 0+4")
  }

  /// Each shard is some process's, each process has neighbours, and no process more than one above another.
  @Test func everyProcessHasShards() {
    for shards in 1...17 {
      for processes in 1...9 {
        let cut = ShardCut(shards: shards, processes: processes)
        let ranges = (0..<processes).map { cut[$0] }
        #expect(Set(ranges.joined()) == Set(0..<shards))
        #expect(ranges.map(\.count).min()! >= max(1, ranges.map(\.count).max()! - 1))
        #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.lowerBound <= $1.lowerBound })
        if shards >= processes { #expect(ranges.map(\.count).reduce(0, +) == shards) }
        for shard in 0..<shards { #expect(ranges.firstIndex { $0.contains(shard) } == cut.process(of: shard)) }
      }
    }
    #expect(ShardCut(shards: 8, processes: 3)[1] == 2..<5)
  }

  /// The gradients of quarters of a batch, added by hand: from the last to the first, and as a tree.
  @Test func additionsInAnotherOrder() {
    let model = Dense(inputSize: 3, outputSize: 4, activation: .tanh, key: RandomKey(seed: 1))
    let x = Initializer.uniform(-1...1)(shape: [32, 3], key: RandomKey(seed: 5))
    let data = TensorDataset(x, Tensor(x.values.map { sin(3 * $0) }, shape: [32, 3]))
    func gradient(_ indices: Range<Int>, _ parallel: DataParallel) -> [Float] {
      parallel.valueWithGradients(of: model, on: data, Array(indices)[...], step: 0) { layer, batch, tape in
        LossTerms(total: layer(tape.constant(batch[0])).squared().sum(axes: [1]).mean())
      }.gradients.flat.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }
    // A quarter counts for a quarter, which scales without rounding.
    let quarters = (0..<4).map { part in
      gradient(8 * part..<8 * part + 8, DataParallel(threads: 1, shards: 1)).map { $0 * 0.25 }
    }
    let (tree, backward) = (
      quarters[0].indices.map { (quarters[0][$0] + quarters[1][$0]) + (quarters[2][$0] + quarters[3][$0]) },
      quarters[0].indices.map { ((quarters[3][$0] + quarters[2][$0]) + quarters[1][$0]) + quarters[0][$0] }
    )
    #expect(tree != backward)
    for threads in 1...3 {
      #expect(gradient(0..<32, DataParallel(threads: threads, shards: 4)) == tree)
      #expect(gradient(0..<32, DataParallel(threads: threads, shards: 4, sum: FromTheLast())) == backward)
    }
  }

  private struct FromTheLast: GradientSum {
    func add(_ gradients: ShardGradients, on pool: WorkerPool) {
      gradients.add((1..<gradients.cut.shards).reversed().map { (into: $0 - 1, from: $0) }, on: pool)
    }
  }

  /// A sum that writes down what it is asked, and adds as the default does.
  private final class Recorder: GradientSum {
    let shards = Mutex<[Int]>([])

    func add(_ gradients: ShardGradients, on pool: WorkerPool) {
      shards.withLock { $0.append(gradients.cut.shards) }
      TreeSum().add(gradients, on: pool)
    }
  }

  @Test func recording() throws {
    let recorder = Recorder()
    let recorded = try Training(examples: 70, shards: 4).run(recorder)
    // Batches of 27 and 20 examples, twice.
    #expect(recorder.shards.withLock { $0 } == [4, 4, 4, 4])
    #expect(try recorded == Training(examples: 70, shards: 4).run(TreeSum()))
  }

  /// Processes that share a batch, on threads of this one, each with a model, a trainer and workers of its own: they end
  /// with the bits of one process, with batch normalisation, a batch's mean in the loss, buffers, clipping, a last batch of
  /// one example and a validation.
  @Test(arguments: [(2, 2), (2, 4), (2, 5), (3, 4), (3, 8), (4, 3)]) func processes(_ processes: Int, _ shards: Int)
    throws
  {
    for asks in [false, true] {
      for examples in [70, 28 + 14] {
        let training = Training(examples: examples, shards: shards, asks: asks)
        let alone = try training.run(TreeSum())
        let results = SimulatedProcesses(processes).run { try? training.run($0) }
        for (process, result) in results.enumerated() {
          #expect(
            result == alone, "process \(process) of \(processes), \(shards) shards, \(examples) examples, \(asks)")
        }
      }
    }
  }

  /// One whose messages are not what the program wrote ends with a line.
  @Test func strangeMessages() async {
    struct Strange: GradientSum {
      var processes: Int { 2 }
      func add(_ gradients: ShardGradients, on pool: WorkerPool) {}
      func gather(_ found: [[UInt8]], over cut: ShardCut) -> [[UInt8]] {
        // Of whole processes nothing; of shards something else.
        found + [[UInt8]](repeating: cut.shards == 2 ? [] : [1, 2, 3], count: cut.shards - found.count)
      }
    }
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Training(examples: 70, shards: 4).run(Strange())
    }
    #expect(
      result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }?.contains(
        "the processes of this run compute different things") == true)
  }
}

/// A run of two epochs.
private struct Training: Sendable {
  let examples: Int
  let shards: Int
  /// Whether the loss asks for the mean of a whole batch.
  var asks = true

  struct Result: Equatable {
    var tensors: [[Double]]
    var losses: [Losses]
  }

  func run(_ sum: any GradientSum) throws -> Result {
    var model = BatchStatisticsTests.Network()
    let x = Initializer.uniform(-1...1)(shape: [examples, 3], key: RandomKey(seed: 5), element: .float64)
    let data = TensorDataset(x, Tensor(x.values.map { sin(3 * $0) }, shape: [examples, 3], element: .float64))
    var trainer = Trainer(optimizer: Adam(learningRate: 1e-2), batchSize: 27, threads: 2, shards: shards, sum: sum)
    trainer.clipping = .globalNorm(0.5)
    let (training, validation) = data.split(validationFraction: 1.0 / 3)
    let history = try trainer.fit(&model, to: training, validation: validation, epochs: 2) {
      [asks] model, batch, tape in
      let y = model(tape.constant(batch[0]))
      let own = (y * y * y - y).sum(axes: [1]).mean()
      return LossTerms(
        total: asks ? own + y.squared().batchMean().log().sum() : own, parts: [("own", own)])
    }
    return Result(
      tensors: model.tensors.map(\.value.values), losses: history.epochs.flatMap { [$0.training, $0.validation!] })
  }
}
