import Foundation
import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE
import TestSupport
import Testing

@testable import LatentRun

/// Runs of a program of one's own: what its folder has, and that it goes on to the same bits.
@Suite struct RunTests {
  private let digits = ImageDataset.synthetic(count: 64)

  private func makeModel() -> VariationalAutoencoder<HalfEncoder, DenseDecoder> {
    VariationalAutoencoder(
      encoder: HalfEncoder(), decoder: DenseDecoder(latentSize: 3, hiddenSize: 8, outputSize: 784))
  }

  private var trainer: Trainer<Adam> { Trainer(optimizer: Adam(), batchSize: 16, seed: 3, threads: 2) }

  /// An encoder that no plan describes: five statements from the folder to the page.
  @Test func anAutoencoderOfOnesOwn() throws {
    let folder = try TemporaryFolder()
    let run = try Run(folder.file("mine"))
    #expect(try RunRecord(contentsOf: folder.file("mine")).status == .starting)
    var model = makeModel()
    let history = try run.train(&model, on: digits, epochs: 2, with: trainer)
    #expect(history.epochs.count == 2)
    let names = Set(try FileManager.default.contentsOfDirectory(atPath: folder.file("mine")))
    let expected: Set = [
      "checkpoints", "config.json", "curves.svg", "digests.csv", "epochs.png", "history.csv", "history.jsonl",
      "interpolation.png", "kl.png", "model.safetensors", "reconstructions.png", "report.html", "samples.png",
      "scatter.png", "traversal.png",
    ]
    #expect(names == expected)
    let record = try RunRecord(contentsOf: folder.file("mine"))
    #expect(record.status == .finished && record.results?.epochs == 2)
    #expect(record.settings.training.seed == 3 && record.settings.training.batchSize == 16)
    #expect(record.settings.model.words?.contains("HalfEncoder") == true)
    #expect(record.data?.sha256 == digits.sha256 && record.data?.trainingExamples == 44)
    let page = try String(contentsOfFile: folder.file("mine/report.html"), encoding: .utf8)
    #expect(page.contains("HalfEncoder") && page.contains("Reconstructions") && page.contains("active units"))
    // The file has the weights that the model has.
    let file = try SafetensorsFile(contentsOf: folder.file("mine/model.safetensors"))
    for (path, value) in model.tensors { #expect(try file.floats(path) == value.floats, "\(path)") }
  }

  @Test func anyModel() throws {
    let folder = try TemporaryFolder()
    let run = try Run(folder.file("line"))
    var model = Line()
    let x = Tensor((0..<40).map { Double($0) / 40 }, shape: [40, 1])
    let data = TensorDataset(x, Tensor(x.values.map { 2 * $0 + 1 }, shape: [40, 1]))
    let history = try run.train(
      &model, on: data, epochs: 3, with: Trainer(optimizer: SGD(learningRate: 0.1), batchSize: 8))
    #expect(history.epochs.count == 3)
    #expect(run.notes.count == 1 && run.notes[0].contains("auto-encoders"))
    let names = Set(try FileManager.default.contentsOfDirectory(atPath: folder.file("line")))
    #expect(
      names == [
        "checkpoints", "config.json", "curves.svg", "digests.csv", "history.csv", "history.jsonl", "model.safetensors",
        "report.html",
      ])
    let record = try RunRecord(contentsOf: folder.file("line"))
    #expect(record.settings.training.optimizer == "SGD" && record.settings.model.words == "Line")
    let page = try String(contentsOfFile: folder.file("line/report.html"), encoding: .utf8)
    #expect(page.contains("Optimizer") && page.contains("SGD") && page.contains(run.notes[0]))
  }

  /// Stopped in the middle of an epoch, and on in another process's stead.
  @Test func goesOnToTheSameBits() throws {
    let folder = try TemporaryFolder()
    var whole = makeModel()
    try Run(folder.file("whole")).train(&whole, on: digits, epochs: 3, with: trainer)

    let steps = Locked(0)
    var model = makeModel()
    do {
      let run = try Run(folder.file("out"))
      run.isInterrupted = {
        steps.withLock {
          $0 += 1
          return $0 > 5
        }
      }
      try run.train(&model, on: digits, epochs: 3, with: trainer)
      #expect(run.record.status == .stopped("interrupted"))
    }
    try FileManager.default.copyItem(atPath: folder.file("out"), toPath: folder.file("on"))
    var again = makeModel()
    let run = try Run(resuming: folder.file("on"))
    let history = try run.train(&again, on: digits, epochs: 3, with: trainer)
    #expect(history.epochs.count == 3)
    for (a, b) in zip(again.tensors, whole.tensors) { #expect(a.value.floats == b.value.floats, "\(a.path)") }
    #expect(
      try AtomicFile.read(folder.file("on/model.safetensors"))
        == AtomicFile.read(folder.file("whole/model.safetensors")))

    // Other settings are refused by their names, and nothing changes.
    try FileManager.default.copyItem(atPath: folder.file("out"), toPath: folder.file("other"))
    let before = try AtomicFile.read(folder.file("other/config.json"))
    let refused = try Run(resuming: folder.file("other"))
    #expect(throws: RunError.self) {
      var model = makeModel()
      try refused.train(
        &model, on: digits, epochs: 3, with: Trainer(optimizer: Adam(learningRate: 0.1), batchSize: 16, seed: 3))
    }
    #expect(try AtomicFile.read(folder.file("other/config.json")) == before)
  }

  @Test func foldersAreTaken() throws {
    let folder = try TemporaryFolder()
    var model = makeModel()
    try Run(folder.file("out")).train(&model, on: digits, epochs: 1, with: trainer)
    try FileManager.default.copyItem(atPath: folder.file("out"), toPath: folder.file("free"))
    let error = #expect(throws: RunError.self) { try Run(folder.file("free")) }
    #expect(error?.remedy == .otherFolderOrReplacing(isRun: true))
    #expect(error?.description.contains("--") == false, "a library knows no options")
    let other = try Run(folder.file("free"), replacing: true)
    #expect(throws: RunError.self, "as long as the run lives") { try Run(folder.file("free"), replacing: true) }
    withExtendedLifetime(other) {}
  }
}

/// The sums of the rows' halves, and a dense layer: no layer that a plan has.
private struct HalfEncoder: Encoder {
  var mean = Dense(inputSize: 14, outputSize: 3, key: RandomKey(seed: 1))
  var logVariance = Dense(inputSize: 14, outputSize: 3, key: RandomKey(seed: 2))
  let latentSize = 3

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("mean", &mean)
    visitor.visit("logVariance", &logVariance)
  }

  func callAsFunction(_ x: Variable, condition: Variable?) -> (mean: Variable, logVariance: Variable) {
    let count = x.tensor.shape[0]
    let halves = x.reshaped(to: [count, 28, 2, 14]).sum(axes: [1, 2])
    return (mean(halves), logVariance(halves))
  }
}

/// y = a x + b
private struct Line: TrainableModel {
  var layer = Dense(inputSize: 1, outputSize: 1, key: RandomKey(seed: 0))

  mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("layer", &layer) }

  func loss(_ batch: ExampleBatch, tape: Tape) -> LossTerms {
    LossTerms(total: squaredError(layer(tape.constant(batch.values)), targets: batch.others[0]))
  }
}
