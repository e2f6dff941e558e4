import Latent
import LatentData
import LatentFiles
import TestSupport
import Testing

@testable import LatentTraining

/// The best epoch's weights, whatever ends the fit; checkpoints that go on as if it had not ended.
@Suite struct EarlyStoppingTests {
  /// A model of one weight, which counts the steps.
  private struct Counter: Module {
    var weight = Parameter(Tensor([0], shape: [1]))
    mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("weight", &weight) }
  }

  /// Epochs of two steps; validation losses are the script's. A training loss of step `broken` is not finite.
  private func fit(
    _ losses: [Double], epochs: Int? = nil, patience: Int = 20, broken: Int = .max, restoresBest: Bool = true,
    _ others: [any TrainingCallback] = [], in folder: CheckpointFolder? = nil, resuming checkpoint: Checkpoint? = nil
  ) throws -> (weight: Double, epochs: Int, stopReason: String?, error: TrainingError?, early: EarlyStopping) {
    var model = Counter()
    var trainer = Trainer(optimizer: SGD(learningRate: 1), batchSize: 2, threads: 1, shards: 1)
    trainer.callbacks = [EarlyStopping(patience: patience, restoresBest: restoresBest)] + others
    trainer.checkpoints = folder
    let data = TensorDataset(Tensor(zeros: [4, 1]))
    var (history, failure) = (History(), TrainingError?.none)
    do {
      history = try trainer.fit(
        &model, to: data, validation: data, epochs: epochs ?? losses.count, resuming: checkpoint
      ) { model, batch, tape in
        let weight = model.weight.on(tape).sum()
        let scale = tape.pass.step == broken ? Double.nan : 1
        // d/dw = -1 in training; in validation the loss of the epoch.
        return LossTerms(total: tape.pass.isTraining ? -scale * weight : 0 * weight + losses[tape.pass.step / 2 - 1])
      }
    } catch let error as TrainingError {
      failure = error
    }
    return (
      model.numbers[0][0], history.epochs.count, trainer.stopReason, failure,
      try #require(trainer.callbacks[0] as? EarlyStopping)
    )
  }

  private func stop(_ epoch: Int, _ step: Int) -> OnEvent {
    OnEvent { event, run in
      if case .stepFinished(let record) = event, (record.epoch, record.step) == (epoch, step) { run.stop("enough") }
    }
  }

  private let losses = [5.0, 3, 4, 4, 4, 4]

  @Test func whateverEndsTheFit() throws {
    // The last epoch, before patience is at its end; that epoch being the best; patience; a callback within an epoch.
    let last = try fit(losses)
    #expect(last.weight == 4 && last.epochs == 6 && last.stopReason == nil)
    #expect(last.early.bestEpoch == 2 && last.early.bestValue == 3)
    #expect(try fit([3, 2, 1]).weight == 6)
    let patient = try fit(losses, patience: 2)
    #expect(patient.weight == 4 && patient.epochs == 4 && patient.stopReason == "no improvement for 2 epochs")
    let stopped = try fit(losses, [stop(5, 1)])
    #expect(stopped.weight == 4 && stopped.epochs == 4 && stopped.stopReason == "enough")
    #expect(try fit(losses, [TimeLimit(seconds: 1e-9)]).weight == 1, "no epoch is finished yet")
    // A loss that is not finite, in the first epoch and in a later one.
    let broken = try fit(losses, broken: 9)
    #expect(broken.weight == 4)
    #expect(broken.error.map { if case .nonFiniteLoss(epoch: 5, step: 2, _) = $0 { true } else { false } } == true)
    #expect(try fit(losses, broken: 1).weight == 0)
    // Where it is not wanted, the last weights stay.
    #expect(try fit(losses, restoresBest: false).weight == 12)
  }

  /// The checkpoint at the end of a run has the run's last weights, whatever the model got back.
  @Test(arguments: [nil, 3])
  func runsGoOnToTheSameBits(_ everySteps: Int?) throws {
    let folder = try TemporaryFolder()
    // Epoch 7 is better than 2.
    let longer = losses + [2.5, 4, 4]
    let whole = try fit(longer)
    #expect(whole.weight == 14)
    let ends: [(name: String, epochs: Int, others: [any TrainingCallback])] = [
      ("epochs", 6, []), ("within", 9, [stop(4, 1)]), ("at the end", 9, [stop(4, 2)]), ("best", 2, []),
    ]
    for (name, epochs, others) in ends {
      let checkpoints = CheckpointFolder(folder.file(name), everySteps: everySteps)
      #expect(try fit(longer, epochs: epochs, others, in: checkpoints).weight == 4, "\(name)")
      let checkpoint = try #require(checkpoints.newest().checkpoint)
      let steps = 2 * (checkpoint.progress.epoch - 1) + checkpoint.progress.step
      #expect(checkpoint.tensors[0].value.values == [Double(steps)], "\(name)")
      let resumed = try fit(longer, in: checkpoints, resuming: checkpoint)
      #expect(resumed.weight == 14 && resumed.epochs == 9 && resumed.early.bestEpoch == 7, "\(name)")
    }
  }

  /// A run that has run out of patience is over, also when it is resumed; more patience goes on.
  @Test func patienceThatIsAtItsEnd() throws {
    let folder = try TemporaryFolder()
    let checkpoints = CheckpointFolder(folder.path)
    _ = try fit(losses, patience: 2, in: checkpoints)
    let checkpoint = try #require(checkpoints.newest().checkpoint)
    let again = try fit(losses, patience: 2, resuming: checkpoint)
    #expect(again.weight == 4 && again.epochs == 4 && again.stopReason == "no improvement for 2 epochs")
    let longer = try fit(losses, patience: 9, resuming: checkpoint)
    #expect(longer.weight == 4 && longer.epochs == 6 && longer.stopReason == nil)
  }
}
