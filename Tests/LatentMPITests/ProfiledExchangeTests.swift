import Latent
import LatentData
import LatentMPI
import LatentTraining
import TestSupport
import Testing

/// What a profile says of exchanges.
@Suite struct ProfiledExchangeTests {
  /// Rows add up to the wall time of each thread, exchanges among them, and nothing else changes.
  @Test(arguments: [1, 2]) func rowsOfExchanges(threads: Int) throws {
    let plain = try ThreadCarrier.run(3) { carrier in Result { try Self.train(carrier, threads, nil) } }.results
      .map { try $0.get() }
    let profilers = (0..<3).map { _ in Profiler() }
    let (profiled, mail) = ThreadCarrier.run(3) { carrier in
      Result { try Self.train(carrier, threads, profilers[carrier.process]) }
    }
    #expect(mail.isEmpty)
    #expect(try profiled.map { try $0.get() } == plain)
    for profile in profilers.map(\.profile) {
      #expect(profile.secondsByThread.count == threads)
      for seconds in profile.secondsByThread { #expect(abs(seconds - profile.wallSeconds) < 1e-6) }
      let waiting = try #require(profile[Profiler.waitingForRanks])
      let communication = try #require(profile[Profiler.communication])
      // 4 steps: statistics on the way forward and back, gradients, losses, the agreement to go on; then once each the
      // agreements when the fit starts and when the epoch ends, on weights, and the validation's losses.
      #expect(waiting.other.samples.count >= 4 * 5 + 4)
      #expect(communication.other.samples.count >= waiting.other.samples.count)
    }
  }

  private static func train(_ carrier: ThreadCarrier, _ threads: Int, _ profiler: Profiler?) throws -> [UInt32] {
    var model = Net(
      dense: Dense(inputSize: 4, outputSize: 6, key: RandomKey(seed: 1)), normal: BatchNorm(size: 6))
    let data = TensorDataset(Initializer.uniform(-1...1)(shape: [29, 4], key: RandomKey(seed: 5)))
    var trainer = Trainer(
      optimizer: Adam(), batchSize: 8, threads: threads, shards: 4,
      sum: World(carrier, hosts: Array(repeating: "here", count: carrier.processes)))
    trainer.profiler = profiler
    try trainer.fit(&model, to: data, validation: data, epochs: 1) { model, batch, tape in
      let x = model.normal(model.dense(tape.constant(batch[0])))
      return LossTerms(total: (x * x).sum(axes: [1]).exp().mean())
    }
    return model.tensors.flatMap { tensor in
      tensor.value.storage.withUnsafeBytes { Array($0.bindMemory(to: UInt32.self)) }
    }
  }

  private struct Net: Module {
    var dense: Dense
    var normal: BatchNorm

    mutating func visit(_ visitor: inout ParameterVisitor) {
      visitor.visit("dense", &dense)
      visitor.visit("normal", &normal)
    }
  }
}
