import Foundation
import Latent
import LatentData
import LatentRun
import LatentTraining
import TestSupport
import Testing

/// Runs of steps that a program writes itself.
@Suite struct OwnStepRunTests {
  private struct Pair: Module {
    var first = Dense(inputSize: 3, outputSize: 2, key: RandomKey(seed: 1))
    var second = Dense(inputSize: 2, outputSize: 3, key: RandomKey(seed: 2))
    mutating func visit(_ visitor: inout ParameterVisitor) {
      visitor.visit("first", &first)
      visitor.visit("second", &second)
    }
    @Sendable static func loss(_ pair: Pair, _ batch: ExampleBatch, _ tape: Tape) -> LossTerms {
      let x = tape.constant(batch.values)
      return LossTerms(total: (pair.second(pair.first(x).tanh()) - x).squared().mean())
    }
  }

  private static let data = TensorDataset(Tensor.normal([60, 3], key: RandomKey(seed: 3)))

  /// Ends early where it is told to.
  private func train(_ run: Run, stoppingAfter steps: Int = .max) throws -> [[Double]] {
    var model = Pair()
    var trainer = Trainer(optimizer: Adam(learningRate: 0.01), batchSize: 10, threads: 2)
    trainer.optimizers["second"] = SGD(learningRate: 0.1, momentum: 0.9)
    let done = Locked(0)
    run.isInterrupted = { done.withLock { $0 >= steps } }
    try run.train(&model, on: Self.data, epochs: 4, with: trainer, validationLoss: Pair.loss) { step in
      step.minimize("first", of: \.first, Pair.loss)
      if step.number % 2 == 0 { step.minimize("second", of: \.second, Pair.loss) }
      done.withLock { $0 += 1 }
    }
    return model.tensors.map(\.value.values)
  }

  @Test func aRunThatGoesOnHasTheSameBits() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("latent-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let whole = try Run(folder + "/whole")
    let weights = try train(whole)
    _ = try train(Run(folder + "/parts"), stoppingAfter: 7)
    let resumed = try Run(resuming: folder + "/parts")
    #expect(try train(resumed) == weights)
    #expect(resumed.history.epochs.map(\.training) == whole.history.epochs.map(\.training))
    #expect(resumed.history.epochs.map(\.validation) == whole.history.epochs.map(\.validation))
    // As the files have it.
    let table = try String(contentsOfFile: folder + "/parts/history.csv", encoding: .utf8)
    #expect(table.contains("train_first") && table.contains("train_second") && table.contains("validation_loss"))
    let page = try String(contentsOfFile: folder + "/parts/report.html", encoding: .utf8)
    #expect(page.contains("Second") && page.contains("Pair"))
    let config = try String(contentsOfFile: folder + "/parts/config.json", encoding: .utf8)
    #expect(config.contains("\"shards\" : 1") || config.contains("\"shards\": 1"))
  }
}
