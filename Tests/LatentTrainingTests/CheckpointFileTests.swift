import Foundation
import Latent
import LatentData
import LatentFiles
import TestSupport
import Testing

@testable import LatentTraining

/// Checkpoints' names, their formats, and what a file must not lose.
@Suite struct CheckpointFileTests {
  private struct Line: Module {
    var dense = Dense(inputSize: 1, outputSize: 1, key: RandomKey(seed: 1))
    mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("dense", &dense) }
  }

  private static let data = TensorDataset(
    Tensor([0, 1, 2, 3], shape: [4, 1]), Tensor([1, 3, 5, 7], shape: [4, 1]))

  private func trainer<O: Optimizer>(_ optimizer: O) -> Trainer<O> {
    Trainer(optimizer: optimizer, batchSize: 2, seed: 0, threads: 1, shards: 1)
  }

  private func fit<O: Optimizer>(
    _ trainer: inout Trainer<O>, epochs: Int, resuming checkpoint: Checkpoint? = nil
  ) throws -> (model: Line, history: History) {
    var model = Line()
    let history = try trainer.fit(
      &model, to: Self.data, validation: Self.data, epochs: epochs, resuming: checkpoint
    ) { model, batch, tape in
      let error = squaredError(model.dense(tape.constant(batch[0])), targets: batch[1])
      return LossTerms(total: error, parts: [("error", error), ("loss ü", 2 * error)])
    }
    return (model, history)
  }

  /// Epochs and steps with more digits than names have by default are newer, not older.
  @Test func namesSortAsNumbers() throws {
    let folder = try TemporaryFolder()
    var trainer = trainer(SGD())
    trainer.checkpoints = CheckpointFolder(folder.path)
    _ = try fit(&trainer, epochs: 1)
    let checkpoints = CheckpointFolder(folder.path, keep: 3)
    var checkpoint = try #require(checkpoints.newest().checkpoint)
    var written = checkpoints.files()
    let places = [
      (999_999, 7), (999_999, 999_999_999), (999_999, 1_000_000_000), (1_000_000, 0), (1_000_001, 5), (10_000_000, 0),
    ]
    for place in places {
      (checkpoint.progress.epoch, checkpoint.progress.step) = place
      let path = try checkpoints.write(checkpoint)
      written.append(path)
      #expect(FileManager.default.fileExists(atPath: path))
      #expect(checkpoints.files() == written.suffix(3))
      #expect(checkpoints.newest().path == path)
    }
    // What is called otherwise is no checkpoint of the run, and stays.
    for name in ["checkpoint-best.safetensors", "checkpoint-1-2-3.safetensors", "checkpoint--1-2.safetensors"] {
      try folder.write([1], as: name)
    }
    checkpoint.progress.step += 1
    _ = try checkpoints.write(checkpoint)
    #expect(checkpoints.files().count == 3)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 6)
    // Back to an earlier one: what is beyond it is of a run that is given up.
    (checkpoint.progress.epoch, checkpoint.progress.step) = (999_999, 1_000_000_001)
    let path = try checkpoints.write(checkpoint)
    #expect(checkpoints.files() == [path] && checkpoints.newest().path == path)
  }

  @Test func anEarlierVersionsRunGoesOn() throws {
    let checkpoint = try Checkpoint(bytes: EarlierCheckpoint.bytes)
    #expect(checkpoint.progress.epoch == 3 && checkpoint.progress.step == 1 && checkpoint.notes == ["c": "d"])
    #expect(checkpoint.progress.history.epochs.map(\.epoch) == [1, 2])
    #expect(checkpoint.progress.history.last?.validation?["loss ü"] != nil)
    var trainer = trainer(Adam(learningRate: 0.1))
    trainer.weightAverage = ExponentialMovingAverage(decay: 0.5)
    trainer.callbacks = [ReduceOnPlateau(factor: 0.5, patience: 1, minimumChange: 1e9), EarlyStopping(patience: 9)]
    let folder = try TemporaryFolder()
    trainer.checkpoints = CheckpointFolder(folder.path, settings: ["a": "b"])
    let (model, history) = try fit(&trainer, epochs: 6, resuming: checkpoint)
    #expect(model.numbers == [[EarlierCheckpoint.kernel], [EarlierCheckpoint.bias]])
    #expect(history.epochs.count == 6 && history.last?.validation?.total == EarlierCheckpoint.validationLoss)
    #expect(trainer.optimizer.learningRate == EarlierCheckpoint.learningRate)
    // Written anew it is of the present format, with all that it held.
    let copy = try Checkpoint(bytes: checkpoint.fileBytes())
    #expect(copy.progress.history == checkpoint.progress.history)
    #expect(copy.progress.sums == checkpoint.progress.sums && copy.callbacks.keys == checkpoint.callbacks.keys)
    var damaged = EarlierCheckpoint.bytes
    damaged[damaged.count - 1] ^= 1
    #expect(throws: FileError.self) { try Checkpoint(bytes: damaged) }
  }

  /// Buffers whose names do not sort as the optimizer has them.
  @Test func theOptimizersOrder() throws {
    let folder = try TemporaryFolder()
    let optimizer = RMSprop(learningRate: 0.01, momentum: 0.9, centered: true)
    #expect(optimizer.slotNames != optimizer.slotNames.sorted())
    var (whole, part) = (trainer(optimizer), trainer(optimizer))
    part.checkpoints = CheckpointFolder(folder.path)
    _ = try fit(&part, epochs: 2)
    let resumed = try fit(&part, epochs: 4, resuming: part.checkpoints!.newest().checkpoint).model
    #expect(try fit(&whole, epochs: 4).model.numbers == resumed.numbers)
  }

  /// Names that are the beginning of another one's, or no single line.
  @Test func callbacksOfAnyName() throws {
    struct Named: TrainingCallback {
      let name: String
      var state: CallbackState
      mutating func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {}
    }
    let folder = try TemporaryFolder()
    var trainer = trainer(SGD())
    trainer.checkpoints = CheckpointFolder(folder.path)
    let names = ["a", "a/b", "two\nlines", "", "ü"]
    trainer.callbacks = names.enumerated().map { index, name in
      Named(
        name: name,
        state: CallbackState(numbers: ["b/x": Double(index)], tensors: ["b/y": Tensor([Double(index)], shape: [1])]))
    }
    _ = try fit(&trainer, epochs: 1)
    let checkpoint = try #require(trainer.checkpoints?.newest().checkpoint)
    #expect(Set(checkpoint.callbacks.keys) == Set(names))
    for (index, name) in names.enumerated() {
      let state = try #require(checkpoint.callbacks[name])
      #expect(state.numbers == ["b/x": Double(index)] && state.tensors.mapValues(\.values) == ["b/y": [Double(index)]])
    }
    #expect(try fit(&trainer, epochs: 2, resuming: checkpoint).history.epochs.count == 2)
  }

  /// A callback that has nothing to remember before its first epoch.
  @Test func callbacksThatBeginWithNothing() throws {
    struct Epochs: TrainingCallback {
      var seen: Double?
      var state: CallbackState {
        get { CallbackState(numbers: seen.map { ["seen": $0] } ?? [:]) }
        set { seen = newValue.numbers["seen"] }
      }
      mutating func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {
        if case .epochFinished = event { seen = (seen ?? 0) + 1 }
      }
    }
    let folder = try TemporaryFolder()
    var trainer = trainer(SGD())
    trainer.checkpoints = CheckpointFolder(folder.path)
    trainer.callbacks = [Epochs()]
    _ = try fit(&trainer, epochs: 2)
    _ = try fit(&trainer, epochs: 5, resuming: trainer.checkpoints!.newest().checkpoint)
    #expect((trainer.callbacks[0] as? Epochs)?.seen == 5)
  }

  /// What is added epoch by epoch is what is made of all at once; nobody else's change of the history is missed.
  @Test func theHistoryGrows() throws {
    let folder = try TemporaryFolder()
    var trainer = trainer(SGD(learningRate: 0.01))
    trainer.checkpoints = CheckpointFolder(folder.path)
    let history = try fit(&trainer, epochs: 5).history
    var progress = TrainingProgress()
    for record in history.epochs { progress.finish(record) }
    #expect(progress.epoch == 6 && progress.archivedHistory.bytes == HistoryArchive(history).bytes)
    #expect(HistoryArchive.history(progress.archivedHistory.bytes) == history)
    #expect(trainer.checkpoints!.newest().checkpoint?.progress.history == history)
    progress.history = History()
    #expect(progress.archivedHistory.bytes.isEmpty)
    progress.finish(history.epochs[0])
    #expect(HistoryArchive.history(progress.archivedHistory.bytes)?.epochs == [history.epochs[0]])
    // Doubles of all kinds come back.
    let odd = EpochRecord(
      epoch: 1, training: Losses(total: .nan, parts: [("a", -.infinity), ("b", -0.0)], monitored: 5e-324),
      validation: Losses(total: 0.1 + 0.2, parts: []), trainingSeconds: .infinity, validationSeconds: 1e308,
      examplesPerSecond: 1 / 3, learningRate: 1e-7, weightsDigest: .max)
    var archive = HistoryArchive()
    archive.append(odd)
    let copy = try #require(HistoryArchive.history(archive.bytes)?.last)
    #expect(copy.training.total.isNaN && copy.training["a"] == -.infinity && copy.training["b"]?.sign == .minus)
    #expect(copy.training.monitored == 5e-324 && copy.validation == odd.validation && copy.weightsDigest == .max)
    #expect(copy.trainingSeconds == .infinity && copy.validationSeconds == 1e308 && copy.examplesPerSecond == 1 / 3)
  }
}
