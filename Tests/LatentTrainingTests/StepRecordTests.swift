import Latent
import LatentData
import TestSupport
import Testing

@testable import LatentTraining

/// What a step tells: its batch's losses, the epoch's running mean, and the gradient's norm before it is clipped.
@Suite struct StepRecordTests {
  private struct Line: Module {
    var weight = Parameter(Tensor([0.5, -0.25], shape: [2], element: .float64))
    var bias = Parameter(Tensor([0], shape: [1], element: .float64))

    mutating func visit(_ visitor: inout ParameterVisitor) {
      visitor.visit("weight", &weight)
      visitor.visit("bias", &bias)
    }
  }

  private static let x: [[Double]] = (0..<10).map { (index: Int) -> [Double] in
    let (first, second) = (Double(index), Double(index * index % 7))
    return [first / 4 - 1, second / 3]
  }

  @Sendable private static func loss(_ model: Line, _ batch: ExampleBatch, _ tape: Tape) -> LossTerms {
    let x = tape.constant(batch[0])
    let y: Variable = (x * model.weight.on(tape)).sum(axes: [1]) + model.bias.on(tape)
    let miss: Variable = y - 1
    return LossTerms(total: miss.squared().mean(), parts: [("error", miss.abs().mean())])
  }

  private func run(_ clipping: GradientClipping?, frozen: Bool = false, accumulating: Int = 1) throws -> [StepRecord] {
    var sgd = SGD(learningRate: 0.05)
    if frozen { sgd.groups = [.named("bias", isFrozen: true)] }
    var trainer = Trainer(
      optimizer: sgd, batchSize: 4, accumulating: accumulating, seed: 3, threads: 2, shards: 2)
    trainer.clipping = clipping
    var (model, steps) = (Line(), [StepRecord]())
    let numbers: [Double] = Self.x.flatMap { $0 }
    let data = TensorDataset(Tensor(numbers, shape: [10, 2], element: .float64))
    let history = try trainer.fit(
      &model, to: data, epochs: 2,
      onEvent: { event in
        if case .stepFinished(let step) = event { steps.append(step) }
      }, loss: Self.loss)
    #expect(steps.count == 6 && steps[2].runningLosses == history.epochs[0].training)
    #expect(steps[5].runningLosses == history.epochs[1].training)
    return steps
  }

  /// By hand, batch by batch.
  private func expected(_ limit: Double, frozen: Bool) -> [(loss: Double, error: Double, running: Double, norm: Double)]
  {
    let key = RandomKey(seed: 3)
    var (w, found) = ([0.5, -0.25, 0], [(loss: Double, error: Double, running: Double, norm: Double)]())
    for epoch in 1...2 {
      let order = key.child("shuffle").child(UInt64(epoch)).permutation(of: 10)
      var (sum, examples) = (0.0, 0.0)
      for start in [0, 4, 8] {
        let batch = order[start..<min(start + 4, 10)]
        var (loss, error, g) = (0.0, 0.0, [0.0, 0, 0])
        let count = Double(batch.count)
        for index in batch {
          let features: [Double] = Self.x[index] + [1]
          let miss: Double = features[0] * w[0] + features[1] * w[1] + w[2] - 1
          loss += miss * miss / count
          error += abs(miss) / count
          for i in 0..<(frozen ? 2 : 3) { g[i] += 2 * miss * features[i] / count }
        }
        sum += loss * count
        examples += count
        let norm = (g[0] * g[0] + g[1] * g[1] + g[2] * g[2]).squareRoot()
        found.append((loss, error, sum / examples, norm))
        for i in 0..<3 { w[i] -= 0.05 * g[i] * min(1, limit / norm) }
      }
    }
    return found
  }

  @Test(arguments: [nil, 1.5], [false, true])
  func isWhatHappened(_ limit: Double?, frozen: Bool) throws {
    for accumulating in [1, 2] {
      let steps = try run(limit.map { .globalNorm($0) }, frozen: frozen, accumulating: accumulating)
      let plain = expected(limit ?? .infinity, frozen: frozen)
      for (step, plain) in zip(steps, plain) {
        let values = [
          step.batchLosses.total, step.batchLosses["error"]!, step.runningLosses.total, step.gradientNorm,
        ]
        #expect(maxRelativeError(values, [plain.loss, plain.error, plain.running, plain.norm]) < 1e-12)
      }
      // A limit is of use, and what is told is the norm before it.
      #expect(steps.contains { $0.gradientNorm > 1.5 })
    }
  }
}
