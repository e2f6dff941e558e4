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
  private var trainer: Trainer<Adam>
  /// What was measured; nil before.
  private(set) var result: (Profile, Report.Epoch)?

  var pool: WorkerPool { trainer.parallel.pool }

  init(_ settings: RunSettings, _ data: RunData) throws {
    self.settings = settings
    self.data = data
    plan = try settings.plan(for: data)
    model = settings.makeModel(plan, for: data)
    trainer = try settings.makeTrainer(examples: data.whole.count, training: data.training.count)
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

  /// Trains the epochs.
  ///
  /// - Parameter onInterrupt: called with what there is after Ctrl-C; it does not return
  mutating func run(onInterrupt: (Profile, Report.Epoch) -> Never) throws {
    let profiler = Profiler()
    trainer.profiler = profiler
    var clock = StepClock(threads: settings.training.threads, trainer.parallel.workspaceBytes)
    let parallel = trainer.parallel
    _ = try trainer.fit(
      &model, to: data.training, validation: data.validation.count > 0 ? data.validation : nil,
      epochs: settings.training.epochs
    ) { event in
      clock.hear(event)
      if case .stepFinished = event, Interrupt.happened {
        profiler.stop()
        let profile = profiler.profile
        onInterrupt(profile, clock.epoch(profile, workspaceBytes: parallel.workspaceBytes, isPartial: true))
      }
    }
    let profile = profiler.profile
    result = (profile, clock.epoch(profile, workspaceBytes: parallel.workspaceBytes, isPartial: false))
  }
}

/// Times steps and epochs, and what the system counts meanwhile.
private struct StepClock {
  private let threads: Int
  private let workspaceBytes: Int
  private let usage = StepClock.usage
  private var stepSeconds: [Double] = []
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
