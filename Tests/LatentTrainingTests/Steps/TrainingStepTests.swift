import Foundation
import Latent
import LatentData
import LatentFiles
import TestSupport
import Testing

@testable import LatentTraining

/// Steps that a program writes itself.
@Suite struct TrainingStepTests {
  private typealias Step = TrainingStep<Adversaries, TensorDataset, Adam>

  private func trainer(threads: Int = 2, shards: Int = 3, sum: any GradientSum = TreeSum()) -> Trainer<Adam> {
    var trainer = Trainer(
      optimizer: Adam(learningRate: 0.01), batchSize: 20, seed: 3, threads: threads, shards: shards, sum: sum)
    trainer.optimizers["critic"] = AdamW(learningRate: 0.02)
    trainer.clipping = .globalNorm(0.5)
    return trainer
  }

  private func train(
    _ trainer: Trainer<Adam>, epochs: Int = 3, _ step: (inout Step) throws -> Void = Adversaries.step
  ) throws -> (model: Adversaries, history: History, trainer: Trainer<Adam>) {
    var (model, trainer) = (Adversaries(), trainer)
    let history = try trainer.fit(&model, to: Adversaries.data, epochs: epochs, step: step)
    return (model, history, trainer)
  }

  /// A step that minimises one loss is what a fit does without one.
  @Test func oneLossIsTheUsualStep() throws {
    let (training, validation) = AnyModelTests.data.split(validationFraction: 0.2)
    var models = [AnyModelTests.Network(), AnyModelTests.Network()]
    var trainers = (0..<2).map { _ in Trainer(optimizer: Adam(learningRate: 0.01), batchSize: 20, seed: 3, threads: 2) }
    for index in trainers.indices {
      trainers[index].schedule = .cosine(peak: 0.01, steps: 10)
      trainers[index].weightAverage = ExponentialMovingAverage()
    }
    let usual = try trainers[0].fit(
      &models[0], to: training, validation: validation, epochs: 3, loss: AnyModelTests.loss)
    let own = try trainers[1].fit(
      &models[1], to: training, validation: validation, epochs: 3, validationLoss: AnyModelTests.loss
    ) { $0.minimize(AnyModelTests.loss) }
    #expect(models[0].tensors.map(\.value.values) == models[1].tensors.map(\.value.values))
    #expect(usual.epochs.map(\.training) == own.epochs.map(\.training))
    #expect(usual.epochs.map(\.validation) == own.epochs.map(\.validation))
    #expect(trainers[0].parallel.shards == trainers[1].parallel.shards)
    #expect(
      trainers[0].weightAverage!.state.slots[0].values.doubles()
        == trainers[1].weightAverage!.state.slots[0].values.doubles())
  }

  /// Two models and two optimizers, by hand on tapes.
  @Test func turnsAreThoseOfALoopByHand() throws {
    let trained = try train(trainer(threads: 1, shards: 1))
    var (model, steps) = (Adversaries(), 0)
    var (ofCritic, ofGenerator) = (AdamW(learningRate: 0.02), Adam(learningRate: 0.01))
    let key = RandomKey(seed: 3)
    for epoch in 1...3 as ClosedRange<UInt64> {
      let noise = key.child("noise").child(epoch)
      for batch in Adversaries.data.batches(of: 20, key: key.child("shuffle").child(epoch)) {
        func gradients<Part: Module>(
          of part: WritableKeyPath<Adversaries, Part>, _ turn: UInt64, _ loss: Step.Loss
        ) -> Gradients {
          let key = turn == 0 ? noise : noise.child("pass").child(turn)
          let pass = Pass(isTraining: true, step: steps, key: key, examples: batch.map(UInt64.init))
          var (_, gradients) = valueWithGradients(of: model[keyPath: part], pass: pass) { _, tape in
            loss(model, Adversaries.data.batch(batch, in: BatchContext()), tape).total
          }
          GradientClipping.globalNorm(0.5).clip(&gradients)
          return gradients
        }
        for turn in 0..<2 as Range<UInt64> {
          ofCritic.update(&model.critic, along: gradients(of: \.critic, turn, Adversaries.criticLoss))
        }
        if steps % 2 == 1 {
          ofGenerator.update(&model.generator, along: gradients(of: \.generator, 2, Adversaries.generatorLoss))
        }
        steps += 1
      }
    }
    #expect(model.tensors.map(\.value.values) == trained.model.tensors.map(\.value.values))
    #expect(trained.trainer.optimizers.mapValues(\.step) == ["critic": 24, "generator": 6])
    #expect(trained.trainer.optimizer.step == 0)
  }

  @Test func threadsAndProcessesDoNotMatter() throws {
    let one = try train(trainer(threads: 1))
    let many = try train(trainer(threads: 3))
    #expect(many.model.tensors.map(\.value.values) == one.model.tensors.map(\.value.values))
    #expect(many.history.epochs.map(\.training) == one.history.epochs.map(\.training))
    let processes = SimulatedProcesses(2).run { sum in
      let found = try? TrainingStepTests().train(TrainingStepTests().trainer(threads: 1, sum: sum))
      return (found?.model.tensors.map(\.value.values), found?.history.epochs.map(\.training))
    }
    for (weights, losses) in processes {
      #expect(weights == one.model.tensors.map(\.value.values))
      #expect(losses == one.history.epochs.map(\.training))
    }
  }

  /// In pieces of a few steps, through files, with a rate that the steps set.
  @Test(arguments: [1, 3, 5])
  func aRunInPiecesHasTheSameBits(_ steps: Int) throws {
    func step(_ step: inout Step) {
      step.setLearningRate(0.02 / Double(1 + step.number / 3), of: "critic")
      Adversaries.step(&step)
    }
    let whole = try train(trainer(), epochs: 4, step)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("latent-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let checkpoints = CheckpointFolder(folder)
    var (checkpoint, pieces): (Checkpoint?, Int) = (nil, 0)
    while true {
      var (model, trainer) = (Adversaries(seed: 9), trainer(threads: 1))
      if checkpoint == nil { model = Adversaries() }
      trainer.checkpoints = checkpoints
      let left = Counter(steps)
      trainer.callbacks.append(
        OnEvent { event, run in
          if case .stepFinished = event, left.countDown() { run.stop("enough") }
        })
      let history = try trainer.fit(&model, to: Adversaries.data, epochs: 4, resuming: checkpoint, step: step)
      pieces += 1
      if trainer.stopReason == nil {
        #expect(model.tensors.map(\.value.values) == whole.model.tensors.map(\.value.values))
        #expect(history.epochs.map(\.training) == whole.history.epochs.map(\.training))
        #expect(trainer.optimizers.mapValues(\.learningRate) == whole.trainer.optimizers.mapValues(\.learningRate))
        break
      }
      checkpoint = try #require(checkpoints.newest().checkpoint)
      try #require(checkpoint!.steps == pieces * steps)
    }
    // A fit of one loss is not what the checkpoint is of.
    var (model, other) = (Adversaries(), trainer())
    let error = #expect(throws: TrainingError.self) {
      try other.fit(&model, to: Adversaries.data, epochs: 5, resuming: checkpoint, loss: Adversaries.criticLoss)
    }
    #expect("\(error!)".contains(#"it is of steps of several losses, ["critic""#))
    // Nor is another optimizer.
    other.optimizers["critic"] = SGD(learningRate: 0.1, momentum: 0.9)
    let second = #expect(throws: TrainingError.self) {
      try other.fit(&model, to: Adversaries.data, epochs: 5, resuming: checkpoint, step: Adversaries.step)
    }
    #expect("\(second!)".contains("the checkpoint does not fit: the optimizer critic: its state has"))
  }

  @Test func eachLossLearnsItsPart() throws {
    let before = Adversaries()
    for part in ["critic", "generator"] {
      let (model, history, _) = try train(trainer(), epochs: 1) { step in
        if part == "critic" {
          step.minimize("critic", of: \.critic, Adversaries.criticLoss)
        } else {
          step.minimize("generator", of: \.generator, Adversaries.generatorLoss)
        }
      }
      for (old, new) in zip(before.tensors, model.tensors) {
        #expect((old.value.values != new.value.values) == old.path.hasPrefix(part), "\(old.path)")
      }
      #expect(history.last!.training.parts.map(\.name) == (part == "critic" ? ["critic", "real"] : ["generator"]))
    }
  }

  /// A step's total is the sum of its losses; what is computed twice counts with its mean.
  @Test func lossesOfAStep() throws {
    let found = Locked<[[Double]]>([])
    var (model, trainer) = (Adversaries(), trainer())
    var records: [StepRecord] = []
    try trainer.fit(
      &model, to: Adversaries.data, epochs: 1,
      onEvent: { if case .stepFinished(let record) = $0 { records.append(record) } },
      step: { step in
        let critic = (0..<2).map { _ in step.minimize("critic", of: \.critic, Adversaries.criticLoss) }
        let generator = step.minimize("generator", of: \.generator, Adversaries.generatorLoss)
        found.withLock { $0.append([(critic[0].total + critic[1].total) / 2, generator.total, critic[0]["real"]!]) }
      })
    for (record, losses) in zip(records, found.withLock(\.self)) {
      #expect(abs(record.batchLosses.total - losses[0] - losses[1]) < 1e-6)
      #expect(abs(record.batchLosses["critic"]! - losses[0]) < 1e-6)
      #expect(abs(record.batchLosses["generator"]! - losses[1]) < 1e-6)
      #expect(record.batchLosses.parts.map(\.name) == ["critic", "real", "generator"])
      #expect(record.gradientNorm > 0)
    }
    #expect(records.count == 4)
  }
}
