import Foundation
import Latent
import LatentCommand
import LatentMPI
import LatentRun
import LatentTraining
import LatentVAE

/// Measures what a step consists of: steps of shards of several sizes, by each rank alone, all ranks at the same time.
struct StepCalibration {
  private let settings: RunSettings
  private let data: RunData
  private let world = Processes.world

  init(_ settings: RunSettings, _ data: RunData) { (self.settings, self.data) = (settings, data) }

  /// Shards that a thread computes one after the other, and their examples.
  private struct Point: Hashable {
    let turns: Int
    let examples: Int
  }

  private static let mostTurns = 4
  private static let rounds = 3
  private static let stepsOfARound = 8

  /// The model of a step, by the slowest rank.
  ///
  /// - Parameter exchanges: of a step
  func model(_ plan: ModelPlan, exchanges: Double, pool: WorkerPool) throws -> StepModel {
    let how = settings.training
    let batchSize = min(how.batchSize, data.whole.count)
    let shards = min(how.shards, batchSize)
    let usual = max(1, batchSize / shards)
    var sizes = [usual]
    while sizes.last! > 1 { sizes.append(sizes.last! / 2) }
    let points = [Point(turns: Self.mostTurns, examples: usual)] + sizes.map { Point(turns: 1, examples: $0) }
    // In turns, so that whatever slows the machine for a while does not slow one size alone.
    var samples: [Point: [Double]] = [:]
    for _ in 0..<Self.rounds {
      for point in points { samples[point, default: []] += try steps(point, plan) }
    }
    let times = slowest(points.map { Statistics.median(samples[$0]!) ?? 0 })
    let several = times[0]
    let one = times[1]
    let usualTurn = max(0, (several - one) / Double(Self.mostTurns - 1))
    // What is there however few shards there are.
    let undivided = max(0, one - usualTurn)
    let shardTimes = zip(sizes, times.dropFirst()).map {
      StepModel.ShardTime(examples: $0, seconds: $0 == usual ? usualTurn : max(0, $1 - undivided))
    }
    return StepModel(
      batchSize: batchSize, shards: shards, threads: how.threads, shardTimes: shardTimes, undividedSeconds: undivided,
      gradientBytes: Int(plan.parameterCount) * how.precision.element.size, exchanges: exchanges)
  }

  /// Seconds of some steps, but for the first two.
  private func steps(_ point: Point, _ plan: ModelPlan) throws -> [Double] {
    var local = settings
    let batch = point.turns * local.training.threads * point.examples
    local.training.batchSize = min(batch, data.training.count)
    local.training.shards = min(point.turns * local.training.threads, local.training.batchSize)
    let examples = data.training.prefix(data.training.count / local.training.batchSize * local.training.batchSize)
      .prefix(Self.stepsOfARound * local.training.batchSize)
    local.training.epochs = (Self.stepsOfARound * local.training.batchSize + examples.count - 1) / examples.count
    local.steering = RunSettings().steering
    var model = settings.makeModel(plan, for: data)
    var trainer = try local.makeTrainer(examples: data.whole.count, training: examples.count)
    var seconds: [Double] = []
    var last = 0.0
    world.barrier()
    _ = try trainer.fit(&model, to: examples, epochs: local.training.epochs) { event in
      guard case .stepFinished(let step) = event else { return }
      seconds.append(step.seconds - (step.step == 1 ? 0 : last))
      last = step.seconds
    }
    return Array(seconds.dropFirst(2))
  }

  /// Each time of the rank whose it is longest.
  private func slowest(_ own: [Double]) -> [Double] {
    let all = world.gather(own.flatMap { value in withUnsafeBytes(of: value.bitPattern, Array.init) })
    return all.map { bytes in
      bytes.withUnsafeBytes { bytes in
        own.indices.map { Double(bitPattern: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)) }
      }
    }.reduce(own) { zip($0, $1).map(max) }
  }
}
