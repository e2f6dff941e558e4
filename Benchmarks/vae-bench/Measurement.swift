import Foundation
import Latent
import LatentCommand
import LatentData
import LatentFiles
import LatentRun
import LatentTraining
import LatentVAE

/// Trains with the profiler on.
struct Measurement {
  private let settings: RunSettings
  private let data: RunData
  /// What is trained.
  let plan: ModelPlan
  private var model: AnyVariationalAutoencoder
  private var trainer: Trainer<AnyOptimizer>
  /// The processes that train.
  private let world = Processes.world

  var pool: WorkerPool { trainer.parallel.pool }

  init(_ settings: RunSettings, _ data: RunData) throws {
    self.settings = settings
    self.data = data
    plan = try settings.plan(for: data)
    model = settings.makeModel(plan, for: data)
    trainer = try settings.makeTrainer(
      examples: data.whole.count, training: data.training.count, sum: Processes.world)
    trainer.callbacks.append(StopOnSignal())
  }

  /// A few steps, the last as small as an epoch's last one: memory is there then, and the processor at its speed.
  mutating func warmUp() {
    let images = 4 * trainer.batchSize
    _ = try? trainer.fit(
      &model, to: data.training.prefix(images + data.training.count % trainer.batchSize),
      validation: data.validation.prefix(images), epochs: 1)
    // Its memory, too: a fit begins with the optimizer that was given.
    let warm = trainer.optimizer
    trainer.optimizer = warm
  }

  /// Trains the epochs, or what there is of them until one of the processes gets a signal.
  mutating func run() throws -> (profile: Profile, epoch: Report.Epoch) {
    let profiler = Profiler()
    trainer.profiler = profiler
    defer { trainer.profiler = nil }
    var clock = StepClock(threads: settings.training.threads, trainer.parallel.workspaceBytes)
    world.barrier()
    _ = try trainer.fit(
      &model, to: data.training, validation: data.validation.count > 0 ? data.validation : nil,
      epochs: settings.training.epochs
    ) { clock.hear($0) }
    let profile = profiler.profile
    let epoch = clock.epoch(
      profile, workspaceBytes: trainer.parallel.workspaceBytes, isPartial: trainer.stopReason == StopOnSignal.reason)
    return (profile, epoch)
  }

  /// Seconds of each step of an epoch, without a profiler and without validation.
  mutating func stepSeconds() throws -> [Double] {
    var clock = StepClock(threads: settings.training.threads, trainer.parallel.workspaceBytes)
    world.barrier()
    _ = try trainer.fit(&model, to: data.training, epochs: 1) { clock.hear($0) }
    return clock.stepSeconds
  }

  /// What a rank has to do, and has measured.
  func rank(_ profile: Profile, _ epoch: Report.Epoch) -> Report.Rank {
    let share = RankShare(
      examples: data.training.count, batchSize: trainer.batchSize, shards: trainer.parallel.shards,
      processes: world.processes)
    func seconds(_ row: String) -> Double { profile[row]?.seconds ?? 0 }
    return Report.Rank(
      rank: world.process, host: world.host, threads: settings.training.threads,
      shards: share.shards(of: world.process), images: share.examples(of: world.process),
      wallSeconds: profile.wallSeconds, communicationSeconds: seconds(Profiler.communication),
      waitingSeconds: seconds(Profiler.waitingForRanks), peakResidentBytes: epoch.peakResidentBytes)
  }
}

/// Ends training where somebody wants the program to end; all processes stop after the same step.
private struct StopOnSignal: TrainingCallback {
  static let reason = "a signal"

  mutating func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {
    if case .stepFinished = event, Interrupt.happened { run.stop(Self.reason) }
  }
}

/// Times steps and epochs, and what the system counts meanwhile.
private struct StepClock {
  private let threads: Int
  private let workspaceBytes: Int
  private let usage = StepClock.usage
  private(set) var stepSeconds: [Double] = []
  private var lastStep = 0.0
  private var images = 0
  private var epochs: [EpochRecord] = []

  init(threads: Int, _ workspaceBytes: Int) {
    self.threads = threads
    self.workspaceBytes = workspaceBytes
  }

  mutating func hear(_ event: TrainingEvent) {
    switch event {
    case .stepFinished(let record):
      if record.step == 1 { lastStep = 0 }
      stepSeconds.append(record.seconds - lastStep)
      lastStep = record.seconds
      images = record.examples
    case .epochFinished(let record): epochs.append(record)
    case .started, .validationStarted, .checkpointWritten, .checkpointFailed, .stopped: break
    }
  }

  func epoch(_ profile: Profile, workspaceBytes: Int, isPartial: Bool) -> Report.Epoch {
    let (seconds, faults) = StepClock.usage
    let steps = Double(max(stepSeconds.count, 1))
    let count = Double(max(epochs.count, 1))
    let training = Statistics.median(epochs.map(\.trainingSeconds)) ?? stepSeconds.reduce(0, +)
    let products = profile.rows.flatMap { [$0.forward, $0.backward] }.filter { $0.product != nil }
    let calls = profile.events.count
    return Report.Epoch(
      epochs: epochs.count, wallSeconds: profile.wallSeconds, trainingSeconds: training,
      validationSeconds: Statistics.median(epochs.map(\.validationSeconds)) ?? 0,
      imagesPerSecond: Double(images) / training, stepsPerSecond: steps / count / training,
      utilisation: (seconds - usage.seconds) / (profile.wallSeconds * Double(threads)),
      peakResidentBytes: Machine.peakResidentBytes,
      allocatedBytesPerStep: Double(workspaceBytes - self.workspaceBytes) / steps,
      pageFaultsPerStep: Double(faults - usage.faults) / steps,
      trainingFlops: products.reduce(0) { $0 + $1.flops } / count, marks: calls,
      secondsPerMark: StepClock.secondsPerMark, stepSeconds: stepSeconds, isPartial: isPartial)
  }

  /// Processor seconds of all threads, and pages mapped anew.
  private static var usage: (seconds: Double, faults: Int) {
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    #else
      getrusage(RUSAGE_SELF, &usage)
    #endif
    let seconds = Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
    let fraction = Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
    return (seconds + fraction, usage.ru_minflt)
  }

  /// What a mark of the profiler costs, measured on marks that nobody reads.
  private static var secondsPerMark: Double {
    let profiler = Profiler()
    profiler.start()
    let lane = profiler.lane(0)
    let row = lane.row("calibration")
    let work = Work(product: .init(m: 32, n: 1024, k: 284), element: .float32)
    let marks = 50_000
    let start = monotonicSeconds()
    for _ in 0..<marks { lane.mark(row, .forward, work) }
    return (monotonicSeconds() - start) / Double(marks)
  }
}
