import Latent
import LatentData
import LatentFiles
import LatentTraining
import TestSupport
import Testing

/// How training stops before its end, and what it leaves.
@Suite struct TrainerFailureTests {
  /// A fault in the fourth step of the second epoch: the error names the next one, where the loss shows it, and the
  /// layer; model and optimizer are as after the first epoch.
  @Test(arguments: [1, 2])
  func aLossThatIsNotFinite(shards: Int) throws {
    func trainer(faultAt step: Int) -> Trainer<FaultyAdam> {
      Trainer(
        optimizer: FaultyAdam(faultAt: step, path: "decoder.hidden.kernel"), batchSize: 4, threads: 2, shards: shards)
    }
    let images = Tiny.images(20)
    var expected = Tiny.model()
    var sound = trainer(faultAt: -1)
    _ = try sound.fit(&expected, to: images, epochs: 1)

    var model = Tiny.model()
    var faulty = trainer(faultAt: 9)
    let error = #expect(throws: TrainingError.self) { try faulty.fit(&model, to: images, epochs: 3) }
    #expect(error == .nonFiniteLoss(epoch: 2, step: 5, layer: "Dense at decoder.hidden.kernel"))
    #expect(
      error?.description
        == "the loss is not finite at epoch 2, step 5; the first result that is not finite: "
        + "Dense at decoder.hidden.kernel; try a lower learning rate")
    #expect(model.numbers == expected.numbers)
    #expect(faulty.optimizer.adam.step == 5)
    // Both can go on from there.
    faulty.optimizer.faultAt = -1
    _ = try faulty.fit(&model, to: images, epochs: 1)
    _ = try sound.fit(&expected, to: images, epochs: 1)
    #expect(model.numbers == expected.numbers)
  }

  /// The last step's weights meet no loss in the epoch, but are looked at.
  @Test func weightsThatAreNotFinite() throws {
    var model = Tiny.model()
    let before = model.numbers
    var trainer = Trainer(
      optimizer: FaultyAdam(faultAt: 5, path: "encoder.mean.bias"), batchSize: 4, threads: 1, shards: 1)
    let error = #expect(throws: TrainingError.self) { try trainer.fit(&model, to: Tiny.images(20), epochs: 1) }
    #expect(error == .nonFiniteWeights(epoch: 1, path: "encoder.mean.bias"))
    #expect(error?.description.contains("encoder.mean.bias") == true)
    #expect(error?.description.contains("\n") == false)
    #expect(model.numbers == before)
    #expect(trainer.optimizer.adam.step == 0)
  }

  @Test func aValidationLossThatIsNotFinite() throws {
    /// Fails on batches of the validation part's size.
    struct Fussy: TrainableModel {
      var inner = Tiny.model()
      mutating func visit(_ visitor: inout ParameterVisitor) { inner.visit(&visitor) }
      func loss(_ batch: ExampleBatch, tape: Tape) -> LossTerms {
        let terms = inner.loss(batch, tape: tape)
        guard batch.streams.count == 3 else { return terms }
        return LossTerms(total: .infinity * terms.total, parts: terms.parts)
      }
    }
    var model = Fussy()
    let before = model.numbers
    var trainer = Trainer(optimizer: Adam(), batchSize: 4, threads: 1, shards: 1)
    let error = #expect(throws: TrainingError.self) {
      try trainer.fit(&model, to: Tiny.images(8), validation: Tiny.images(3), epochs: 1)
    }
    #expect(error == .nonFiniteLoss(epoch: 1, step: 2, layer: "the validation loss"))
    #expect(model.numbers == before)
  }

  @Test func misuseStops() async {
    func message(_ result: ExitTest.Result?) -> String {
      result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    }
    let batch = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Trainer(optimizer: Adam(), batchSize: 0)
    }
    #expect(message(batch).contains("Trainer: batch size 0"))
    let shards = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = DataParallel(threads: 1, shards: 0)
    }
    #expect(message(shards).contains("DataParallel: 1 threads, 0 shards"))
    let images = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var model = Tiny.model()
      var trainer = Trainer(optimizer: Adam(), batchSize: 4, threads: 1)
      _ = try trainer.fit(&model, to: Tiny.images(4).prefix(0), epochs: 1)
    }
    #expect(message(images).contains("fit: no examples to train on"))
  }
}

/// Adam, which damages one parameter in one step.
struct FaultyAdam: Optimizer {
  var adam = Adam(learningRate: 0.01)
  var faultAt: Int
  let path: String

  var learningRate: Double {
    get { adam.learningRate }
    set { adam.learningRate = newValue }
  }
  var state: OptimizerState {
    get { adam.state }
    set { adam.state = newValue }
  }

  mutating func update(_ model: inout some Module, along gradients: Gradients, pool: WorkerPool?) {
    adam.update(&model, along: gradients, pool: pool)
    guard adam.step == faultAt else { return }
    let path = path
    model.updateParameters { if $0 == path { $1.value.storage.fill(.nan) } }
  }

  init(faultAt: Int, path: String) {
    self.faultAt = faultAt
    self.path = path
  }
}
