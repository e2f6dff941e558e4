import Latent
import LatentCommand
import LatentRun
import LatentTraining
import LatentVAE
import Synchronization

/// Times the tasks of a step on one thread, and finds what the step takes on numbers of threads that are not here.
struct ScheduleBench {
  private static let steps = 12
  private let settings: RunSettings
  private let data: RunData
  private let plan: ModelPlan

  init(_ settings: RunSettings, _ data: RunData, _ plan: ModelPlan) {
    (self.settings, self.data, self.plan) = (settings, data, plan)
  }

  func run(threads: [Int]) throws -> ScheduleReport {
    let batch = min(settings.training.batchSize, data.training.count)
    let shards = min(settings.training.shards, batch)
    let meeting = Self.secondsOfMeeting()
    // Where there are more threads than shards, also as many shards as threads.
    let cuts = Set(threads.map { max(shards, min($0, batch)) } + [shards]).sorted()
    let cases = try cuts.compactMap { shards in
      try schedule(shards: shards, meeting: meeting).map { ScheduleReport.Case(shards: shards, schedule: $0) }
    }
    let measured = try Set([1, settings.training.threads]).sorted().map { threads in
      ScheduleReport.Measured(threads: threads, seconds: Statistics.median(try seconds(threads: threads)) ?? 0)
    }
    return ScheduleReport(threads: threads, shards: shards, cases: cases, measured: measured)
  }

  /// A trainer and so many examples that an epoch has some whole batches.
  private func fit(
    threads: Int, shards: Int, _ profiler: Profiler? = nil, onEvent: (TrainingEvent) -> Void = { _ in }
  ) throws {
    var local = settings
    local.training.threads = threads
    local.training.shards = shards
    local.steering = RunSettings().steering
    let batch = min(local.training.batchSize, data.training.count)
    let whole = data.training.prefix(min(Self.steps, data.training.count / batch) * batch)
    local.training.batchSize = batch
    var model = settings.makeModel(plan, for: data)
    var trainer = try local.makeTrainer(examples: data.whole.count, training: whole.count)
    // The first steps find out what memory they need.
    _ = try trainer.fit(&model, to: whole, epochs: 1)
    trainer.profiler = profiler
    _ = try trainer.fit(&model, to: whole, epochs: 2, onEvent: onEvent)
  }

  private func schedule(shards: Int, meeting: Double) throws -> StepSchedule? {
    let profiler = Profiler()
    try fit(threads: 1, shards: shards, profiler)
    // Weights are packed in pieces of some 64 kB.
    let pieces = Int(plan.parameterCount) * settings.training.precision.element.size >> 16
    return StepTrace(profiler.profile).schedule(pieces: pieces, secondsOfMeeting: meeting)
  }

  /// Of each step, without a profiler.
  private func seconds(threads: Int) throws -> [Double] {
    var (seconds, last) = ([Double](), 0.0)
    try fit(threads: threads, shards: settings.training.shards) { event in
      guard case .stepFinished(let step) = event else { return }
      seconds.append(step.seconds - (step.step == 1 ? 0 : last))
      last = step.seconds
    }
    return seconds
  }

  /// Seconds until two workers have both begun a run and ended it: what a further worker adds. 0 on one core.
  private static func secondsOfMeeting() -> Double {
    guard Machine.cores > 1 else { return 0 }
    let pool = WorkerPool(threads: 2)
    let samples = (0..<2000).map { _ in
      let arrived = Atomic<Int>(0)
      let start = monotonicSeconds()
      pool.run(tasks: 2) { _, _ in
        arrived.add(1, ordering: .sequentiallyConsistent)
        while arrived.load(ordering: .sequentiallyConsistent) < 2 {}
      }
      return monotonicSeconds() - start
    }
    return Statistics.median(samples) ?? 0
  }
}
