import Latent
import LatentData
import LatentFiles
import LatentVAE
import TestSupport
import Testing

@testable import LatentTraining

/// Batches that are computed in parts, one after the other.
@Suite struct AccumulationTests {
  private func fit(
    accumulating: Int, threads: Int = 2, shards: Int? = 2, epochs: Int = 2, checkpoints: CheckpointFolder? = nil,
    resuming checkpoint: Checkpoint? = nil, stoppingAfter steps: Int? = nil, element: ElementType = .float64
  ) throws -> (model: TinyVAE, losses: [Losses], bytes: Int) {
    var model = Tiny.model(element: element)
    var trainer = Trainer(
      optimizer: Adam(learningRate: 0.01), batchSize: 13, accumulating: accumulating, seed: 3, threads: threads,
      shards: shards)
    trainer.clipping = .globalNorm(1)
    trainer.checkpoints = checkpoints
    if let steps {
      trainer.callbacks.append(
        OnEvent { event, run in
          if case .stepFinished(let record) = event, record.step == steps { run.stop("enough") }
        })
    }
    let (training, validation) = Tiny.images(40).split(validationFraction: 0.25)
    let history = try trainer.fit(
      &model, to: training, validation: validation, epochs: epochs, resuming: checkpoint)
    return (model, history.epochs.flatMap { [$0.training, $0.validation!] }, trainer.parallel.workspaceBytes)
  }

  /// The steps are those of whole batches, but for rounding; 30 examples are batches of 13, 13 and 4.
  @Test(arguments: [2, 3, 5, 13])
  func stepsAreThoseOfWholeBatches(parts: Int) throws {
    let (whole, found) = (try fit(accumulating: 1), try fit(accumulating: parts))
    #expect(maxRelativeError(found.model.numbers.flatMap { $0 }, whole.model.numbers.flatMap { $0 }) < 1e-9)
    #expect(found.losses.count == 4)
    for (a, b) in zip(found.losses, whole.losses) { #expect(abs(a.total - b.total) < 1e-9 * abs(b.total)) }
    #expect(found.model.numbers != Tiny.model(element: .float64).numbers)
  }

  @Test func sameBitsOnAnyThreads() throws {
    let one = try fit(accumulating: 3, threads: 1, element: .float32)
    for threads in [2, 3] {
      let other = try fit(accumulating: 3, threads: threads, element: .float32)
      #expect(other.model.numbers == one.model.numbers && other.losses == one.losses)
    }
    #expect(try fit(accumulating: 4, element: .float32).model.numbers != one.model.numbers, "so it is in parts")
  }

  /// What is in memory is a part's.
  @Test func memoryIsThatOfAPart() throws {
    func bytes(_ parts: Int) throws -> Int {
      var (model, trainer) = (
        Sequential(Dense(inputSize: 4, outputSize: 512, activation: .tanh, key: RandomKey(seed: 1))),
        Trainer(optimizer: SGD(), batchSize: 64, accumulating: parts, threads: 1, shards: 1)
      )
      let x = Initializer.uniform(-1...1)(shape: [64, 4], key: RandomKey(seed: 5))
      try trainer.fit(&model, to: TensorDataset(x), epochs: 2) { model, batch, tape in
        LossTerms(total: model(tape.constant(batch[0])).squared().sum(axes: [-1]).mean())
      }
      return trainer.parallel.workspaceBytes
    }
    let (whole, eighths) = (try bytes(1), try bytes(8))
    #expect(eighths < whole / 3, "\(eighths) of \(whole)")
  }

  /// A run that stops within an epoch goes on to the same bits, with the same parts alone.
  @Test func resumes() throws {
    let folder = try TemporaryFolder()
    let checkpoints = CheckpointFolder(folder.path)
    let whole = try fit(accumulating: 3)
    _ = try fit(accumulating: 3, checkpoints: checkpoints, stoppingAfter: 2)
    let checkpoint = try #require(CheckpointFolder(folder.path).newest().checkpoint)
    #expect(checkpoint.settings["accumulate"] == "3")
    #expect(try fit(accumulating: 3, resuming: checkpoint).model.numbers == whole.model.numbers)
    #expect(throws: TrainingError.checkpoint(reason: "accumulate was 3 and is 2 now")) {
      try fit(accumulating: 2, resuming: checkpoint)
    }
    #expect(throws: TrainingError.checkpoint(reason: "accumulate was 3 and is not set now")) {
      try fit(accumulating: 1, resuming: checkpoint)
    }
  }

  /// A running mean is linear in a batch's: it is the same in parts. A part is normalised by its own statistics.
  @Test func runningAverages() throws {
    func fit(_ parts: Int) throws -> AnyModelTests.Network {
      var model = AnyModelTests.Network()
      var trainer = Trainer(optimizer: SGD(learningRate: 0), batchSize: 30, accumulating: parts, threads: 2, shards: 1)
      try trainer.fit(&model, to: AnyModelTests.data, epochs: 1, loss: AnyModelTests.loss)
      return model
    }
    let (whole, parts) = (try fit(1), try fit(4))
    let means = (whole.norm.runningMean.value.values, parts.norm.runningMean.value.values)
    #expect(maxRelativeError(means.1, means.0) < 1e-5 && means.0.contains { abs($0) > 1e-3 })
    #expect(whole.norm.runningVariance.value.values != parts.norm.runningVariance.value.values)
  }

  @Test func misuse() async {
    await #expect(processExitsWith: .success) {
      for parts in [0, 5] {
        expectStop("Trainer: accumulating \(parts) parts of a batch of 4", "parts") {
          _ = Trainer(optimizer: SGD(), batchSize: 4, accumulating: parts, threads: 1, shards: 1)
        }
      }
    }
  }
}
