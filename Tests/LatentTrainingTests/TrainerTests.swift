import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE
import TestSupport
import Testing

/// A trainer's epochs against an independent recomputation, and what it tells.
@Suite struct TrainerTests {
  /// Two epochs in float64, with the plain model and the plain Adam: losses, validation and weights.
  @Test(arguments: [1, 3], [(LikelihoodKind.bernoulli, 1.0), (.squaredError, 2.5)])
  func followsThePlainImplementation(shards: Int, _ kind: (loss: LikelihoodKind, beta: Double)) throws {
    let (images, batchSize, seed) = (Tiny.images(19), 5, UInt64(12))
    var model = Tiny.model(element: .float64, loss: kind.loss, beta: kind.beta)
    var weights = Plain.VAE.weights(model.parameters.map { ($0.path, $0.value.values) })
    var trainer = Trainer(
      optimizer: Adam(learningRate: 0.02), batchSize: batchSize, seed: seed, threads: 2, shards: shards)
    let history = try trainer.fit(&model, to: images, epochs: 2, validationSplit: 0.3)
    #expect(history.epochs.map(\.epoch) == [1, 2])

    // The first 13 images train, the last 6 validate.
    let (training, validation) = (images.prefix(13), images.dropFirst(13))
    var adam = Plain.Adam()
    adam.learningRate = 0.02
    /// The summed total, reconstruction and divergence of some images, and the gradients of their mean.
    func run(_ dataset: ImageDataset, _ indices: ArraySlice<Int>, _ noiseKey: RandomKey) -> (
      sums: [Double], gradients: [String: [Double]]
    ) {
      let x = indices.flatMap { dataset.image($0).map { Double($0) / 255 } }
      let noise = dataset.batch(indices, in: BatchContext(noiseKey: noiseKey, element: .float64)).noise(
        columns: Tiny.latent
      ).values
      let result = Plain.VAE(weights: weights).run(
        x, noise: noise, batch: indices.count, time: Tiny.height, beta: kind.beta,
        loss: kind.loss == .squaredError ? .squaredError : .binaryCrossEntropyFromLogits)
      let parts = [result.reconstructionLosses.reduce(0, +), result.divergences.reduce(0, +)]
      return ([parts[0] + kind.beta * parts[1]] + parts, result.gradients)
    }
    func check(_ losses: Losses?, _ sums: [Double], count: Int, _ name: String) {
      let values = losses.map { [$0.total, $0["reconstruction"] ?? .nan, $0["kl"] ?? .nan] } ?? []
      #expect(values.count == 3, "\(name)")
      for (value, sum) in zip(values, sums) { #expect(abs(value / (sum / Double(count)) - 1) < 1e-9, "\(name)") }
    }
    let key = RandomKey(seed: seed)
    for epoch in 1...2 as ClosedRange<UInt64> {
      let order = key.child("shuffle").child(epoch).permutation(of: 13)
      var sums = [0.0, 0, 0]
      for start in stride(from: 0, to: 13, by: batchSize) {
        let result = run(training, order[start..<min(start + batchSize, 13)], key.child("noise").child(epoch))
        sums = Plain.sum(sums, result.sums)
        adam.update(&weights, result.gradients)
      }
      let record = history.epochs[Int(epoch) - 1]
      check(record.training, sums, count: 13, "training, epoch \(epoch)")
      let all = Array(0..<6)
      let held = run(validation, all[...], key.child("validation noise").child(epoch))
      check(record.validation, held.sums, count: 6, "validation, epoch \(epoch)")
      #expect(record.trainingSeconds > 0 && record.validationSeconds > 0 && record.examplesPerSecond > 0)
    }
    for (path, name) in Plain.VAE.paths {
      let values = try #require(model.parameters.first { $0.path == path }).value.values
      #expect(maxRelativeError(values, weights[name]!) < 1e-9, "\(path)")
    }
  }

  @Test func tellsWhatHappens() throws {
    var model = Tiny.model()
    var trainer = Trainer(optimizer: Adam(), batchSize: 6, threads: 1, shards: 2)
    var lines: [String] = []
    var lastStep: StepRecord?
    let history = try trainer.fit(&model, to: Tiny.images(20), epochs: 2, validationSplit: 0.25) { event in
      switch event {
      case .started(let training, let validation, let steps): lines.append("start \(training) \(validation) \(steps)")
      case .stepFinished(let record):
        lines.append("step \(record.epoch).\(record.step)/\(record.stepsPerEpoch) \(record.examples)")
        #expect(record.seconds >= 0)
        lastStep = record
      case .validationStarted(let epoch): lines.append("validation \(epoch)")
      case .epochFinished(let record):
        lines.append("epoch \(record.epoch)")
        #expect(record.training == lastStep?.runningLosses)
      default: lines.append("\(event)")
      }
    }
    let epochs = (1...2).flatMap {
      ["step \($0).1/3 6", "step \($0).2/3 12", "step \($0).3/3 15", "validation \($0)", "epoch \($0)"]
    }
    #expect(lines == ["start 15 5 3"] + epochs)
    #expect(history.epochs.count == 2 && history.last == history.epochs[1])
    #expect(history.last?.training["kl"] != nil && history.last?.training["nothing"] == nil)
  }

  @Test func withoutValidation() throws {
    var model = Tiny.model()
    var trainer = Trainer(optimizer: Adam(), batchSize: 100, threads: 1)
    let history = try trainer.fit(&model, to: Tiny.images(3), epochs: 1)
    #expect(history.last?.validation == nil)
    let before = model.numbers
    #expect(try trainer.fit(&model, to: Tiny.images(3), epochs: 0).epochs.isEmpty)
    #expect(model.numbers == before)
  }

  /// It learns; with the optimizer given back, so does a second fit from where the first ended.
  @Test func lossFalls() throws {
    var model = Tiny.model()
    var trainer = Trainer(optimizer: Adam(learningRate: 0.01), batchSize: 10, threads: 2)
    let first = try trainer.fit(&model, to: Tiny.images(40), epochs: 5)
    #expect(trainer.optimizer.step == 20)
    let learned = trainer.optimizer
    trainer.optimizer = learned
    let second = try trainer.fit(&model, to: Tiny.images(40), epochs: 5)
    #expect(trainer.optimizer.step == 40)
    #expect(second.last!.training.total < first.last!.training.total)
    #expect(first.last!.training.total < first.epochs[0].training.total)
  }
}
