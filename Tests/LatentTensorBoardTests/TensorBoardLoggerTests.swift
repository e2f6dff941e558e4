import Foundation
import Latent
import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE
import TestSupport
import Testing

@testable import LatentTensorBoard

@Suite struct TensorBoardLoggerTests {
  private static func model() -> VariationalAutoencoder<LSTMEncoder, DenseDecoder> {
    VariationalAutoencoder(
      encoder: LSTMEncoder(inputSize: 5, hiddenSize: 6, latentSize: 3, key: RandomKey(seed: 1)),
      decoder: DenseDecoder(latentSize: 3, hiddenSize: 7, outputSize: 20, key: RandomKey(seed: 2)))
  }

  /// 20 images, of which 4 are kept for validation: 4 steps of an epoch.
  private static let images = ImageDataset(
    name: "tiny", height: 4, width: 5, pixels: (0..<400).map { UInt8(($0 * 37) % 251) })

  private func trainer() -> Trainer<Adam> { Trainer(optimizer: Adam(learningRate: 1e-3), batchSize: 4, threads: 1) }

  @Test func runsHaveWhatTheHistoryHas() throws {
    let folder = try TemporaryFolder()
    let logger = try TensorBoardLogger(
      folder.file("logs"), everySteps: 3, hyperparameters: [("batch_size", .number(4)), ("loss", .text("bce"))],
      summaries: { tensors in
        [.scalar("extra/tensors", Double(tensors.count)), .image("picture", Picture(width: 1, height: 1, pixels: [7]))]
      })
    var (model, trainer) = (Self.model(), trainer())
    trainer.callbacks.append(logger)
    trainer.metric("largest weight") { (model: VariationalAutoencoder<LSTMEncoder, DenseDecoder>, data: ImageDataset) in
      model.parameters[0].value.values.max()! + Double(data.count)
    }
    let steps = Locked<[StepRecord]>([])
    let history = try trainer.fit(&model, to: Self.images, epochs: 2, validationSplit: 0.2) { event in
      if case .stepFinished(let step) = event { steps.withLock { $0.append(step) } }
    }
    logger.finish(.success)

    let training = try events(in: eventFile(in: folder.file("logs/train")))
    let validation = try events(in: eventFile(in: folder.file("logs/validation")))
    #expect(training.steps("loss/total") == [4, 8] && validation.steps("loss/kl") == [4, 8])
    #expect(training.scalars("loss/total") == history.epochs.map { Float($0.training.total) })
    #expect(validation.scalars("loss/total") == history.epochs.map { Float($0.validation!.total) })
    #expect(training.scalars("loss/kl") == history.epochs.map { Float($0.training["kl"]!) })
    #expect(training.scalars("learning_rate") == [1e-3, 1e-3])
    #expect(training.scalars("examples_per_second") == history.epochs.map { Float($0.examplesPerSecond) })
    #expect(training.steps("step/loss/total") == [3, 6] && training.steps("step/loss/kl") == [3, 6])
    let told = steps.withLock { [$0[2], $0[5]] }
    #expect(training.scalars("step/loss/total") == told.map { Float($0.batchLosses.total) })
    #expect(training.scalars("step/mean_loss/total") == told.map { Float($0.runningLosses.total) })
    #expect(training.scalars("step/gradient_norm") == told.map { Float($0.gradientNorm) })
    #expect(validation.scalars("metrics/largest weight") == history.epochs.map { Float($0.metrics[0].value) })
    // The last epoch's histograms are those of the trained model.
    for (path, value) in model.tensors {
      let histogram = try #require(training.values("weights/" + path).last).value.histo
      #expect(training.steps("weights/" + path) == [4, 8])
      #expect(histogram.num == Double(value.count) && histogram.bucket.reduce(0, +) == Double(value.count))
      #expect(abs(histogram.sum - value.values.reduce(0, +)) < 1e-5)
    }
    #expect(validation.scalars("extra/tensors") == [Float(model.tensors.count), Float(model.tensors.count)])
    #expect(validation.steps("picture") == [4, 8] && !training.tags.contains("picture"))
    #expect(!training.contains { $0.sessionLog.status == .start }, "nothing was there before")

    let session = try events(in: eventFile(in: folder.file("logs")))
    let data = try session.flatMap { $0.summary.value }.map {
      #expect($0.metadata.pluginData.pluginName == "hparams")
      return try Tensorboard_Hparams_HParamsPluginData(serializedBytes: Array($0.metadata.pluginData.content))
    }
    #expect(session.tags.count == 3 && data.count == 3)
    #expect(data[0].experiment.hparamInfos.map(\.name) == ["batch_size", "loss"])
    #expect(data[0].experiment.metricInfos.map(\.name.group).contains("validation"))
    let tags = training.tags.union(validation.tags)
    #expect(data[0].experiment.metricInfos.allSatisfy { tags.contains($0.name.tag) })
    #expect(data[0].experiment.metricInfos.map(\.name.tag).contains("metrics/largest weight"))
    #expect(data[1].sessionStartInfo.hparams["batch_size"]?.numberValue == 4)
    #expect(data[1].sessionStartInfo.hparams["loss"]?.stringValue == "bce")
    #expect(data[2].sessionEndInfo.status == .success)
  }

  @Test func followingARunChangesNoBits() throws {
    let folder = try TemporaryFolder()
    var models = [Self.model(), Self.model()]
    for index in 0...1 {
      var trainer = trainer()
      if index == 1 { trainer.callbacks.append(try TensorBoardLogger(folder.path, everySteps: 1)) }
      try trainer.fit(&models[index], to: Self.images, epochs: 2, validationSplit: 0.2)
    }
    for (a, b) in zip(models[0].tensors, models[1].tensors) { #expect(a.value.values == b.value.values, "\(a.path)") }
  }

  /// A run that is resumed within its second epoch: what was written of later steps is declared void.
  @Test func resumedRunsGoOnAtTheirStep() throws {
    let folder = try TemporaryFolder()
    var (model, first) = (Self.model(), trainer())
    first.checkpoints = CheckpointFolder(folder.file("checkpoints"), everySteps: 6)
    first.callbacks = [
      try TensorBoardLogger(folder.file("logs"), everySteps: 1),
      OnEvent { event, run in
        if case .stepFinished(let step) = event, step.epoch == 2, step.step == 3 { run.stop("test") }
      },
    ]
    try first.fit(&model, to: Self.images, epochs: 3, validationSplit: 0.2)
    // The newest, of step 7, is gone as if the run had been killed before it was written.
    let checkpoints = first.checkpoints!.files()
    #expect(checkpoints.count == 2)
    let checkpoint = try Checkpoint(contentsOf: checkpoints[0])
    var second = trainer()
    second.checkpoints = first.checkpoints
    second.callbacks = [try TensorBoardLogger(folder.file("logs"), everySteps: 1)]
    var resumed = Self.model()
    try second.fit(&resumed, to: Self.images, epochs: 3, validationSplit: 0.2, resuming: checkpoint)

    let (before, after) = (
      try events(in: eventFile(in: folder.file("logs/train"))),
      try events(in: eventFile(in: folder.file("logs/train"), 1))
    )
    #expect(before.steps("step/loss/total") == [1, 2, 3, 4, 5, 6, 7])
    let start = try #require(after.first { $0.sessionLog.status == .start })
    #expect(start.step == 7)
    #expect(after.steps("step/loss/total") == [7, 8, 9, 10, 11, 12] && after.steps("loss/total") == [8, 12])
    #expect(before.scalars("step/loss/total").last == after.scalars("step/loss/total").first)
  }

  /// A logger that hears of two fits declares void what it wrote of the first; parts of any name have tags of their own.
  @Test func aSecondFit() throws {
    let folder = try TemporaryFolder()
    var trainer = trainer()
    trainer.callbacks = [try TensorBoardLogger(folder.path, everySteps: 2)]
    let data = TensorDataset(Tensor(zeros: [16, 1]))
    for _ in 0..<2 {
      var model = Self.model()
      try trainer.fit(&model, to: data, validation: data, epochs: 2) { model, _, tape in
        let one = tape.constant(Tensor([1], shape: []))
        let none = 0 * model.decoder.output.bias!.on(tape).sum()
        guard tape.pass.isTraining else { return LossTerms(total: none, parts: [("total", 2 * one)]) }
        return LossTerms(total: none, parts: [("part_total", 4 * one), ("total", 3 * one)])
      }
    }
    let training = try events(in: eventFile(in: folder.file("train")))
    #expect(training.steps("loss/total") == [4, 8, 4, 8] && training.scalars("loss/total") == [0, 0, 0, 0])
    #expect(training.scalars("loss/part_total") == [3, 3, 3, 3])
    #expect(training.scalars("loss/part_part_total") == [4, 4, 4, 4])
    let validation = try events(in: eventFile(in: folder.file("validation")))
    #expect(validation.scalars("loss/part_total") == [2, 2, 2, 2] && validation.scalars("loss/total") == [0, 0, 0, 0])
    for file in [training, validation] {
      let starts = file.indices.filter { file[$0].sessionLog.status == .start }
      #expect(starts.count == 1 && starts.allSatisfy { file[$0].step == 1 })
      let second = try #require(file.lastIndex { $0.step == 4 && $0.summary.value.contains { $0.tag == "loss/total" } })
      #expect(try #require(starts.first) < second)
    }
  }

  @Test func aRunWithoutValidation() throws {
    let folder = try TemporaryFolder()
    var (model, trainer) = (Self.model(), trainer())
    trainer.callbacks = [try TensorBoardLogger(folder.path, summaries: { _ in [.scalar("extra", 1)] })]
    try trainer.fit(&model, to: Self.images, epochs: 1, validationSplit: 0)
    #expect(try events(in: eventFile(in: folder.file("train"))).steps("extra") == [5])
    #expect(!FileManager.default.fileExists(atPath: folder.file("validation")))
  }

  /// A folder that is taken away, where validation's file would go: training goes on, and says so once.
  @Test func failuresAreReportedOnce() throws {
    let folder = try TemporaryFolder()
    let failures = Locked<[FileError]>([])
    let logger = try TensorBoardLogger(
      folder.file("logs"), everySteps: 1, onFailure: { failure in failures.withLock { $0.append(failure) } })
    try folder.write([], as: "logs/validation")
    var (model, trainer) = (Self.model(), trainer())
    trainer.callbacks.append(logger)
    trainer.metric("largest weight") { (model: VariationalAutoencoder<LSTMEncoder, DenseDecoder>, data: ImageDataset) in
      model.parameters[0].value.values.max()! + Double(data.count)
    }
    let steps = Locked<[StepRecord]>([])
    let history = try trainer.fit(&model, to: Self.images, epochs: 2, validationSplit: 0.2) { event in
      if case .stepFinished(let step) = event { steps.withLock { $0.append(step) } }
    }
    logger.finish(.success)
    #expect(history.epochs.count == 2)
    #expect(failures.withLock { $0.count } == 1)
    #expect(failures.withLock { $0[0].description }.contains("Not a directory"))
  }
}
