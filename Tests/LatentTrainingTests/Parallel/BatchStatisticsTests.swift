import Foundation
import Latent
import LatentData
import LatentFiles
import LatentVAE
import TestSupport
import Testing

@testable import LatentTraining

/// What a loss makes of a whole batch's statistics is the same in any number of shards, on any number of threads.
@Suite struct BatchStatisticsTests {
  static let shards = [1, 2, 3, 5, 8, 16, 32]
  static let objectives: [any Objective] = [
    FreeBits(0.05), FreeBits(0.02, weight: DivergenceWeight(3)),
    Capacity(nats: 0.3, steps: 0, weight: DivergenceWeight(20)),
    Capacity(nats: 5, steps: 10, weight: DivergenceWeight(20)),
  ]
  // 27 are uneven in every number of shards; 8 in 8 shards are one each.
  static let batches = [0..<27, 3..<11, 5..<6]

  private func compare<M: Module, D: TrainingData>(
    _ model: M, _ data: D, shards: Int, _ loss: @escaping DataParallel.Loss<M, D>, _ text: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let key = RandomKey(seed: 5)
    let layout = ParameterLayout(of: model)
    for batch in Self.batches {
      let indices = Array(batch)
      let pass = Pass(isTraining: true, step: 4, key: key, examples: indices.map(UInt64.init))
      var monitored = 0.0
      let whole = valueWithGradients(of: model, layout: layout, pass: pass) { model, tape in
        let terms = loss(model, data.batch(indices[...], in: BatchContext(noiseKey: key, element: .float64)), tape)
        monitored = (terms.monitored ?? terms.total).scalar
        return terms.total
      }
      var first: (losses: Losses, gradients: Gradients)?
      for threads in 1...3 {
        let parallel = DataParallel(threads: threads, shards: shards)
        // Twice: the second time with the memory of the first.
        for _ in 0..<2 {
          let result = parallel.valueWithGradients(
            of: model, on: data, indices[...], step: 4, noiseKey: key, layout: layout, loss)
          let place = "\(text) \(batch), \(shards) shards, \(threads) threads"
          #expect(
            abs(result.losses.total - whole.value) <= 1e-13 * max(1, abs(whole.value)), "\(place)",
            sourceLocation: sourceLocation)
          #expect(abs(result.losses.monitored - monitored) <= 1e-13 * max(1, abs(monitored)), "\(place)")
          // Of all parameters at once: some have gradients of nothing but rounding, such as a bias before the mean is taken off.
          let error = maxRelativeError(numbers(result.gradients), numbers(whole.gradients))
          #expect(error < 1e-13, "\(place)", sourceLocation: sourceLocation)
          for (update, other) in zip(result.gradients.bufferUpdates, whole.gradients.bufferUpdates) {
            #expect(maxRelativeError(update.value.values, other.value.values) < 1e-13, "\(place)")
          }
          #expect(result.gradients.bufferUpdates.count == whole.gradients.bufferUpdates.count)
          if let first {
            #expect(result.losses == first.losses, "\(place)")
            #expect(numbers(result.gradients) == numbers(first.gradients), "\(place)")
          } else {
            first = result
          }
        }
      }
    }
  }

  private func numbers(_ gradients: Gradients) -> [Double] {
    gradients.layout.slots.flatMap { gradients[$0.path].values }
  }

  @Test(arguments: shards) func everyObjective(_ shards: Int) {
    for objective in Self.objectives {
      var model = Tiny.model(element: .float64)
      model.objective = objective
      compare(model, Tiny.images(27), shards: shards, { $0.loss($1, tape: $2) }, "\(objective)")
    }
  }

  /// A loss of one's own: of means, of the mean's logarithm, and twice the same.
  @Test(arguments: shards) func aLossOfOnesOwn(_ shards: Int) {
    let layer = Dense(inputSize: 3, outputSize: 4, activation: .tanh, key: RandomKey(seed: 1), element: .float64)
    compare(layer, Self.data, shards: shards) { layer, batch, tape in
      let y = layer(tape.constant(batch[0]))
      let mean = y.batchMean()
      let spread = (y - mean).squared().batchMean()
      return LossTerms(total: y.squared().sum(axes: [1]).mean() + (spread + 0.1).log().sum() + (mean * spread).sum())
    }
  }

  /// Two batch normalisations, one of which sees images; then the gradient passes through both.
  struct Network: Module {
    var first = Dense(inputSize: 3, outputSize: 8, key: RandomKey(seed: 1), element: .float64)
    var norm = BatchNorm(size: 4, momentum: 0.9, element: .float64)
    var second = Dense(inputSize: 8, outputSize: 5, activation: .tanh, key: RandomKey(seed: 2), element: .float64)
    var last = BatchNorm(size: 5, momentum: 0.5, element: .float64)

    mutating func visit(_ visitor: inout ParameterVisitor) {
      visitor.visit("first", &first)
      visitor.visit("norm", &norm)
      visitor.visit("second", &second)
      visitor.visit("last", &last)
    }

    func callAsFunction(_ x: Variable) -> Variable {
      let images = first(x).reshaped(to: [x.shape[0], 2, 4])
      return last(second(norm(images).tanh().reshaped(to: [x.shape[0], 8])))
    }
  }

  static let data: TensorDataset = {
    let x = Initializer.uniform(-1...1)(shape: [70, 3], key: RandomKey(seed: 5), element: .float64)
    return TensorDataset(x, Tensor(x.values.map { sin(3 * $0) }, shape: [70, 3], element: .float64))
  }()

  @Sendable static func loss(_ model: Network, _ batch: ExampleBatch, _ tape: Tape) -> LossTerms {
    let y = model(tape.constant(batch[0]))
    return LossTerms(total: (y * y * y - y).sum(axes: [1]).mean())
  }

  @Test(arguments: shards) func batchNorm(_ shards: Int) {
    compare(Network(), Self.data, shards: shards, Self.loss)
  }

  /// The last batch of 264 examples is 8, which are 8 shards: one example each has no variance, the batch has one.
  @Test func smallLastBatches() throws {
    var model = Sequential(BatchNorm(size: 2, momentum: 0))
    var trainer = Trainer(optimizer: SGD(learningRate: 0), batchSize: 256, threads: 2)
    let x = Initializer.uniform(-1...1)(shape: [264, 2], key: RandomKey(seed: 1))
    try trainer.fit(&model, to: TensorDataset(x), epochs: 1) { model, batch, tape in
      LossTerms(total: model(tape.constant(batch[0])).squared().sum(axes: [1]).mean())
    }
    // Uniform numbers in -1...1 have the variance 1/3; of 8 the estimate is rough.
    for variance in model.buffers[1].value.values { #expect(variance > 0.1 && variance < 0.6) }
  }

  /// Validation takes the statistics of batches, whatever the number of shards.
  @Test(arguments: objectives.indices) func evaluation(_ number: Int) {
    var model = Tiny.model(element: .float64)
    model.objective = Self.objectives[number]
    let images = Tiny.images(45)
    let key = RandomKey(seed: 2)
    for size in [1, 7, 20, 45, 64] {
      var sum = 0.0
      for start in stride(from: 0, to: 45, by: size) {
        let batch = Array(start..<min(start + size, 45))
        let context = BatchContext(noiseKey: key, element: .float64)
        sum += model.loss(images.batch(batch[...], in: context), tape: Tape()).total.scalar * Double(batch.count)
      }
      for (shards, threads) in [(1, 1), (1, 3), (2, 2), (3, 2), (8, 1), (8, 3), (32, 2)] {
        let losses = DataParallel(threads: threads, shards: shards).evaluate(
          model, on: images, batchSize: size, noiseKey: key
        ) { $0.loss($1, tape: $2) }
        #expect(abs(losses.total / (sum / 45) - 1) < 1e-13, "batches of \(size), \(shards) shards")
      }
    }
  }

  @Test func shardsThatDiffer() async {
    func message(_ result: ExitTest.Result?) -> String {
      result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? "no result"
    }
    let missing = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = DataParallel(threads: 2, shards: 4).valueWithGradients(of: Network(), on: Self.data, [0, 1, 2, 3], step: 0) {
        model, batch, tape in
        tape.pass.examples == [2]
          ? Self.loss(model, batch, tape) : LossTerms(total: model.first(tape.constant(batch[0])).mean())
      }
    }
    #expect(message(missing).contains("some shards of a batch exchange statistics where others do not"))
    let other = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = DataParallel(threads: 2, shards: 4).valueWithGradients(of: Network(), on: Self.data, [0, 1, 2, 3], step: 0) {
        model, batch, tape in
        let y = model.first(tape.constant(batch[0]))
        return LossTerms(
          total: tape.pass.examples == [2] ? y.batchMean().sum() : y.batchMean().sum() * y.mean(axes: [1]).batchMean())
      }
    }
    #expect(message(other).contains("shards of a batch"))
  }
}
