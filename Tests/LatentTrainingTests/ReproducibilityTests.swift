import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE
import TestSupport
import Testing

/// The same seed and shards give the same bits, whatever the number of threads.
@Suite struct ReproducibilityTests {
  private struct Outcome: Equatable {
    let weights: [[Double]]
    let losses: [[Losses?]]
  }

  private func run(
    seed: UInt64 = 7, threads: Int, shards: Int, images: Int = 23, batchSize: Int = 8, epochs: Int = 2
  ) throws -> Outcome {
    var model = Tiny.model()
    var trainer = Trainer(
      optimizer: Adam(learningRate: 0.01), batchSize: batchSize, seed: seed, threads: threads, shards: shards)
    #expect(trainer.parallel.shards == shards && trainer.parallel.pool.threads == threads)
    let history = try trainer.fit(&model, to: Tiny.images(images), epochs: epochs, validationSplit: 0.3)
    return Outcome(weights: model.numbers, losses: history.epochs.map { [$0.training, $0.validation] })
  }

  /// 16 of 23 images train: batches of 7 give 7, 7 and 2, fewer than 3 or 8 shards.
  @Test(arguments: [1, 2, 3, 8], [5, 7, 8, 16])
  func threadsDoNotMatter(shards: Int, batchSize: Int) throws {
    let one = try run(threads: 1, shards: shards, batchSize: batchSize)
    #expect(one.weights.joined().allSatisfy { $0.isFinite })
    for threads in [2, 3] {
      #expect(try run(threads: threads, shards: shards, batchSize: batchSize) == one, "\(threads) threads")
    }
  }

  /// The same for sequences of unequal length, each image being read down to a row of its own.
  @Test(arguments: [1, 3])
  func threadsDoNotMatterForLengths(shards: Int) throws {
    struct Reader: TrainableModel {
      var lstm = BidirectionalLSTM(inputSize: Tiny.width, hiddenSize: 5, key: RandomKey(seed: 1))
      var gru = GRU(inputSize: Tiny.width, hiddenSize: 10, key: RandomKey(seed: 2))
      mutating func visit(_ visitor: inout ParameterVisitor) {
        visitor.visit("lstm", &lstm)
        visitor.visit("gru", &gru)
      }
      func loss(_ batch: ExampleBatch, tape: Tape) -> LossTerms {
        let (x, lengths) = (tape.constant(batch.values), batch.streams.map { 1 + Int($0) % Tiny.height })
        let y = lstm(x, lengths: lengths) * gru(x, lengths: lengths)
        return LossTerms(total: squaredError(y, targets: Tensor(repeating: 0.25, shape: y.shape)))
      }
    }
    let outcomes = try [1, 2, 3].map { threads in
      var model = Reader()
      var trainer = Trainer(optimizer: Adam(), batchSize: 7, threads: threads, shards: shards)
      _ = try trainer.fit(&model, to: Tiny.images(23), epochs: 2)
      return model.numbers
    }
    #expect(outcomes[0] != Reader().numbers)
    #expect(outcomes[1] == outcomes[0] && outcomes[2] == outcomes[0])
  }

  @Test func runsRepeat() throws {
    for _ in 0..<5 {
      #expect(try run(threads: 2, shards: 2) == run(threads: 2, shards: 2))
    }
  }

  /// Shards change the last bits only.
  @Test func shardsChangeTheRoundingOnly() throws {
    let one = try run(threads: 1, shards: 1)
    for shards in [2, 3, 8] {
      let many = try run(threads: 1, shards: shards)
      for (a, b) in zip(one.weights, many.weights) {
        #expect(maxRelativeError(b, a) < 1e-3, "Adam's first steps make much of the last bits")
      }
      for (a, b) in zip(one.losses, many.losses) {
        #expect(maxRelativeError(b.map { $0!.total }, a.map { $0!.total }) < 1e-5)
      }
    }
  }

  /// Each epoch has the order and the noise of its own key, which the seed and its number give.
  @Test func epochsHaveKeys() throws {
    struct Watcher: TrainableModel {
      var inner = Tiny.model(element: .float64)
      let seen: Log

      mutating func visit(_ visitor: inout ParameterVisitor) { inner.visit(&visitor) }

      func loss(_ batch: ExampleBatch, tape: Tape) -> LossTerms {
        seen.add(batch.streams, batch.noise(columns: 2).values)
        return inner.loss(batch, tape: tape)
      }
    }
    var model = Watcher(seen: Log())
    var trainer = Trainer(optimizer: Adam(), batchSize: 6, seed: 3, threads: 1, shards: 2)
    _ = try trainer.fit(&model, to: Tiny.images(20), epochs: 2, validationSplit: 0.25)
    // 15 images train in batches of 6, 6 and 3, each in two shards; 5 validate, in as many parts.
    let (streams, noise) = (model.seen.streams, model.seen.noise)
    #expect(streams.map(\.count) == [3, 3, 3, 3, 1, 2, 3, 2, 3, 3, 3, 3, 1, 2, 3, 2])
    let key = RandomKey(seed: 3)
    for (epoch, start) in [(UInt64(1), 0), (2, 8)] {
      let order = key.child("shuffle").child(epoch).permutation(of: 15)
      #expect(Array(streams[start..<start + 6].joined()) == order.map(UInt64.init))
      #expect(Array(streams[start + 6..<start + 8]) == [[0, 1, 2], [3, 4]])
      for batch in start..<start + 8 {
        let name = batch >= start + 6 ? "validation noise" : "noise"
        let expected = Tensor.normalNoise(
          key: key.child(name).child(epoch), streams: streams[batch], columns: 2, element: .float64)
        #expect(noise[batch] == expected.values, "\(name), batch \(batch)")
      }
    }
  }
}

/// What a model saw; one thread writes.
final class Log: @unchecked Sendable {
  private(set) var streams: [[UInt64]] = []
  private(set) var noise: [[Double]] = []

  func add(_ streams: [UInt64], _ noise: [Double]) {
    self.streams.append(streams)
    self.noise.append(noise)
  }
}
