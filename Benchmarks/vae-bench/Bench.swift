import ArgumentParser
import Foundation
import Latent
import LatentCommand
import LatentData
import LatentFiles
import LatentReport
import LatentRun
import LatentTraining
import LatentVAE

/// One run of the program from its options to its exit code.
struct Bench {
  private let options: BenchOptions
  private let settings: RunSettings
  private let outputs: Outputs
  private let baseline: Report?

  init(_ options: BenchOptions) throws {
    do { _ = try InstructionSet.fromEnvironment() } catch { throw Failure(error.description, code: Failure.usage) }
    do { _ = try Threads.fromEnvironment() } catch { throw Failure(error.description, code: Failure.usage) }
    BLAS.useOneThread()
    self.options = options
    settings = try options.experiment.settings(epochs: options.epochs)
    Threads.count = settings.training.threads
    guard settings.training.threads <= Machine.cores else {
      throw Failure(
        "--threads \(settings.training.threads): this process may use \(Machine.coresText); give at most so many threads",
        code: Failure.usage)
    }
    // What would make the results useless is found out before they are measured.
    outputs = try Outputs(options)
    baseline = try options.baseline.map { path throws(Failure) in try Report(reading: path) }
    for sweep in options.sweep { try sweep.check() }
  }

  func run() throws {
    let data = try Sweep.reshaped(try RunData(settings), sequenceLength: options.sequenceLength)
    let fingerprint = Fingerprint(settings, data)
    let text = ReportText(isMarkdown: options.markdown)
    Interrupt.hold()
    Console.print(text.fingerprint(fingerprint), terminator: "")

    var measurement = try Measurement(settings, data)
    let pool = measurement.pool
    let element = settings.training.precision
    let plan = measurement.plan
    measurement.warmUp()
    // Before training and again after it: processors change their clock rate.
    let peakBefore = Ceilings.peak(pool, workers: pool.threads, element)
    try measurement.run { profile, epoch in
      // Ctrl-C within the epoch: what is measured so far is all there will be.
      let report = finish(profile, epoch, fingerprint, peakBefore, pool, plan)
      Console.print(text.results(report), terminator: "")
      try? outputs.write(report, profile)
      exit(Interrupt.exitCode)
    }
    guard let (profile, epoch) = measurement.result else { throw ExitCode(Interrupt.exitCode) }
    var report = finish(profile, epoch, fingerprint, peakBefore, pool, plan)
    Console.print(text.results(report), terminator: "")

    var interrupted = Interrupt.happened
    for sweep in options.sweep where !interrupted {
      let results = try sweep.run { line in Console.print(line) }
      report.sweeps.append(results)
      Console.print(text.sweep(results), terminator: "")
      interrupted = Interrupt.happened
    }
    try outputs.write(report, profile)
    if interrupted { throw ExitCode(Interrupt.exitCode) }
    if let baseline {
      let comparison = Comparison(of: report, with: baseline, failOver: options.failOver / 100)
      Console.print(text.comparison(comparison), terminator: "")
      if comparison.isSlower { throw ExitCode(2) }
    }
  }

  private func finish(
    _ profile: Profile, _ epoch: Report.Epoch, _ fingerprint: Fingerprint, _ peakBefore: Double, _ pool: WorkerPool,
    _ plan: ModelPlan
  ) -> Report {
    let shapes = profile.rows.flatMap { [$0.forward.product, $0.backward.product] }.compactMap { $0 }
    let ceilings = Ceilings(
      pool: pool, element: settings.training.precision, shapes: Set(shapes), peakBefore: peakBefore)
    return Report(
      fingerprint: fingerprint,
      settings: [
        "model": plan.description, "batchSize": "\(settings.training.batchSize)",
        "precision": settings.training.precision.description,
        "seed": "\(settings.training.seed)",
        "sequenceLength": options.sequenceLength.map(String.init) ?? "rows", "epochs": "\(settings.training.epochs)",
      ],
      ceilings: ceilings, epoch: epoch, rows: LayerRows(profile, ceilings, threads: settings.training.threads).rows,
      secondsByThread: profile.secondsByThread)
  }
}
