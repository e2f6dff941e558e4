import Latent
import LatentData
import LatentFiles
import LatentTraining
import TestSupport
import Testing

/// Schedules, plateaus, clipping and averaged weights through the trainer.
@Suite struct TrainerOptionsTests {
  /// 16 images in batches of 5: four steps an epoch.
  private func trainer<O: Optimizer>(_ optimizer: O, threads: Int = 2) -> Trainer<O> {
    Trainer(optimizer: optimizer, batchSize: 5, seed: 3, threads: threads, shards: 2)
  }

  private func fit<O: Optimizer>(_ trainer: inout Trainer<O>, _ model: inout TinyVAE, epochs: Int = 2) throws
    -> (steps: [Double], history: History)
  {
    var steps: [Double] = []
    let history = try trainer.fit(&model, to: Tiny.images(16), epochs: epochs) { event in
      if case .stepFinished(let record) = event { steps.append(record.learningRate) }
    }
    return (steps, history)
  }

  /// Zero rates do nothing; the schedule counts steps over epochs, and each fit from its own first.
  @Test func schedules() throws {
    var (model, sgd) = (Tiny.model(), trainer(SGD(learningRate: 1)))
    sgd.schedule = LearningRateSchedule { Double($0) / 16 }
    let first = try fit(&sgd, &model)
    func rates(_ count: Int) -> [Double] { (0..<count).map { Double($0) / 16 } }
    #expect(first.steps == rates(8))
    #expect(first.history.epochs.map(\.learningRate) == [0.1875, 0.4375])
    #expect(try fit(&sgd, &model, epochs: 1).steps == rates(4))
    #expect(sgd.optimizer.learningRate == 0.1875)
  }

  /// Steps are taken with the rate that is told: those before the last change nothing, and that goes so far along its
  /// gradient.
  @Test func scheduledSteps() throws {
    func change(_ rate: Double) throws -> [Double] {
      var (model, sgd) = (Tiny.model(element: .float64), trainer(SGD(learningRate: 1)))
      sgd.schedule = LearningRateSchedule { $0 == 7 ? rate : 0 }
      _ = try fit(&sgd, &model)
      return zip(model.numbers.joined(), Tiny.model(element: .float64).numbers.joined()).map { $0 - $1 }
    }
    let order = RandomKey(seed: 3).child("shuffle").child(2).permutation(of: 16)
    let images = Tiny.images(16).batch(
      order[15...], in: BatchContext(noiseKey: RandomKey(seed: 3).child("noise").child(2), element: .float64))
    let (_, gradients) = valueWithGradients(of: Tiny.model(element: .float64)) { $0.loss(images, tape: $1).total }
    let slope = gradients.layout.slots.flatMap { gradients[$0.path].values }
    for rate in [0.25, 1] {
      #expect(maxRelativeError(try change(rate), slope.map { -rate * $0 }) < 1e-9, "a rate of \(rate)")
    }
  }

  @Test func plateaus() throws {
    var (model, sgd) = (Tiny.model(), trainer(SGD(learningRate: 0.01)))
    // Nothing improves by so much: each epoch after the first lowers the rate.
    sgd.callbacks = [ReduceOnPlateau(factor: 0.5, patience: 1, minimumChange: 1e6)]
    let history = try fit(&sgd, &model, epochs: 4).history
    #expect(history.epochs.map(\.learningRate) == [0.01, 0.01, 0.005, 0.0025])
    #expect(sgd.optimizer.learningRate == 0.00125)
    #expect((sgd.callbacks[0] as? ReduceOnPlateau)?.best == history.epochs[0].training.total)
  }

  /// With a limit as small as this every step has its length, whatever is frozen; the same bits on any number of threads.
  @Test(arguments: [[], [ParameterGroups.Rule.under("encoder", isFrozen: true)]])
  func clipping(_ rules: [ParameterGroups.Rule]) throws {
    var optimizer = SGD(learningRate: 1)
    optimizer.groups = ParameterGroups(rules)
    func run(threads: Int) throws -> TinyVAE {
      var (model, sgd) = (Tiny.model(element: .float64), trainer(optimizer, threads: threads))
      sgd.clipping = .globalNorm(1e-3)
      sgd.schedule = LearningRateSchedule { $0 == 2 ? 1 : 0 }
      _ = try fit(&sgd, &model, epochs: 1)
      return model
    }
    let model = try run(threads: 1)
    let change = zip(model.numbers.joined(), Tiny.model(element: .float64).numbers.joined()).map { $0 - $1 }
    #expect(abs(change.reduce(0) { $0 + $1 * $1 }.squareRoot() / 1e-3 - 1) < 1e-9)
    for threads in [2, 3] { #expect(try run(threads: threads).numbers == model.numbers) }
  }

  /// With a decay of 0 the average is the last weights, with 1 the first step's.
  @Test func averages() throws {
    var (model, adam) = (Tiny.model(), trainer(Adam()))
    adam.weightAverage = ExponentialMovingAverage(decay: 0)
    _ = try fit(&adam, &model)
    let average = try #require(adam.weightAverage)
    #expect(average.state.step == 8)
    #expect(average.averaged(Tiny.model()).numbers == model.numbers)
  }

  /// Frozen parts keep their bits and do not count in the norm; training goes on from a state with the same bits.
  @Test func frozenAndResumed() throws {
    var optimizer = AdamW(learningRate: 0.01)
    optimizer.groups = [.under("encoder", isFrozen: true), .named("bias", decaysWeights: false)]
    var (model, first) = (Tiny.model(), trainer(optimizer))
    first.clipping = .globalNorm(1)
    _ = try fit(&first, &model, epochs: 1)
    for (after, before) in zip(model.parameters, Tiny.model().parameters) {
      #expect((after.value.values == before.value.values) == after.path.hasPrefix("encoder."), "\(after.path)")
    }
    var (resumed, copy) = (trainer(optimizer, threads: 1), model)
    resumed.clipping = .globalNorm(1)
    resumed.optimizer.state = first.optimizer.state
    let learned = first.optimizer
    first.optimizer = learned
    _ = try fit(&first, &model, epochs: 1)
    _ = try fit(&resumed, &copy, epochs: 1)
    #expect(model.numbers == copy.numbers)
  }

  @Test func misuse() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var (model, trainer) = (Tiny.model(), Trainer(optimizer: Adam(), batchSize: 4, threads: 1))
      trainer.schedule = .constant(1)
      trainer.callbacks = [ReduceOnPlateau()]
      _ = try trainer.fit(&model, to: Tiny.images(4), epochs: 1)
    }
    let message = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(message.contains("fit: a schedule and the callback ReduceOnPlateau would both set the learning rate"))
  }
}
