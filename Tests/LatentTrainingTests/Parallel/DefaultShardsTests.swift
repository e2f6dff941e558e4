import Latent
import LatentData
import LatentVAE
import TestSupport
import Testing

@testable import LatentTraining

/// How many shards there are where nobody says.
@Suite struct DefaultShardsTests {
  private func shards(
    _ batchSize: Int, _ multiplyAdds: Double, operations: Int = 20, parameters: Int = 1000
  ) -> Int {
    DataParallel.defaultShards(
      batchSize: batchSize, work: ModelWork(multiplyAdds: multiplyAdds, operations: operations, parameters: parameters))
  }

  /// A shard costs 80,000 multiply-adds for an operation and 100 for a parameter, at most a quarter of the three products of all
  /// examples.
  @Test func theRule() {
    // 1.6 million for operations and 0.1 for parameters: 4 S 1.7 million against 768 of an example's multiply-adds.
    #expect(shards(256, 70_900) == 8 && shards(256, 70_700) == 4)
    #expect(shards(256, 35_500) == 4 && shards(256, 35_300) == 2 && shards(256, 0) == 2)
    // Large examples may be alone in a part; small ones are at least 8.
    #expect(
      shards(40, 1e9) == 8 && shards(8, 1e9) == 8 && shards(7, 1e9) == 4 && shards(2, 1e9) == 2 && shards(1, 1e9) == 1)
    #expect(shards(40, 0) == 2 && shards(16, 0) == 2 && shards(15, 0) == 1 && shards(1, 0) == 1)
    for factor in [2, 10, 1000] {
      #expect(shards(256, 70_900, operations: 20 * factor) < 8 && shards(256, 70_900, parameters: 100_000 * factor) < 8)
    }
  }

  /// The reference model keeps 8; a small dense one has a large gradient for the work of 32 rows.
  @Test func models() {
    let images = ImageDataset(name: "grey", height: 28, width: 28, pixels: Array(repeating: 99, count: 256 * 784))
    let key = RandomKey(seed: 1)
    let decoder = DenseDecoder(latentSize: 16, hiddenSize: 256, outputSize: 784, key: key)
    let reference = VariationalAutoencoder(
      encoder: LSTMEncoder(inputSize: 28, hiddenSize: 256, latentSize: 16, key: key), decoder: decoder)
    let dense = VariationalAutoencoder(
      encoder: MLPEncoder(inputSize: 784, hiddenSize: 512, latentSize: 16, key: key), decoder: decoder)
    #expect(DataParallel.defaultShards(batchSize: 256, of: reference, on: images) { $0.loss($1, tape: $2) } == 8)
    #expect(DataParallel.defaultShards(batchSize: 256, of: dense, on: images) { $0.loss($1, tape: $2) } == 2)
    // What the tape counts: an LSTM's steps, its heads and the decoder.
    let work = ModelWork(
      of: reference, on: images, Array(0..<4)[...], loss: { $0.loss($1, tape: $2) },
      layout: ParameterLayout(of: reference))
    let products = 28 * (28 + 256) * 1024 + 2 * 256 * 16 + 16 * 256 + 256 * 784
    #expect(abs(work.multiplyAdds / Double(products) - 1) < 0.15, "\(work)")
  }

  /// The operations of a loop's steps count, though it is one node.
  @Test func loops() {
    struct Start: Module {
      var h = Parameter(Tensor(zeros: [2, 3]))
      mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("h", &h) }
    }
    let start = Start()
    func work(_ steps: Int, recomputes: Bool) -> ModelWork {
      ModelWork(
        of: start, on: TensorDataset(Tensor(repeating: 1, shape: [4, steps, 3])), [0, 1],
        loss: { start, batch, tape in
          let (x, first) = (tape.constant(batch[0]), start.h.on(tape))
          let last = scan(x, from: first, recomputes: recomputes) { x, h in ((x + h).tanh(), (x + h).tanh()) }.state
          return LossTerms(total: last.sum())
        }, layout: ParameterLayout(of: start))
    }
    for recomputes in [false, true] {
      let (few, many) = (work(5, recomputes: recomputes).operations, work(50, recomputes: recomputes).operations)
      #expect(many - few == 4 * 45)
    }
  }

  /// Each fit of a trainer without a number chooses one, whatever the threads, and has the bits of a trainer that is given it.
  @Test func trainers() throws {
    func trained(_ trainer: Trainer<Adam>) throws -> (weights: [[Double]], shards: Int) {
      var (trainer, model) = (trainer, AnyModelTests.Network())
      try trainer.fit(&model, to: AnyModelTests.data, epochs: 2, loss: AnyModelTests.loss)
      return (model.numbers, trainer.parallel.shards)
    }
    let given = try trained(Trainer(optimizer: Adam(), batchSize: 80, threads: 2, shards: 2))
    for threads in 1...3 {
      let chosen = try trained(Trainer(optimizer: Adam(), batchSize: 80, threads: threads))
      #expect(chosen.shards == 2 && chosen.weights == given.weights)
    }
    #expect(try trained(Trainer(optimizer: Adam(), batchSize: 80, threads: 2, shards: 8)).weights != given.weights)
  }

  /// A run of before, with 4 shards, goes on with 4.
  @Test func checkpointsKeepTheirNumber() throws {
    let folder = try TemporaryFolder()
    func fit(_ trainer: Trainer<Adam>, epochs: Int, _ model: inout AnyModelTests.Network, from: Checkpoint? = nil)
      throws
      -> Int
    {
      var trainer = trainer
      if epochs == 1 { trainer.checkpoints = CheckpointFolder(folder.path) }
      try trainer.fit(&model, to: AnyModelTests.data, epochs: epochs, resuming: from, loss: AnyModelTests.loss)
      return trainer.parallel.shards
    }
    let four = Trainer(optimizer: Adam(), batchSize: 80, threads: 2, shards: 4)
    var (whole, first, second) = (AnyModelTests.Network(), AnyModelTests.Network(), AnyModelTests.Network())
    _ = try fit(four, epochs: 3, &whole)
    _ = try fit(four, epochs: 1, &first)
    let checkpoint = try #require(CheckpointFolder(folder.path).newest().checkpoint)
    let shards = try fit(
      Trainer(optimizer: Adam(), batchSize: 80, threads: 2), epochs: 3, &second, from: checkpoint)
    #expect(shards == 4 && second.numbers == whole.numbers)
  }
}
