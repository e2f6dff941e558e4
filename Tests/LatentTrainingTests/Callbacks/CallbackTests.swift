import Foundation
import Latent
import LatentData
import LatentFiles
import TestSupport
import Testing

@testable import LatentTraining

/// What callbacks hear and do.
@Suite struct CallbackTests {
  /// A model of one weight, whose loss in each epoch is what the test says.
  private struct Scripted: Module {
    var weight = Parameter(Tensor([0], shape: [1]))
    mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("weight", &weight) }
  }

  /// Trains for epochs of one step; validation losses are the script's. The weight counts the steps.
  private func run(
    _ losses: [Double], _ callbacks: [any TrainingCallback]
  ) throws -> (model: Scripted, history: History, trainer: Trainer<SGD>) {
    var model = Scripted()
    var trainer = Trainer(optimizer: SGD(learningRate: 1), batchSize: 4, threads: 1, shards: 1)
    trainer.callbacks = callbacks
    let data = TensorDataset(Tensor(zeros: [4, 1]))
    let history = try trainer.fit(&model, to: data, validation: data, epochs: losses.count) { model, batch, tape in
      let weight = model.weight.on(tape)
      // d/dw = -1 in training, so that each step adds 1; in validation the loss of the epoch.
      if tape.pass.isTraining { return LossTerms(total: -weight.sum()) }
      return LossTerms(total: 0 * weight.sum() + losses[tape.pass.step - 1])
    }
    return (model, history, trainer)
  }

  @Test func earlyStopping() throws {
    let losses = [5.0, 4, 3, 3.5, 2.95, 3, 2]
    var result = try run(losses, [EarlyStopping(patience: 2)])
    #expect(result.history.epochs.count == 7, "epoch 5 is better than epoch 3")
    result = try run(losses, [EarlyStopping(patience: 2, minimumChange: 0.1)])
    #expect(result.history.epochs.count == 5)
    #expect(result.model.numbers == [[3]], "the best epoch's weights")
    #expect(result.trainer.stopReason == "no improvement for 2 epochs")
    #expect(try #require(result.trainer.callbacks[0].restoredEpoch) == (3, 3))
    result = try run(losses, [EarlyStopping(patience: 1, restoresBest: false)])
    #expect(result.history.epochs.count == 4 && result.model.numbers == [[4]])
    #expect(result.trainer.callbacks[0].restoredEpoch == nil)
    #expect(result.trainer.stopReason == "no improvement for 1 epoch")
  }

  @Test func bestWeights() throws {
    let saved = Locked<[(Int, [Double])]>([])
    let result = try run(
      [5, 6, 3, 4, 2, 2],
      [
        BestWeights { epoch, tensors in
          saved.withLock { $0.append((epoch, tensors[0].value.values)) }
        }
      ])
    let list = saved.withLock { $0 }
    #expect(list.map(\.0) == [1, 3, 5] && list.map(\.1) == [[1], [3], [5]])
    #expect(result.model.numbers == [[6]])
  }

  @Test func timeLimit() throws {
    let slow = OnEvent { event, _ in
      if case .stepFinished = event { Thread.sleep(forTimeInterval: 0.02) }
    }
    let result = try run([Double](repeating: 1, count: 1000), [slow, TimeLimit(seconds: 0.05)])
    #expect((1...5).contains(result.trainer.optimizer.step))
    #expect(result.trainer.stopReason == "the time limit of 0.05 s is reached")
  }

  /// Any user code can follow and steer a run; what it keeps of the weights stays as it was.
  @Test func onesOwn() throws {
    let seen = Locked<[String]>([])
    let kept = Locked<[Tensor]>([])
    let own = OnEvent { event, run in
      switch event {
      case .started: seen.withLock { $0.append("started") }
      case .stepFinished(let record):
        seen.withLock { $0.append("step \(record.epoch).\(record.step)") }
        kept.withLock { $0.append(run.tensors[0].value) }
        run.learningRate = record.epoch == 2 ? 10 : 1
      case .epochFinished(let record):
        seen.withLock { $0.append("epoch \(record.epoch)") }
        if record.epoch == 3 {
          run.replacement = ["weight": Tensor([-7], shape: [1])]
          run.stop("three are enough")
          run.stop("the first reason counts")
        }
      default: break
      }
    }
    let result = try run([1, 1, 1, 1], [own])
    #expect(seen.withLock { $0 } == ["started", "step 1.1", "epoch 1", "step 2.1", "epoch 2", "step 3.1", "epoch 3"])
    #expect(kept.withLock { $0 }.map(\.values) == [[1], [2], [12]])
    #expect(result.model.numbers == [[-7]] && result.trainer.stopReason == "three are enough")
  }

  @Test func historyAsText() throws {
    let record = EpochRecord(
      epoch: 1, training: Losses(total: 0.1, parts: [("a", 1e-300), ("train_x", 2)]),
      validation: Losses(total: .nan, parts: [("a", -.infinity), ("train_x", 3)]), trainingSeconds: 1.5,
      validationSeconds: 0, examplesPerSecond: 7, learningRate: 0.001, weightsDigest: 0x00ab_cdef_0123_4567)
    var history = History()
    history.append(record)
    let copy = try #require(History(csv: history.csv))
    #expect(copy.csv == history.csv && copy.epochs[0].training == record.training)
    #expect(copy.epochs[0].learningRate == 0.001 && History(csv: "") == nil)
    #expect(copy.epochs[0].weightsDigest == 0x00ab_cdef_0123_4567 && history.csv.hasSuffix(",00abcdef01234567\n"))
    // Tables of earlier versions have no digests.
    let earlier = history.csv.replacingOccurrences(of: ",weights_xxh64", with: "")
      .replacingOccurrences(of: ",00abcdef01234567", with: "")
    #expect(History(csv: earlier)?.epochs.first?.training == record.training)
    #expect(History(csv: earlier)?.epochs.first?.weightsDigest == nil)
    #expect(History(csv: history.csv.replacingOccurrences(of: "00abcdef", with: "+0abcdef")) == nil)
    #expect(History(csv: History().csv)?.epochs.isEmpty == true)
    for text in ["epoch", "epoch,a", history.csv.replacingOccurrences(of: "0.1", with: "x"), history.csv + "2,3\n"] {
      #expect(History(csv: text) == nil, "\(text)")
    }
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(history.jsonLines.utf8)) as? [String: Any])
    #expect(json["epoch"] as? Int == 1 && (json["train"] as? [String: Any])?["a"] as? Double == 1e-300)
    #expect((json["validation"] as? [String: Any])?["loss"] is NSNull && json["learning_rate"] as? Double == 0.001)
    #expect(json["weights_xxh64"] as? String == "00abcdef01234567")
  }

  @Test func misuse() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var model = Scripted()
      var trainer = Trainer(optimizer: SGD(), batchSize: 4, threads: 1)
      trainer.callbacks = [EarlyStopping(patience: 1), EarlyStopping(patience: 2)]
      try trainer.fit(&model, to: TensorDataset(Tensor(zeros: [4, 1])), epochs: 1) { model, _, tape in
        LossTerms(total: model.weight.on(tape).sum())
      }
    }
    let message = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(message.contains("fit: two callbacks have one name"))
  }
}
