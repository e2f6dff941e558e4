import Latent
import LatentData
import LatentVAE
import TestSupport
import Testing

@testable import LatentTraining

/// What is watched compares between epochs, while what is minimised changes with the steps.
@Suite struct MonitoredLossTests {
  private struct Counter: Module {
    var weight = Parameter(Tensor([0], shape: [1]))
    mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("weight", &weight) }
  }

  /// The total grows from epoch to epoch; what is to be watched is the script's.
  private func fit(
    _ watched: [Double], _ callbacks: [any TrainingCallback]
  ) throws -> (history: History, trainer: Trainer<SGD>) {
    var model = Counter()
    var trainer = Trainer(optimizer: SGD(learningRate: 1), batchSize: 4, threads: 1, shards: 1)
    trainer.callbacks = callbacks
    let history = try trainer.fit(
      &model, to: TensorDataset(Tensor(zeros: [4, 1])), epochs: watched.count
    ) { model, _, tape in
      let none = 0 * model.weight.on(tape).sum()
      return LossTerms(total: none + Double(tape.pass.step), monitored: none + watched[tape.pass.step])
    }
    return (history, trainer)
  }

  @Test func everybodyGoesByIt() throws {
    let falling = [9.0, 8, 7, 6, 5, 4]
    let result = try fit(
      falling, [EarlyStopping(patience: 2), ReduceOnPlateau(factor: 0.5, patience: 1), BestWeights { _, _ in }])
    #expect(result.history.epochs.map(\.monitored) == falling && result.history.best?.epoch == 6)
    #expect(result.history.epochs.map(\.training.total) == [0, 1, 2, 3, 4, 5])
    #expect(result.trainer.stopReason == nil && result.trainer.optimizer.learningRate == 1)
    #expect((result.trainer.callbacks[2] as? BestWeights)?.epoch == 6)
    let rising = try fit([5, 6, 7, 8], [EarlyStopping(patience: 2)])
    #expect(rising.history.epochs.count == 3 && rising.history.best?.epoch == 1)
    // It is in the tables, and comes back.
    let table = try #require(History(csv: result.history.csv))
    #expect(table == result.history && result.history.csv.contains(",train_monitored,"))
    #expect(result.history.jsonLines.contains("\"loss\":5.0,\"monitored\":4.0}"))
  }

  /// The loss of a warm-up as evaluation counts it, epoch by epoch: shards, a smaller last batch, and the part of an epoch
  /// in which the warm-up ends.
  @Test func warmUp() throws {
    var model = Tiny.model(element: .float64)
    model.objective = EvidenceLowerBound(beta: 3, warmUpSteps: 6)
    var trainer = Trainer(optimizer: Adam(learningRate: 1e-3), batchSize: 4, seed: 3, threads: 2, shards: 2)
    let history = try trainer.fit(&model, to: Tiny.images(14), epochs: 3)
    for record in history.epochs {
      let (reconstruction, kl) = (record.training["reconstruction"]!, record.training["kl"]!)
      #expect(abs(record.monitored - (reconstruction + 3 * kl)) < 1e-9)
      // 4 steps an epoch: the first has weights 0 to 0.5 beta, the third beta alone.
      #expect((record.training.total < record.monitored) == (record.epoch < 3))
      #expect((record.training.total == record.training.monitored) == (record.epoch == 3))
    }
  }
}
