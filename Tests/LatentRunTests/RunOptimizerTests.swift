import Latent
import LatentData
import LatentTraining
import LatentVAE
import TestSupport
import Testing

@testable import LatentRun

/// Every optimizer that settings name.
@Suite struct RunOptimizerTests {
  @Test func namesAreThoseOfTypes() {
    for optimizer in RunOptimizer.allCases {
      let made = optimizer.make(learningRate: 0.125)
      #expect("\(type(of: made))" == optimizer.rawValue && made.learningRate == 0.125)
      #expect(RunOptimizer(named: optimizer.name.uppercased()) == optimizer)
    }
    #expect(Set(RunOptimizer.allCases.map(\.name)).count == RunOptimizer.allCases.count)
    #expect(RunOptimizer(named: "adamm") == nil)
  }

  /// Each makes a loss fall, with the same bits on any number of threads, and goes on from a checkpoint's state.
  @Test(arguments: RunOptimizer.allCases)
  func trains(_ optimizer: RunOptimizer) throws {
    let data = ImageDataset.synthetic(count: 60)
    let rate = [.sgd: 1e-3, .adadelta: 0.5, .lion: 1e-3][optimizer] ?? 0.01
    func model() throws -> AnyVariationalAutoencoder {
      try ModelRecipe(encoder: .dense([16]), latentSize: 2, decoder: .dense([16])).plan(for: data.shape)
        .makeModel(key: RandomKey(seed: 1))
    }
    func train(_ epochs: Int, threads: Int, in folder: CheckpointFolder? = nil, resuming checkpoint: Checkpoint? = nil)
      throws -> (weights: [[Double]], losses: [Double])
    {
      var (model, settings) = (try model(), RunSettings())
      (settings.training.optimizer, settings.training.learningRate) = (optimizer.rawValue, rate)
      (settings.training.batchSize, settings.training.shards, settings.training.threads) = (20, 2, threads)
      var trainer = try settings.makeTrainer(examples: 60, training: 60)
      trainer.checkpoints = folder
      let history = try trainer.fit(&model, to: data, epochs: epochs, resuming: checkpoint)
      return (model.tensors.map(\.value.values), history.epochs.map(\.training.total))
    }
    let whole = try train(4, threads: 1)
    #expect(whole.losses.last! < whole.losses[0])
    let other = try train(4, threads: 2)
    #expect(other.weights == whole.weights && other.losses == whole.losses)
    let folder = try TemporaryFolder()
    let checkpoints = CheckpointFolder(folder.path)
    _ = try train(2, threads: 2, in: checkpoints)
    let resumed = try train(4, threads: 1, in: checkpoints, resuming: checkpoints.newest().checkpoint)
    #expect(resumed.weights == whole.weights && resumed.losses == whole.losses)
  }

  @Test func ofAnotherProgram() {
    var settings = RunSettings()
    settings.training.optimizer = "Mine"
    #expect(throws: RunRecordError.self) { try settings.makeTrainer(examples: 9, training: 9) }
  }
}
