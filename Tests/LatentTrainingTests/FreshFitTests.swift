import Latent
import LatentData
import LatentFiles
import LatentTraining
import TestSupport
import Testing

/// One trainer that fits several models: each fit has the bits of a trainer's first.
@Suite struct FreshFitTests {
  /// A user's own callback, which remembers without saying so to checkpoints: it stops after six steps.
  private struct SixSteps: TrainingCallback {
    var count = 0
    mutating func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {
      guard case .stepFinished = event else { return }
      count += 1
      if count == 6 { run.stop("six") }
    }
  }

  private struct Outcome: Equatable {
    let weights: [[Double]]
    let averages: [[Double]]
    let losses: [[Losses?]]
    let rates: [Double]
    let saved: [Int]
    let steps: Int
    let stopReason: String?
  }

  private let saved = Locked<[Int]>([])

  /// Everything that remembers: moments, rate, averages, plateau, patience, the best epoch, a count of one's own.
  private func trainer() -> Trainer<Adam> {
    var trainer = Trainer(optimizer: Adam(learningRate: 0.02), batchSize: 5, seed: 3, threads: 2, shards: 2)
    trainer.weightAverage = ExponentialMovingAverage(decay: 0.9)
    trainer.callbacks = [
      // Nothing improves by so much: the rate falls after each epoch but the first.
      ReduceOnPlateau(factor: 0.5, patience: 1, minimumChange: 1e6),
      EarlyStopping(patience: 4, minimumChange: 1e6),
      BestWeights { [saved] epoch, _ in saved.withLock { $0.append(epoch) } },
    ]
    return trainer
  }

  /// Images that get darker, in parts as of a cross-validation.
  private static let folds = [Tiny.images(24).prefix(16), Tiny.images(31).prefix(31)]

  private func fit(
    _ trainer: inout Trainer<Adam>, fold: Int, epochs: Int = 9, resuming checkpoint: Checkpoint? = nil
  ) throws -> Outcome {
    var model = Tiny.model(seed: UInt64(fold))
    saved.withLock { $0 = [] }
    let history = try trainer.fit(
      &model, to: Self.folds[fold], validation: Tiny.images(9), epochs: epochs, resuming: checkpoint)
    return Outcome(
      weights: model.numbers, averages: trainer.weightAverage!.averaged(model).numbers,
      losses: history.epochs.map { [$0.training, $0.validation] }, rates: history.epochs.map(\.learningRate),
      saved: saved.withLock { $0 }, steps: trainer.optimizer.step, stopReason: trainer.stopReason)
  }

  @Test func anotherModelGetsNothingOfTheFirst() throws {
    var (one, two) = (trainer(), trainer())
    let first = try fit(&one, fold: 0)
    #expect(first.stopReason == "no improvement for 4 epochs" && first.rates == [0.02, 0.02, 0.01, 0.005, 0.0025])
    // What the fit has made of them can be read.
    #expect(one.optimizer.learningRate == 0.00125 && one.optimizer.step == 20)
    #expect((one.callbacks[2] as? BestWeights)?.epoch == first.saved.last)
    #expect((one.callbacks[1] as? EarlyStopping)?.bestEpoch == 1)
    #expect(try fit(&one, fold: 1) == fit(&two, fold: 1))
    // And once more, the first.
    #expect(try fit(&one, fold: 0) == first)
  }

  @Test func onesOwnCallbacks() throws {
    var trainer = trainer()
    trainer.callbacks = [SixSteps()]
    for fold in [0, 1, 0] {
      #expect(try fit(&trainer, fold: fold).steps == 6)
      #expect(trainer.stopReason == "six" && (trainer.callbacks[0] as? SixSteps)?.count == 6)
    }
    #expect(try fit(&trainer, fold: 0, epochs: 1).stopReason == nil)
  }

  /// What is changed between two fits is what was given, with nothing that a fit has added.
  @Test func changesBetweenFits() throws {
    var (one, two) = (trainer(), trainer())
    _ = try fit(&one, fold: 0)
    one.optimizer.learningRate = 0.01
    one.callbacks.append(SixSteps())
    #expect(one.optimizer.step == 0 && (one.callbacks[1] as? EarlyStopping)?.bestEpoch == 0)
    two.optimizer.learningRate = 0.01
    two.callbacks.append(SixSteps())
    #expect(try fit(&one, fold: 1) == fit(&two, fold: 1))
    // Whoever wants to go on with the moments, the steps and the rate gives them back.
    let learned = one.optimizer
    one.optimizer = learned
    #expect(try fit(&one, fold: 1).steps == 12)
    #expect(try fit(&one, fold: 1).steps == 12)
  }

  /// A fit that goes on takes the checkpoint's state, whatever the trainer has done meanwhile; a refused one changes nothing.
  @Test func resumed() throws {
    let folder = try TemporaryFolder()
    var (one, two) = (trainer(), trainer())
    let whole = try fit(&two, fold: 1)
    one.checkpoints = CheckpointFolder(folder.path)
    _ = try fit(&one, fold: 1, epochs: 2)
    let checkpoint = try #require(one.checkpoints?.newest().checkpoint)
    one.checkpoints = nil
    let other = try fit(&one, fold: 0)
    #expect(throws: TrainingError.self) { try fit(&one, fold: 0, resuming: checkpoint) }
    #expect(one.optimizer.step == other.steps && one.stopReason == other.stopReason)
    let resumed = try fit(&one, fold: 1, resuming: checkpoint)
    #expect(resumed.weights == whole.weights && resumed.averages == whole.averages && resumed.losses == whole.losses)
    #expect(resumed.rates == whole.rates && resumed.stopReason == whole.stopReason)
  }

  /// Checkpoints of the fit before, which are further than any of the new one, do not stand in its way.
  @Test func checkpointsOfTheFitBefore() throws {
    let folder = try TemporaryFolder()
    var trainer = trainer()
    trainer.checkpoints = CheckpointFolder(folder.path, keep: 2)
    _ = try fit(&trainer, fold: 1, epochs: 5)
    #expect(trainer.checkpoints!.newest().checkpoint?.progress.epoch == 6)
    let second = try fit(&trainer, fold: 0, epochs: 1)
    let checkpoint = try #require(trainer.checkpoints!.newest().checkpoint)
    #expect(checkpoint.progress.epoch == 2 && checkpoint.settings["examples"] == "16")
    #expect(checkpoint.progress.history.epochs.map { [$0.training, $0.validation] } == second.losses)
    #expect(trainer.checkpoints!.files().count == 1)
  }

  /// Classes are one object for all fits: the file has the last one's lines.
  @Test func digests() throws {
    let folder = try TemporaryFolder()
    var (one, two) = (trainer(), trainer())
    one.callbacks = [DigestFile(folder.file("one"))]
    two.callbacks = [DigestFile(folder.file("two"))]
    _ = try fit(&one, fold: 0, epochs: 3)
    _ = try fit(&one, fold: 1, epochs: 1)
    _ = try fit(&two, fold: 1, epochs: 1)
    let digests = try [WeightDigests(contentsOf: folder.file("one")), WeightDigests(contentsOf: folder.file("two"))]
    #expect(digests[0] == digests[1] && digests[0].rows.count == 7)
  }
}
