import Latent
import LatentData
import LatentFiles
import TestSupport
import Testing

@testable import LatentTraining

/// The trainer with models, data and losses that it has never heard of.
@Suite struct AnyModelTests {
  /// Batch normalisation and dropout, which train otherwise than they evaluate.
  struct Network: Module {
    var first = Dense(inputSize: 3, outputSize: 8, activation: .tanh, key: RandomKey(seed: 1))
    var norm = BatchNorm(size: 8, momentum: 0.9)
    var rest = Sequential(Dropout(rate: 0.25), Dense(inputSize: 8, outputSize: 1, key: RandomKey(seed: 2)))

    mutating func visit(_ visitor: inout ParameterVisitor) {
      visitor.visit("first", &first)
      visitor.visit("norm", &norm)
      visitor.visit("rest", &rest)
    }

    func callAsFunction(_ x: Variable) -> Variable { rest(norm(first(x))) }
  }

  /// y = 2 a - b + c^2
  static let data: TensorDataset = {
    let x = Initializer.uniform(-1...1)(shape: [90, 3], key: RandomKey(seed: 5))
    let y = (0..<90).map { row -> Double in
      let (a, b, c) = (x.values[3 * row], x.values[3 * row + 1], x.values[3 * row + 2])
      return 2 * a - b + c * c
    }
    return TensorDataset(x, Tensor(y, shape: [90, 1]))
  }()

  @Sendable static func loss(_ model: Network, _ batch: ExampleBatch, _ tape: Tape) -> LossTerms {
    LossTerms(total: squaredError(model(tape.constant(batch[0])), targets: batch[1]))
  }

  private func train(threads: Int, shards: Int, epochs: Int = 3, seed: UInt64 = 3) throws -> (
    model: Network, history: History
  ) {
    var model = Network()
    var trainer = Trainer(
      optimizer: Adam(learningRate: 0.01), batchSize: 20, seed: seed, threads: threads, shards: shards)
    let (training, validation) = Self.data.split(validationFraction: 0.2)
    let history = try trainer.fit(&model, to: training, validation: validation, epochs: epochs, loss: Self.loss)
    return (model, history)
  }

  @Test func learns() throws {
    let (model, history) = try train(threads: 2, shards: 2, epochs: 150)
    #expect(history.last!.validation!.total < 0.3 * history.epochs[0].validation!.total)
    #expect(model.buffers.map(\.path) == ["norm.runningMean", "norm.runningVariance"])
    #expect(model.safetensors.map(\.name).suffix(2) == ["norm.runningMean", "norm.runningVariance"])
  }

  @Test(arguments: [1, 3])
  func threadsDoNotMatter(shards: Int) throws {
    let one = try train(threads: 1, shards: shards)
    for threads in [2, 3] {
      let many = try train(threads: threads, shards: shards)
      #expect(many.model.numbers == one.model.numbers)
      #expect(many.model.buffers.map(\.value.values) == one.model.buffers.map(\.value.values))
      #expect(many.history.epochs.map(\.validation) == one.history.epochs.map(\.validation))
    }
  }

  /// Two epochs of one shard, against a loop by hand on tapes.
  @Test(arguments: [0, 3, .max] as [UInt64])
  func aLoopByHandIsTheSame(_ seed: UInt64) throws {
    let trained = try train(threads: 1, shards: 1, epochs: 2, seed: seed)
    var model = Network()
    var optimizer = Adam(learningRate: 0.01)
    let training = Self.data.split(validationFraction: 0.2).training
    let key = RandomKey(seed: seed)
    for epoch in 1...2 as ClosedRange<UInt64> {
      let noiseKey = key.child("noise").child(epoch)
      for batch in training.batches(of: 20, key: key.child("shuffle").child(epoch)) {
        let pass = Pass(isTraining: true, step: optimizer.step, key: noiseKey, examples: batch.map(UInt64.init))
        let (_, gradients) = valueWithGradients(of: model, pass: pass) { model, tape in
          Self.loss(model, training.batch(batch, in: BatchContext()), tape).total
        }
        optimizer.update(&model, along: gradients)
      }
    }
    #expect(model.numbers == trained.model.numbers)
    #expect(model.buffers.map(\.value.values) == trained.model.buffers.map(\.value.values))
  }

  @Test func stepsUseTheSameMemory() throws {
    var model = Network()
    var trainer = Trainer(optimizer: Adam(), batchSize: 20, threads: 2, shards: 3)
    let parallel = trainer.parallel
    var bytes: [Int] = []
    try trainer.fit(
      &model, to: Self.data, epochs: 3,
      onEvent: { event in
        if case .stepFinished(let record) = event, record.epoch > 1 {
          bytes.append(parallel.workspaceBytes)
        }
      }, loss: Self.loss)
    #expect(Set(bytes).count == 1, "\(bytes)")
  }

  /// Data of one's own: made on the fly from the example's number.
  @Test func dataOfOnesOwn() throws {
    struct Parity: TrainingData {
      let count = 64
      func batch(_ indices: ArraySlice<Int>, in context: BatchContext) -> (x: Tensor, y: [Int]) {
        let bits = indices.flatMap { index in (0..<6).map { Double(index >> $0 & 1) } }
        return (Tensor(bits, shape: [indices.count, 6], element: context.element), indices.map { $0 & 1 })
      }
    }
    var model = Sequential(Dense(inputSize: 6, outputSize: 2, key: RandomKey(seed: 1)))
    var trainer = Trainer(optimizer: Adam(learningRate: 0.05), batchSize: 16, threads: 2)
    let history = try trainer.fit(&model, to: Parity(), validation: Parity(), epochs: 40) { model, batch, tape in
      LossTerms(total: crossEntropy(logits: model(tape.constant(batch.x)), labels: batch.y))
    }
    #expect(history.last!.validation!.total < 0.1)
    let again = trainer.parallel.evaluate(model, on: Parity()) { model, batch, tape in
      LossTerms(total: crossEntropy(logits: model(tape.constant(batch.x)), labels: batch.y))
    }
    #expect(abs(again.total - history.last!.validation!.total) < 1e-6)
  }

  @Test func misuse() async {
    func message(_ result: ExitTest.Result?) -> String {
      result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? "no result"
    }
    let shapes = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TensorDataset(Tensor(zeros: [3, 2]), Tensor(zeros: [4]))
    }
    #expect(message(shapes).contains("TensorDataset: tensors of the shapes [[3, 2], [4]] are not N examples each"))
  }
}
