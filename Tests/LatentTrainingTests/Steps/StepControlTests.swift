import Latent
import LatentData
import LatentTraining
import TestSupport
import Testing

/// What a step may do beside minimising, and how it fails.
@Suite struct StepControlTests {
  /// A model, and one that follows it.
  private struct Pair: Module {
    var online = Dense(inputSize: 3, outputSize: 1, key: RandomKey(seed: 1))
    var target = Dense(inputSize: 3, outputSize: 1, key: RandomKey(seed: 2))
    mutating func visit(_ visitor: inout ParameterVisitor) {
      visitor.visit("online", &online)
      visitor.visit("target", &target)
    }
    @Sendable static func loss(_ pair: Pair, _ batch: ExampleBatch, _ tape: Tape) -> LossTerms {
      let x = tape.constant(batch[0])
      return LossTerms(total: (pair.online(x) - pair.target(x)).squared().sum(axes: [1]).mean())
    }
  }

  private func fit(
    _ model: inout Pair, shards: Int = 2, _ step: (inout TrainingStep<Pair, TensorDataset, SGD>) throws -> Void
  ) throws -> History {
    var trainer = Trainer(optimizer: SGD(learningRate: 0.1), batchSize: 35, threads: 2, shards: shards)
    return try trainer.fit(&model, to: Adversaries.data, epochs: 2, step: step)
  }

  /// Weights that are set by hand stay, and the next loss sees them.
  @Test func aTargetFollows() throws {
    var model = Pair()
    var seen: [[Double]] = []
    _ = try fit(&model) { step in
      step.minimize("online", of: \.online, Pair.loss)
      let kernel = step.model.online.kernel.value
      step.model.target.kernel.value = 0.5 * (step.model.target.kernel.value + kernel)
      seen.append(step.model.target.kernel.value.values)
    }
    #expect(seen.count == 4 && Set(seen).count == 4 && model.target.kernel.value.values == seen.last)
    #expect(model.online.kernel.value.values != Pair().online.kernel.value.values)
  }

  /// Sharpness-aware: the gradient where the loss is worse nearby (Foret et al. 2021), by hand.
  @Test func gradientsOfOnesOwn() throws {
    var model = Pair()
    _ = try fit(&model, shards: 1) { step in
      let before = step.model.online
      let (_, first) = step.valueWithGradients("online", of: \.online, Pair.loss)
      step.model.online.kernel.value += 0.01 * first["kernel"]
      var (_, second) = step.valueWithGradients("online", of: \.online, Pair.loss)
      second["bias"] = 2 * second["bias"]
      step.model.online = before
      step.update("online", of: \.online, along: second)
    }
    var expected = Pair()
    let key = RandomKey(seed: 0)
    for epoch in 1...2 as ClosedRange<UInt64> {
      for batch in Adversaries.data.batches(of: 35, key: key.child("shuffle").child(epoch)) {
        func gradients() -> Gradients {
          valueWithGradients(of: expected.online) { _, tape in
            Pair.loss(expected, Adversaries.data.batch(batch, in: BatchContext()), tape).total
          }.gradients
        }
        let before = expected.online
        expected.online.kernel.value += 0.01 * gradients()["kernel"]
        let second = gradients()
        expected.online = before
        expected.online.kernel.value -= 0.1 * second["kernel"]
        expected.online.bias!.value -= 0.2 * second["bias"]
      }
    }
    #expect(closeTo(model.online.kernel.value.values, expected.online.kernel.value.values))
    #expect(closeTo(model.online.bias!.value.values, expected.online.bias!.value.values))
  }

  private func closeTo(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-6 * (1 + abs($1)) }
  }

  /// The second loss of the third step is broken: everything is as after the first epoch.
  @Test func aLossThatIsNotFinite() throws {
    let sound = { (step: inout TrainingStep<Pair, TensorDataset, SGD>) in
      _ = step.minimize("online", of: \.online, Pair.loss)
    }
    var (model, expected) = (Pair(), Pair())
    var trainer = Trainer(optimizer: SGD(learningRate: 0.1), batchSize: 35, threads: 1, shards: 2)
    _ = try trainer.fit(&expected, to: Adversaries.data, epochs: 1, step: sound)
    let error = #expect(throws: TrainingError.self) {
      try trainer.fit(&model, to: Adversaries.data, epochs: 3) { step in
        step.minimize("online", of: \.online, Pair.loss)
        let number = step.number
        step.minimize("broken", of: \.target) { pair, batch, tape in
          let terms = Pair.loss(pair, batch, tape)
          return LossTerms(total: number == 2 ? terms.total.log().log() * 1e30 / 0 : 0 * terms.total)
        }
        // Nobody learns from it.
        step.minimize("online", of: \.online, Pair.loss)
      }
    }
    guard case .nonFiniteLoss(2, 1, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(model.target.kernel.value.values == expected.target.kernel.value.values)
    #expect(trainer.optimizers["online"]!.step == 4)
  }

  /// A loss without an optimizer of its own has the rate of the trainer's; one with keeps its own.
  @Test func ratesFollowTheTrainer() throws {
    var (model, trainer) = (Pair(), Trainer(optimizer: SGD(learningRate: 0.1), batchSize: 35, threads: 1))
    trainer.optimizers["target"] = SGD(learningRate: 0.03)
    trainer.schedule = .step(initial: 0.08, factor: 0.5, every: 1)
    var rates: [Double] = []
    try trainer.fit(
      &model, to: Adversaries.data, epochs: 2,
      onEvent: { if case .stepFinished(let record) = $0 { rates.append(record.learningRate) } },
      step: { step in
        step.minimize("online", of: \.online, Pair.loss)
        step.minimize("target", of: \.target, Pair.loss)
      })
    #expect(rates == [0.08, 0.04, 0.02, 0.01])
    #expect(trainer.optimizers.mapValues(\.learningRate) == ["online": 0.01, "target": 0.03])
    #expect(trainer.optimizers.mapValues(\.step) == ["online": 4, "target": 4])
  }

  private struct Enough: Error {}

  /// What a step throws ends the fit; the model is as after the last epoch.
  @Test func anErrorOfOnesOwn() throws {
    var (model, expected) = (Pair(), Pair())
    var trainer = Trainer(optimizer: SGD(learningRate: 0.1), batchSize: 35, threads: 1, shards: 2)
    _ = try trainer.fit(&expected, to: Adversaries.data, epochs: 1) { $0.minimize(Pair.loss) }
    #expect(throws: Enough.self) {
      try trainer.fit(&model, to: Adversaries.data, epochs: 3) { step in
        step.minimize(Pair.loss)
        if step.number == 3 { throw Enough() }
      }
    }
    #expect(model.numbers == expected.numbers)
  }

  /// Examples for validation are for metrics where there is no loss of theirs.
  @Test func metricsAlone() throws {
    let (training, validation) = Adversaries.data.split(validationFraction: 0.3)
    var (model, trainer) = (Pair(), Trainer(optimizer: SGD(learningRate: 0.1), batchSize: 35, threads: 1))
    trainer.metric("count") { (_: Pair, data: TensorDataset) in Double(data.count) }
    let history = try trainer.fit(&model, to: training, validation: validation, epochs: 2) { $0.minimize(Pair.loss) }
    #expect(history.epochs.map { $0["count"] } == [21, 21] && history.last!.validation == nil)
  }

  @Test func accumulatedStepsAreTheSame() throws {
    var models = [Pair(), Pair()]
    for index in models.indices {
      var trainer = Trainer(
        optimizer: SGD(learningRate: 0.1), batchSize: 35, accumulating: index == 0 ? 1 : 5, threads: 2, shards: 1)
      try trainer.fit(&models[index], to: Adversaries.data, epochs: 2) { step in
        step.minimize("online", of: \.online, Pair.loss)
      }
    }
    #expect(closeTo(models[0].online.kernel.value.values, models[1].online.kernel.value.values))
  }

  @Test func misuse() async {
    func message(_ result: ExitTest.Result?) -> String {
      result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    }
    let nothing = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var model = Pair()
      _ = try StepControlTests().fit(&model) { _ in }
    }
    #expect(message(nothing).contains("fit: the step computed no loss"))
    let rate = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var model = Pair()
      _ = try StepControlTests().fit(&model) { $0.setLearningRate(1, of: "online") }
    }
    #expect(message(rate).contains("setLearningRate: 'online' has no optimizer of its own; there are []"))
    let parts = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var model = Adversaries()
      var trainer = Trainer(optimizer: Adam(), batchSize: 35, threads: 1)
      try trainer.fit(&model, to: Adversaries.data, epochs: 1) { step in
        step.minimize("one", of: \.critic, Adversaries.criticLoss)
        step.minimize("one", of: \.generator, Adversaries.generatorLoss)
      }
    }
    #expect(message(parts).contains("TrainingStep: the loss 'one' is for "))
  }
}
