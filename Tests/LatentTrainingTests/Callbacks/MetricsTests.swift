import Foundation
import Latent
import LatentData
import LatentFiles
import TestSupport
import Testing

@testable import LatentTraining

/// Numbers of the model after each epoch, and callbacks that go by them.
@Suite struct MetricsTests {
  private typealias Network = AnyModelTests.Network

  /// The weight counts the steps, of which an epoch has two; metrics are functions of it.
  private struct Counter: Module {
    var weight = Parameter(Tensor([0], shape: [1]))
    mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("weight", &weight) }
  }

  private static let data = TensorDataset(Tensor(zeros: [4, 1]))

  @Sendable private static func loss(_ model: Counter, _ batch: ExampleBatch, _ tape: Tape) -> LossTerms {
    let weight = model.weight.on(tape).sum()
    return LossTerms(total: tape.pass.isTraining ? -weight : 0 * weight + 1, parts: [("kl", weight * 0 + 2)])
  }

  /// A run in which epoch n's accuracy is the script's.
  private func trainer(_ script: [Double], _ callbacks: [any TrainingCallback] = []) -> Trainer<SGD> {
    var trainer = Trainer(optimizer: SGD(learningRate: 1), batchSize: 2, threads: 1, shards: 1)
    trainer.metric("accuracy") { (model: Counter, data: TensorDataset) in
      script[Int(model.weight.value.values[0]) / 2 - 1]
    }
    trainer.callbacks = callbacks
    return trainer
  }

  private let script = [0.1, 0.5, 0.3, 0.6, 0.6, 0.2, 0.1]

  @Test func callbacksGoByThem() throws {
    let saved = Locked<[Int]>([])
    var trainer = trainer(
      script,
      [
        EarlyStopping(monitor: "accuracy", .max, patience: 2),
        BestWeights(monitor: "accuracy", .max) { epoch, _ in saved.withLock { $0.append(epoch) } },
        ReduceOnPlateau(monitor: "accuracy", .max, factor: 0.5, patience: 9),
      ])
    var model = Counter()
    let history = try trainer.fit(
      &model, to: Self.data, validation: Self.data, epochs: 7, loss: Self.loss)
    #expect(history.epochs.map { $0["accuracy"] } == Array(script.prefix(6)))
    #expect(model.numbers == [[8]] && trainer.stopReason == "no improvement for 2 epochs")
    #expect(try #require(trainer.callbacks[0].restoredEpoch) == (4, 0.6))
    #expect(saved.withLock { $0 } == [1, 2, 4])
    #expect((trainer.callbacks[1] as? BestWeights)?.value == 0.6)
    #expect((trainer.callbacks[2] as? ReduceOnPlateau)?.best == 0.6)
    // Epochs that run out leave the best weights as well.
    trainer.callbacks = [EarlyStopping(monitor: "accuracy", .max, patience: 9)]
    model = Counter()
    try trainer.fit(&model, to: Self.data, validation: Self.data, epochs: 7, loss: Self.loss)
    #expect(model.numbers == [[8]] && trainer.stopReason == nil)
  }

  /// Any loss can be monitored under its name; the lowest is the best where nothing is said.
  @Test func lossesByTheirNames() throws {
    var trainer = trainer(script, [EarlyStopping(monitor: "train_loss", patience: 1)])
    var model = Counter()
    let history = try trainer.fit(&model, to: Self.data, validation: Self.data, epochs: 7, loss: Self.loss)
    #expect(history.epochs.count == 7, "it falls in each epoch")
    #expect(
      history.last!.values.map(\.name) == ["train_loss", "train_kl", "validation_loss", "validation_kl", "accuracy"])
    #expect(history.last!["validation_kl"] == 2 && history.last!["kl"] == nil)
    trainer.callbacks = [EarlyStopping(monitor: "validation_kl", patience: 3)]
    model = Counter()
    #expect(try trainer.fit(&model, to: Self.data, validation: Self.data, epochs: 7, loss: Self.loss).epochs.count == 4)
  }

  @Test func namesThatAreNone() async {
    await #expect(processExitsWith: .success) {
      func stop(_ expected: String, _ monitor: String, validation: TensorDataset? = MetricsTests.data) {
        expectStop(expected, monitor) {
          var trainer = MetricsTests().trainer([0.5, 0.5], [EarlyStopping(monitor: monitor, .max, patience: 1)])
          var model = Counter()
          _ = try? trainer.fit(
            &model, to: MetricsTests.data, validation: validation, epochs: 2, loss: MetricsTests.loss)
        }
      }
      stop(
        "EarlyStopping(acuracy, max): there is no acuracy to monitor; there are the losses train_loss, validation_loss and "
          + "their parts, accuracy", "acuracy")
      stop(
        "there is no validation_loss to monitor; there are the losses train_loss", "validation_loss", validation: nil)
      stop(
        "there is no validation_k to monitor; there are train_loss, train_kl, validation_loss, validation_kl, accuracy",
        "validation_k")
      expectStop("Metric: 'train_x' is or begins as the name of a loss", "name") {
        _ = Metric(["train_x"]) { (_: Counter, _: TensorDataset, _) in [0] }
      }
      expectStop("Metric: 1 numbers for [\"a\", \"b\"]", "count") {
        var (trainer, model) = (Trainer(optimizer: SGD(), batchSize: 2, threads: 1), Counter())
        trainer.metric(["a", "b"]) { (_: Counter, _: TensorDataset, _) in [0] }
        _ = try? trainer.fit(&model, to: MetricsTests.data, epochs: 1, loss: MetricsTests.loss)
      }
      expectStop("fit: the metric [\"accuracy\"] is of Counter on TensorDataset, but this fit is of Network", "types") {
        var (trainer, model) = (MetricsTests().trainer([1]), Network())
        _ = try? trainer.fit(&model, to: AnyModelTests.data, epochs: 1, loss: AnyModelTests.loss)
      }
      expectStop("fit: two metrics have one name: [\"accuracy\", \"accuracy\"]", "twice") {
        var (trainer, model) = (MetricsTests().trainer([1]), Counter())
        trainer.metric("accuracy") { (_: Counter, _: TensorDataset) in 1 }
        _ = try? trainer.fit(&model, to: MetricsTests.data, epochs: 1, loss: MetricsTests.loss)
      }
    }
  }

  /// They are in both tables, and come back from one; a metric that is no number is no gap.
  @Test func tables() throws {
    var history = History()
    for (epoch, value) in [(1, 0.1), (2, 1.0 / 3)] {
      history.append(
        EpochRecord(
          epoch: epoch, training: Losses(total: 1, parts: []), validation: nil, trainingSeconds: 1,
          validationSeconds: 0, examplesPerSecond: 7, learningRate: 0.1, weightsDigest: 5,
          metrics: [MetricValue(name: "accuracy", value: value), MetricValue(name: "a b,\"c\"", value: -2)]))
    }
    #expect(history.csv.hasPrefix("epoch,train_loss,validation_loss,accuracy,\"a b,\"\"c\"\"\",train_seconds,"))
    #expect(History(csv: history.csv) == history)
    let line = try #require(
      try JSONSerialization.jsonObject(with: Data(history.last!.jsonLine.utf8)) as? [String: Any])
    #expect((line["metrics"] as? [String: Double])?["accuracy"] == 1.0 / 3)
    let archive = HistoryArchive(history)
    #expect(HistoryArchive.history(archive.bytes) == history)
    #expect("\(history.last!)" == "epoch 2: train_loss 1.0, accuracy 0.3333, a b,\"c\" -2.0, 1.0 s")
  }

  /// Everything by its metric, in pieces: the same history and weights, whatever the threads, in one process or three.
  private func train(
    in folder: String, stoppingEvery steps: Int?, threads: Int = 2, sum: any GradientSum = TreeSum()
  ) throws -> (weights: [[Double]], history: [[MetricValue]], rate: Double) {
    let checkpoints = CheckpointFolder(folder)
    let (training, validation) = AnyModelTests.data.split(validationFraction: 0.2)
    var checkpoint: Checkpoint?
    while true {
      var model = Network()
      var trainer = Trainer(
        optimizer: Lookahead(Muon(learningRate: 0.02, others: NAdam(learningRate: 0.02)), interval: 3), batchSize: 20,
        seed: 3, threads: threads, shards: 3, sum: sum)
      trainer.metric("error") { (model: Network, data: TensorDataset, workers) in
        workers.map(data, batchSize: 7) { batch in
          let tape = Tape()
          return (model(tape.constant(batch[0])) - tape.constant(batch[1])).abs().sum().tensor.scalar
        }.reduce(0, +)
      }
      trainer.metric(["width", "examples"]) { (model: Network, data: TensorDataset, _) in
        [model.parameters[0].value.values.map(abs).max()!, Double(data.count)]
      }
      trainer.callbacks = [
        EarlyStopping(monitor: "error", patience: 20),
        ReduceOnPlateau(monitor: "width", .max, factor: 0.5, patience: 1),
        OnEvent { event, run in
          if case .stepFinished(let step) = event, let steps, (4 * (step.epoch - 1) + step.step) % steps == 0 {
            run.stop("enough")
          }
        },
      ]
      if sum.processes == 1 { trainer.checkpoints = checkpoints }
      let history = try trainer.fit(
        &model, to: training, validation: validation, epochs: 6, resuming: checkpoint, loss: AnyModelTests.loss)
      if trainer.stopReason == nil {
        return (model.tensors.map(\.value.values), history.epochs.map(\.metrics), trainer.optimizer.learningRate)
      }
      let newest = try #require(checkpoints.newest().checkpoint)
      checkpoint = newest
    }
  }

  @Test func aRunInPiecesHasTheSameMetrics() throws {
    let folder = try TemporaryFolder()
    let whole = try train(in: folder.file("a"), stoppingEvery: nil)
    #expect(whole.history.count == 6 && whole.history[0].map(\.name) == ["error", "width", "examples"])
    #expect(whole.history[0][2].value == 18, "of the validation part")
    for (steps, threads) in [(3, 1), (4, 2), (7, 3)] {
      let pieces = try train(in: folder.file("\(steps)"), stoppingEvery: steps, threads: threads)
      #expect(pieces.weights == whole.weights && pieces.history == whole.history && pieces.rate == whole.rate)
    }
    let path = folder.path
    for found in SimulatedProcesses(3).run({ sum in
      let found = try! MetricsTests().train(in: path, stoppingEvery: nil, threads: 1, sum: sum)
      return (found.weights, found.history)
    }) {
      #expect(found.0 == whole.weights && found.1 == whole.history)
    }
  }

  /// A process that finds another number takes the first one's: all go on alike.
  @Test func allGoByTheFirstProcess() {
    let found = SimulatedProcesses(3).run { sum -> [Double?] in
      var model = Counter()
      var trainer = Trainer(optimizer: SGD(learningRate: 1), batchSize: 3, threads: 1, shards: 3, sum: sum)
      let process = Double(sum.process)
      trainer.metric("own") { (_: Counter, _: TensorDataset) in process }
      trainer.callbacks = [EarlyStopping(monitor: "own", .max, patience: 2)]
      let history = try! trainer.fit(
        &model, to: TensorDataset(Tensor(zeros: [6, 1])), epochs: 5, loss: MetricsTests.loss)
      return history.epochs.map { $0["own"] }
    }
    #expect(found == [[0, 0, 0], [0, 0, 0], [0, 0, 0]])
  }

  /// A callback reads the model by its type, or any; another type is named.
  @Test func callbacksSeeTheModel() async throws {
    let seen = Locked<[Double]>([])
    var trainer = trainer(
      script,
      [
        OnEpochEnd { (model: Counter, record, run) in
          seen.withLock { $0.append(model.weight.value.values[0]) }
          if record.epoch == 3 { run.stop("three") }
        },
        OnEvent { event, run in
          guard case .stepFinished = event else { return }
          precondition(run.anyModel.parameters.count == 1 && run.metrics == ["accuracy"] && run.isFirst)
        },
      ])
    var model = Counter()
    try trainer.fit(&model, to: Self.data, epochs: 5, loss: Self.loss)
    #expect(seen.withLock { $0 } == [2, 4, 6] && model.numbers == [[6]] && trainer.stopReason == "three")
    await #expect(processExitsWith: .success) {
      expectStop("the model that is trained is a Counter, not a Dense", "type") {
        var (trainer, model) = (MetricsTests().trainer([1], [OnEpochEnd { (_: Dense, _, _) in }]), Counter())
        _ = try? trainer.fit(&model, to: MetricsTests.data, epochs: 1, loss: MetricsTests.loss)
      }
    }
  }

  @Test func printedLines() throws {
    let lines = Locked<[String]>([])
    var (trainer, model) = (trainer(script, [PrintEpochs { line in lines.withLock { $0.append(line) } }]), Counter())
    let history = try trainer.fit(&model, to: Self.data, epochs: 2, loss: Self.loss)
    #expect(lines.withLock { $0 } == history.epochs.map { "\($0)" })
    #expect(lines.withLock { $0[1] }.hasPrefix("epoch 2: train_loss -2.5, train_kl 2.0, accuracy 0.5, "))
  }
}
