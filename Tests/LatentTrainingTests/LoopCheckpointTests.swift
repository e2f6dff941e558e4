import Foundation
import Latent
import LatentData
import LatentFiles
import TestSupport
import Testing

@testable import LatentTraining

/// Loops of one's own that stop anywhere, and go on from their checkpoints to the same bits.
@Suite struct LoopCheckpointTests {
  private typealias Network = AnyModelTests.Network

  private struct Outcome: Equatable {
    var weights: [[Double]]
    var average: [Double]
    var steps: Int
  }

  /// A loop of three epochs of five steps with dropout, batch normalisation and a rate that falls. It stops after so many steps,
  /// and is nil then.
  private func train<O: Optimizer>(_ optimizer: O, in folder: CheckpointFolder, atMost steps: Int = .max) throws
    -> Outcome?
  {
    var (model, optimizer, average) = (Network(), optimizer, ExponentialMovingAverage(decay: 0.9))
    var (epoch, step, done) = (1, 0, 0)
    if let checkpoint = folder.newest().checkpoint {
      try checkpoint.restore(&model, &optimizer, settings: ["seed": "3"])
      try checkpoint.restore(&average, of: model)
      (epoch, step) = (checkpoint.progress.epoch, checkpoint.progress.step)
    }
    while epoch <= 3 {
      let key = RandomKey(seed: 3).child(UInt64(epoch))
      for indices in AnyModelTests.data.batches(of: 20, key: key).dropFirst(step) {
        let batch = AnyModelTests.data.batch(indices, in: BatchContext(workspace: Workspace()))
        let pass = Pass(isTraining: true, step: optimizer.step, key: key, examples: indices.map(UInt64.init))
        let (_, gradients) = valueWithGradients(of: model, pass: pass) { model, tape in
          AnyModelTests.loss(model, batch, tape).total
        }
        optimizer.update(&model, along: gradients)
        average.update(with: model)
        optimizer.learningRate *= 0.9
        step += 1
        done += 1
        let checkpoint = Checkpoint(
          of: model, optimizer: optimizer, epoch: epoch, step: step, average: average, settings: ["seed": "3"])
        try folder.write(checkpoint)
        if done == steps { return nil }
      }
      (epoch, step) = (epoch + 1, 0)
    }
    return Outcome(
      weights: model.tensors.map(\.value.values),
      average: average.averaged(model).parameters.flatMap(\.value.values), steps: optimizer.step)
  }

  private func check(_ optimizer: some Optimizer) throws {
    let folder = try TemporaryFolder()
    let whole = try train(optimizer, in: CheckpointFolder(folder.path + "/whole"))
    #expect(whole?.steps == 15)
    for steps in [1, 5, 7] {
      let pieces = CheckpointFolder(folder.path + "/\(steps)")
      var (outcome, runs) = (Outcome?.none, 0)
      while outcome == nil && runs < 20 {
        outcome = try train(optimizer, in: pieces, atMost: steps)
        runs += 1
      }
      #expect(outcome == whole && runs > 2, "pieces of \(steps)")
      #expect(pieces.files().count == 2)
    }
  }

  @Test func piecesHaveTheSameBits() throws {
    try check(Adam(learningRate: 0.02))
    try check(Lookahead(AdamW(learningRate: 0.02), interval: 4))
    try check(AnyOptimizer(SGD(learningRate: 0.02, momentum: 0.9)))
  }

  /// An optimizer for each part, by its name.
  @Test func severalOptimizers() throws {
    var model = Network()
    var (first, rest) = (Adam(learningRate: 0.02), Lookahead(SGD(learningRate: 0.1, momentum: 0.5)))
    func step(_ model: inout Network, _ first: inout Adam, _ rest: inout Lookahead<SGD>) {
      let batch = AnyModelTests.data.batch([0, 1, 2], in: BatchContext(workspace: Workspace()))
      let (_, gradients) = valueWithGradients(of: model.first, model.rest) { first, rest, tape in
        var model = model
        (model.first, model.rest) = (first, rest)
        return AnyModelTests.loss(model, batch, tape).total
      }
      first.update(&model.first, along: gradients.0)
      rest.update(&model.rest, along: gradients.1)
    }
    step(&model, &first, &rest)
    let written = Checkpoint(
      of: model, optimizer: Adam(), optimizers: ["first": first, "rest": rest], notes: ["a": "b"])
    let checkpoint = try Checkpoint(bytes: written.fileBytes())
    #expect(checkpoint.notes == ["a": "b"])
    var (other, all) = (Network(), Adam())
    var (otherFirst, otherRest) = (Adam(), Lookahead(SGD(momentum: 0.5)))
    try checkpoint.restore(&other, &all)
    try checkpoint.restore(&otherFirst, named: "first", of: other.first)
    try checkpoint.restore(&otherRest, named: "rest", of: other.rest)
    #expect(all.step == 0 && otherFirst.learningRate == 0.02 && otherRest.learningRate == 0.1)
    step(&model, &first, &rest)
    step(&other, &otherFirst, &otherRest)
    #expect(model.numbers == other.numbers)
    #expect(
      throws: TrainingError.checkpoint(reason: #"it has no optimizer critic; there are ["first", "rest"]"#)
    ) { try checkpoint.restore(&otherFirst, named: "critic", of: other.first) }
    #expect(throws: TrainingError.self) { try checkpoint.restore(&otherFirst, named: "rest", of: other.rest) }
    #expect(throws: TrainingError.self) { try checkpoint.restore(&otherFirst, named: "first", of: other.rest) }
  }

  @Test func othersAreRefused() throws {
    let folder = try TemporaryFolder()
    let checkpoints = CheckpointFolder(folder.path)
    #expect(try train(Adam(learningRate: 0.02), in: checkpoints, atMost: 3) == nil)
    let checkpoint = try #require(checkpoints.newest().checkpoint)
    func message<M: Module>(_ model: M, _ optimizer: some Optimizer, settings: [String: String] = [:]) -> String {
      var (model, optimizer) = (model, optimizer)
      let (before, rate) = (model.tensors.map(\.value.values), optimizer.learningRate)
      do { try checkpoint.restore(&model, &optimizer, settings: settings) } catch {
        #expect(model.tensors.map(\.value.values) == before && optimizer.step == 0 && optimizer.learningRate == rate)
        return error.description
      }
      return "nothing"
    }
    #expect(message(Network(), Adam()) == "nothing")
    #expect(message(Network(), Adam(), settings: ["seed": "3"]) == "nothing")
    #expect(message(Network(), Adam(), settings: ["seed": "4"]).contains("seed was 3 and is 4 now"))
    #expect(message(Network(), Adam(), settings: ["size": "4"]).contains("size was not set and is 4 now"))
    #expect(message(Network(), SGD(momentum: 0.9)).contains(#"its state has ["firstMoment""#))
    #expect(message(Network(), Lookahead(Adam())).contains("it is of an optimizer with other settings"))
    #expect(message(Network().first, Adam()).contains("its state is of another model"))
    // As long as the other, but with other names.
    struct Wrapped: Module {
      var inner = Network()
      mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("inner", &inner) }
    }
    #expect(message(Wrapped(), Adam()).contains("no tensor for inner.first.kernel"))
    var average = ExponentialMovingAverage()
    #expect(throws: TrainingError.self) { try checkpoint.restore(&average, of: Network().first) }
    #expect(average.state.step == 0)
  }

  /// The one before a damaged one is taken.
  @Test func aDamagedFile() throws {
    let folder = try TemporaryFolder()
    let checkpoints = CheckpointFolder(folder.path)
    let whole = try train(Adam(learningRate: 0.02), in: CheckpointFolder(folder.path + "/whole"))
    #expect(try train(Adam(learningRate: 0.02), in: checkpoints, atMost: 3) == nil)
    let newest = try #require(checkpoints.files().last)
    var bytes = try AtomicFile.read(newest)
    bytes[bytes.count / 2] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: newest))
    #expect(throws: FileError.self) { try Checkpoint(contentsOf: newest) }
    #expect(checkpoints.newest().checkpoint?.progress.step == 2 && checkpoints.newest().damaged.count == 1)
    #expect(try train(Adam(learningRate: 0.02), in: checkpoints) == whole)
  }

  @Test func mistakesStop() async {
    await #expect(processExitsWith: .failure) {
      _ = Checkpoint(of: AnyModelTests.Network(), optimizer: Adam(), epoch: 0)
    }
    await #expect(processExitsWith: .failure) {
      var optimizer = Adam()
      optimizer.state = OptimizerState(
        step: 1, slots: [.init(name: "velocity", values: Storage(count: 1, element: .float32))])
      _ = Checkpoint(of: AnyModelTests.Network(), optimizer: optimizer)
    }
  }
}
