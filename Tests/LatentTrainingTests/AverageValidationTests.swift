import Latent
import LatentData
import Synchronization
import TestSupport
import Testing

@testable import LatentTraining

/// Epochs that are judged by the averaged weights.
@Suite struct AverageValidationTests {
  private typealias Network = AnyModelTests.Network
  private static let (training, validation) = AnyModelTests.data.split(validationFraction: 0.2)

  private func trainer(validatesAverage: Bool) -> Trainer<Adam> {
    var trainer = Trainer(optimizer: Adam(learningRate: 0.05), batchSize: 20, seed: 3, threads: 2, shards: 2)
    trainer.weightAverage = ExponentialMovingAverage(decay: 0.8)
    trainer.validatesAverage = validatesAverage
    trainer.metric("sum") { (model: Network, data: TensorDataset) in model.first.kernel.value.values.reduce(0, +) }
    return trainer
  }

  private func fit(
    _ trainer: inout Trainer<Adam>, epochs: Int = 5, resuming checkpoint: Checkpoint? = nil
  ) throws -> (model: Network, history: History) {
    var model = Network()
    let history = try trainer.fit(
      &model, to: Self.training, validation: Self.validation, epochs: epochs, resuming: checkpoint,
      loss: AnyModelTests.loss)
    return (model, history)
  }

  private func loss(_ model: Network, _ trainer: Trainer<Adam>) -> Double {
    trainer.parallel.evaluate(model, on: Self.validation, AnyModelTests.loss).total
  }

  @Test func validationIsOfTheAverage() throws {
    var (own, averaged) = (trainer(validatesAverage: false), trainer(validatesAverage: true))
    let (model, history) = try fit(&own)
    let (other, otherHistory) = try fit(&averaged)
    // Nothing else is another.
    #expect(model.numbers == other.numbers)
    #expect(history.epochs.map(\.training) == otherHistory.epochs.map(\.training))
    let smooth = averaged.weightAverage!.averaged(other)
    #expect(smooth.numbers != other.numbers)
    let last = try #require(otherHistory.last)
    #expect(abs(last.validation!.total - loss(smooth, averaged)) < 1e-5)
    #expect(abs(history.last!.validation!.total - loss(model, own)) < 1e-5)
    #expect(last.validation!.total != history.last!.validation!.total)
    #expect(last.metrics.map(\.value) == [smooth.first.kernel.value.values.reduce(0, +)])
  }

  @Test func callbacksKeepTheAverage() throws {
    final class Box: Sendable { let best = Mutex<[[Double]]>([]) }
    let box = Box()
    var trainer = trainer(validatesAverage: true)
    trainer.callbacks = [
      EarlyStopping(patience: 50),
      BestWeights { _, tensors in box.best.withLock { $0 = tensors.map(\.value.values) } },
    ]
    let (model, history) = try fit(&trainer, epochs: 6)
    let losses = history.epochs.compactMap { $0.validation?.total }
    let best = try #require(losses.min())
    #expect(abs(loss(model, trainer) - best) < 1e-5)
    #expect(model.tensors.map(\.value.values) == box.best.withLock { $0 })
  }

  @Test func runsGoOn() throws {
    let folder = try TemporaryFolder()
    func make(_ path: String) -> Trainer<Adam> {
      var trainer = trainer(validatesAverage: true)
      trainer.callbacks = [EarlyStopping(patience: 50), ReduceOnPlateau(factor: 0.5, patience: 1, minimumChange: 1e9)]
      trainer.checkpoints = CheckpointFolder(folder.path + "/" + path)
      return trainer
    }
    var (whole, first, second) = (make("whole"), make("parts"), make("parts"))
    let (model, history) = try fit(&whole)
    _ = try fit(&first, epochs: 2)
    let checkpoint = try #require(first.checkpoints?.newest().checkpoint)
    let (other, otherHistory) = try fit(&second, resuming: checkpoint)
    #expect(model.numbers == other.numbers)
    #expect(history.epochs.map(\.validation) == otherHistory.epochs.map(\.validation))
    second.validatesAverage = false
    #expect(
      throws: TrainingError.checkpoint(reason: "validates_average was true and is not set now")
    ) { try fit(&second, resuming: checkpoint) }
  }

  @Test func anAverageIsNeeded() async {
    await #expect(processExitsWith: .failure) {
      var trainer = Trainer(optimizer: Adam(), batchSize: 20)
      trainer.validatesAverage = true
      var model = AnyModelTests.Network()
      _ = try trainer.fit(&model, to: AnyModelTests.data, epochs: 1, loss: AnyModelTests.loss)
    }
  }
}
