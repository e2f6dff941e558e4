import Foundation
import Latent
import LatentData
import LatentFiles
import LatentVAE
import TestSupport
import Testing

@testable import LatentTraining

/// Training with products of bfloat16: bits, checkpoints, and how near it stays to float32.
@Suite struct MixedPrecisionTests {
  private struct Outcome: Equatable {
    var weights: [[Double]]
    var losses: [[Losses?]]
  }

  private func trainer(
    _ precision: Precision, threads: Int = 2, folder: CheckpointFolder? = nil, stoppingAfter steps: Int = .max
  ) -> Trainer<Adam> {
    var trainer = Trainer(
      optimizer: Adam(learningRate: 0.01), batchSize: 8, seed: 7, threads: threads, shards: 3, precision: precision)
    trainer.checkpoints = folder
    let left = Counter(steps)
    trainer.callbacks.append(
      OnEvent { event, run in
        if case .stepFinished = event, left.countDown() { run.stop("enough") }
      })
    return trainer
  }

  private func run(_ precision: Precision, threads: Int = 2, epochs: Int = 3) throws -> Outcome {
    var (model, trainer) = (Tiny.model(), trainer(precision, threads: threads))
    let history = try trainer.fit(&model, to: Tiny.images(23), epochs: epochs, validationSplit: 0.3)
    return Outcome(weights: model.numbers, losses: history.epochs.map { [$0.training, $0.validation] })
  }

  static let orders = [Precision.pairs, .tiles]

  @Test(arguments: orders) func threadsDoNotMatter(_ order: Precision) throws {
    let one = try run(order, threads: 1)
    for threads in [2, 3] { #expect(try run(order, threads: threads) == one, "\(threads) threads") }
    for other in Precision.allCases where other != order { #expect(try run(other) != one) }
  }

  @Test func thisProcessorsOrder() {
    #expect(Precision.mixed == (InstructionSet.best == .amx ? .tiles : .pairs))
    #expect(Precision.mixed.isMixed && !Precision.full.isMixed)
  }

  /// In a child process, where nothing else runs while the loops are exchanged.
  @Test(.enabled(if: InstructionSets.mixed.count > 1)) func instructionSetsDoNotMatter() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let differences = MixedPrecisionTests.orders.flatMap { order in
        InstructionSets.differences("training, \(order)", among: InstructionSets.mixed) {
          (try? MixedPrecisionTests().run(order))?.weights ?? []
        }
      }
      FileHandle.standardError.write(Data(differences.joined(separator: "\n").utf8))
    }
    #expect(result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } == "")
  }

  /// Each product is right to 2^-8 of its size: so are the losses, which fall as they do in float32.
  @Test(arguments: orders) func lossesAreThoseOfFloat32(_ order: Precision) throws {
    let (full, mixed) = (try run(.full, epochs: 8), try run(order, epochs: 8))
    for (a, b) in zip(full.losses.joined(), mixed.losses.joined()) {
      let (a, b) = (try #require(a), try #require(b))
      #expect(abs(b.total / a.total - 1) < 0x1p-8)
    }
  }

  /// A run that stops and goes on ends with the bits of one that never stopped, and does not go on in another precision.
  @Test(arguments: orders) func checkpoints(_ order: Precision) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mixed-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let checkpoints = CheckpointFolder(folder.path)
    let (training, validation) = Tiny.images(23).split(validationFraction: 0.3)
    var (model, first) = (Tiny.model(), trainer(order, folder: checkpoints, stoppingAfter: 3))
    _ = try first.fit(&model, to: training, validation: validation, epochs: 3)
    let checkpoint = try #require(checkpoints.newest().checkpoint)
    #expect(checkpoint.settings["precision"] == "\(order)")

    var (other, full) = (Tiny.model(), trainer(.full, folder: checkpoints))
    let error = #expect(throws: TrainingError.self) {
      try full.fit(&other, to: training, validation: validation, epochs: 3, resuming: checkpoint)
    }
    #expect(error.map { "\($0)".contains("precision was \(order) and is not set now") } == true, "\(error as Any)")
    #expect(other.numbers == Tiny.model().numbers)

    var (resumed, second) = (Tiny.model(), trainer(order, folder: checkpoints))
    _ = try second.fit(&resumed, to: training, validation: validation, epochs: 3, resuming: checkpoint)
    #expect(try resumed.numbers == run(order).weights)
  }

  @Test func float64HasNoBfloat16() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var (model, trainer) = (Tiny.model(element: .float64), MixedPrecisionTests().trainer(.mixed))
      _ = try? trainer.fit(&model, to: Tiny.images(8), epochs: 1)
    }
    let message = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(message.contains("fit: a float64 model; products of bfloat16 are for float32"), "\(message)")
  }
}
