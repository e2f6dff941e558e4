import Foundation
import Latent
import LatentData
import LatentFiles
import TestSupport
import Testing

@testable import LatentTraining

/// Checkpoints: what goes in comes out, damage is found, and runs that go on from them end with the same bits.
@Suite struct CheckpointTests {
  private typealias Network = AnyModelTests.Network

  /// Everything that has a state: schedule by step, averages, plateau, early stopping, batch normalisation, dropout.
  private func trainer(_ folder: CheckpointFolder?, threads: Int = 2) -> Trainer<AdamW> {
    var trainer = Trainer(
      optimizer: AdamW(learningRate: 0.02), batchSize: 20, seed: 3, threads: threads, shards: 3)
    trainer.clipping = .globalNorm(1)
    trainer.weightAverage = ExponentialMovingAverage(decay: 0.9)
    trainer.callbacks = [
      ReduceOnPlateau(factor: 0.5, patience: 1, minimumChange: 1e9), EarlyStopping(patience: 20),
    ]
    trainer.checkpoints = folder
    return trainer
  }

  /// Goes on from one state only.
  private struct Choosy: TrainingCallback {
    var state = CallbackState(numbers: ["wanted": 1])
    func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {}
    func problem(with state: CallbackState, for model: some Module) -> String? {
      state.numbers["wanted"] == 1
        ? nil : "wants 1, not \(state.numbers["wanted"] ?? 0), of \(model.parameters.count) parameters"
    }
  }

  private struct Outcome: Equatable {
    let weights: [[Double]]
    let averages: [Double]
    let losses: [[Losses?]]
    let rate: Double
  }

  /// Trains to the end, in runs of at most `steps` steps each that go on where the last one stopped.
  private func train(in folder: String, stoppingEvery steps: Int?, everySteps: Int?, threads: Int = 2) throws -> Outcome
  {
    let checkpoints = CheckpointFolder(folder, everySteps: everySteps, settings: ["program": "test"])
    let (training, validation) = AnyModelTests.data.split(validationFraction: 0.2)
    var checkpoint: Checkpoint?
    var stepsDone = 0
    while true {
      var model = Network()
      var trainer = trainer(checkpoints, threads: threads)
      let left = Counter(steps ?? .max)
      trainer.callbacks.append(
        OnEvent { event, run in
          if case .stepFinished = event, left.countDown() { run.stop("enough") }
        })
      let history = try trainer.fit(
        &model, to: training, validation: validation, epochs: 6, resuming: checkpoint, loss: AnyModelTests.loss)
      if trainer.stopReason == nil {
        return Outcome(
          weights: model.tensors.map(\.value.values),
          averages: trainer.weightAverage!.averaged(model).parameters.flatMap(\.value.values),
          losses: history.epochs.map { [$0.training, $0.validation] }, rate: trainer.optimizer.learningRate)
      }
      // One that is not written, or is older than the stop, would go on for ever.
      let newest = try #require(checkpoints.newest().checkpoint)
      try #require(newest.optimizer.step > stepsDone, "the stop has a checkpoint of its own")
      (checkpoint, stepsDone) = (newest, newest.optimizer.step)
    }
  }

  @Test(arguments: [1, 3, 4, 5, 7, 23], [nil, 2])
  func aRunInPiecesHasTheSameBits(_ steps: Int, _ everySteps: Int?) throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let whole = try train(in: folder + "/a", stoppingEvery: nil, everySteps: nil)
    #expect(whole.losses.count == 6 && whole.rate < 0.02, "the plateau has lowered the rate")
    #expect(try train(in: folder + "/b", stoppingEvery: steps, everySteps: everySteps, threads: 1) == whole)
    #expect(CheckpointFolder(folder + "/b").files().count <= 2)
  }

  private func sample(_ folder: String) throws -> String {
    _ = try train(in: folder, stoppingEvery: nil, everySteps: nil)
    return try #require(CheckpointFolder(folder).files().last)
  }

  @Test func theFileHoldsEverything() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var checkpoint = try Checkpoint(contentsOf: try sample(folder))
    checkpoint.progress.sums = LossSums("examples=7\ntotal=0.1\nkl=-inf\ntrain_seconds=3")!
    checkpoint.notes = ["arguments": "--x\u{1F}\"ü\"\n"]
    checkpoint.callbacks["Odd"] = CallbackState(numbers: ["n": .nan, "i": .infinity])
    checkpoint.learningRate = 0.1 + 0.2
    let copy = try Checkpoint(bytes: checkpoint.fileBytes())
    #expect(copy.fileBytes() == checkpoint.fileBytes())
    #expect(copy.progress.epoch == 7 && copy.progress.step == 0 && copy.progress.history == checkpoint.progress.history)
    #expect(copy.progress.sums.text == checkpoint.progress.sums.text && copy.learningRate == 0.1 + 0.2)
    #expect(copy.notes == checkpoint.notes && copy.settings["program"] == "test" && copy.settings["shards"] == "3")
    #expect(Set(copy.callbacks.keys) == ["EarlyStopping", "Odd", "ReduceOnPlateau"])
    #expect(copy.callbacks["Odd"]!.numbers["n"]!.isNaN)
    #expect(copy.callbacks["EarlyStopping"]!.tensors.count == Network().tensors.count, "the best weights")
    #expect(copy.optimizer.step == 24 && copy.optimizer.slots.map(\.name) == checkpoint.optimizer.slots.map(\.name))
    #expect(copy.weightAverage?.step == 24)
  }

  /// Every byte counts: no file with one byte changed, cut or added is taken for a checkpoint.
  @Test func damageIsFound() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let bytes = try AtomicFile.read(try sample(folder))
    var random = SystemRandomNumberGenerator()
    let places = [0, 7, 8, 9, bytes.count - 1] + (0..<300).map { _ in Int.random(in: 0..<bytes.count, using: &random) }
    for place in places {
      var damaged = bytes
      damaged[place] ^= UInt8(1 << Int.random(in: 0..<8, using: &random))
      // A space of the header's padding may become another white space.
      guard (try? SafetensorsFile(bytes: damaged))?.metadata["sha256"] != nil || place < 9 else { continue }
      #expect(throws: FileError.self, "byte \(place)") { try Checkpoint(bytes: damaged) }
    }
    for count in [0, 1, 8, 100, bytes.count / 2, bytes.count - 1] {
      #expect(throws: FileError.self) { try Checkpoint(bytes: Array(bytes[..<count])) }
    }
    #expect(throws: FileError.self) { try Checkpoint(bytes: bytes + [0]) }
    let model = SafetensorsFile.encode(Network().safetensors)
    let error = #expect(throws: FileError.self) { try Checkpoint(bytes: model, name: "m") }
    #expect(error?.description == "m: it has no format latent-checkpoint-2")
  }

  @Test func aDamagedNewestIsPassedOver() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    _ = try sample(folder)
    let files = CheckpointFolder(folder).files()
    #expect(files.count == 2)
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: files[1]))
    let found = CheckpointFolder(folder).newest()
    #expect(found.path == files[0] && found.checkpoint?.progress.epoch == 6)
    #expect(found.damaged.count == 1 && found.damaged[0].description.hasPrefix(files[1] + ": 3 bytes are too few"))
    #expect(CheckpointFolder(folder + "/none").newest().checkpoint == nil)
  }

  @Test func othersAreRefused() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let checkpoint = try Checkpoint(contentsOf: try sample(folder))
    func message(
      _ checkpoint: Checkpoint, data: TensorDataset = AnyModelTests.data,
      change: (inout Trainer<AdamW>) -> Void = { _ in }
    ) -> String {
      var trainer = trainer(CheckpointFolder(folder + "/other", settings: ["program": "test"]))
      change(&trainer)
      var model = Network()
      let (training, validation) = data.split(validationFraction: 0.2)
      do {
        try trainer.fit(
          &model, to: training, validation: validation, epochs: 7, resuming: checkpoint, loss: AnyModelTests.loss)
      } catch {
        #expect(model.numbers == Network().numbers)
        return "\(error)"
      }
      return "nothing"
    }
    #expect(message(checkpoint) == "nothing")
    let less = TensorDataset(AnyModelTests.data.tensors.map { $0[rows: 0..<80] })
    #expect(message(checkpoint, data: less).contains("examples was 72 and is 64 now"))
    let noProgram = message(checkpoint) { $0.checkpoints?.settings = [:] }
    let noCallbacks = message(checkpoint) { $0.callbacks = [] }
    let noAverage = message(checkpoint) { $0.weightAverage = nil }
    #expect(noProgram.contains("program was test and is not set now"))
    #expect(noCallbacks.contains("callbacks [\"EarlyStopping\""))
    #expect(noAverage.contains("averaged weights"))
    // A callback and an optimizer of one's own are asked as the built-in ones are.
    #expect(message(checkpoint) { $0.callbacks.append(Choosy()) }.contains("callbacks"))
    var choosy = checkpoint
    choosy.callbacks["Choosy"] = CallbackState(numbers: ["wanted": 2])
    #expect(message(choosy) { $0.callbacks.append(Choosy()) }.contains("wants 1, not 2.0, of 6 parameters"))
    choosy.callbacks["Choosy"] = CallbackState(numbers: ["wanted": 1])
    #expect(message(choosy) { $0.callbacks.append(Choosy()) } == "nothing")
    var other = checkpoint
    other.tensors.removeLast()
    #expect(message(other).contains("no tensor for "))
    other = checkpoint
    other.tensors[0].value = Tensor(zeros: [2, 2])
    #expect(message(other).contains(" is [2, 2] of float32, but the model's is "))
    other = checkpoint
    other.tensors.append((path: "more", value: Tensor(zeros: [1])))
    #expect(message(other).contains("more is not a part of the model"))
    other = checkpoint
    other.optimizer = OptimizerState(
      step: 3, slots: [.init(name: "velocity", values: checkpoint.optimizer.slots[0].values)])
    #expect(message(other).contains("its state has [\"velocity\"], not [\"firstMoment\""))
    other = checkpoint
    other.weightAverage = OptimizerState(
      step: 3, slots: [.init(name: "average", values: Storage(count: 1, element: .float32))])
    #expect(message(other).contains("its state is of another model, of 1 float32 elements"))
    other = checkpoint
    other.callbacks["EarlyStopping"]!.tensors.removeValue(forKey: "first.kernel")
    #expect(message(other).contains("no tensor for first.kernel"))
    other = checkpoint
    other.progress.step = 5
    #expect(message(other).contains("it has done 5 steps of an epoch, which has 4"))
    // What is no count counts as none.
    other = checkpoint
    other.callbacks["ReduceOnPlateau"]!.numbers["wait"] = .nan
    other.callbacks["EarlyStopping"]!.numbers["wait"] = 1e300
    #expect(message(other) == "nothing")
  }

  /// A folder that is gone does not stop training; once it is back, so are the checkpoints.
  @Test func failuresAreTold() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let parent = folder + "/parent"
    var trainer = trainer(CheckpointFolder(parent + "/checkpoints", everySteps: 1))
    var model = Network()
    var written: [Bool] = []
    try trainer.fit(
      &model, to: AnyModelTests.data, epochs: 2,
      onEvent: { event in
        switch event {
        case .checkpointWritten: written.append(true)
        case .checkpointFailed(let reason):
          #expect(reason.contains("cannot be written: No such file or directory"))
          written.append(false)
          if written.count == 4 {
            try? FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
          }
        default: break
        }
      }, loss: AnyModelTests.loss)
    #expect(written == [Bool](repeating: false, count: 4) + [Bool](repeating: true, count: 7))
    #expect(CheckpointFolder(parent + "/checkpoints").newest().checkpoint?.progress.epoch == 3)
  }

  private func temporaryFolder() throws -> String {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("latent-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url.path
  }
}

/// Counts steps; one thread writes.
final class Counter: @unchecked Sendable {
  private var left: Int
  init(_ left: Int) { self.left = left }
  func countDown() -> Bool {
    left -= 1
    return left == 0
  }
}
