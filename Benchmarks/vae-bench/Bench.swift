import ArgumentParser
import Foundation
import Latent
import LatentCommand
import LatentData
import LatentFiles
import LatentMPI
import LatentReport
import LatentRun
import LatentTraining
import LatentVAE

/// One run of the program from its options to its exit code.
struct Bench {
  private let options: VAEBench
  private let settings: RunSettings
  private let outputs: Outputs
  private let baseline: Report?

  init(_ options: VAEBench) throws {
    do { _ = try InstructionSet.fromEnvironment() } catch { throw Failure(error.description, code: Failure.usage) }
    do { _ = try Threads.fromEnvironment() } catch { throw Failure(error.description, code: Failure.usage) }
    BLAS.useOneThread()
    self.options = options
    settings = try options.settings(epochs: options.epochs)
    Threads.count = settings.training.threads
    guard settings.training.threads <= Machine.cores else {
      throw Failure(
        "--threads \(settings.training.threads): this process may use \(Machine.coresText); give at most so many threads",
        code: Failure.usage)
    }
    try Bench.checkRanks(options, settings)
    // What would make the results useless is found out before they are measured.
    outputs = try Outputs(options)
    baseline =
      Processes.world.isFirst ? try options.baseline.map { path throws(Failure) in try Report(reading: path) } : nil
    for sweep in options.sweep { try sweep.check() }
  }

  /// What depends on the number of processes.
  private static func checkRanks(_ options: VAEBench, _ settings: RunSettings) throws(Failure) {
    let ranks = Processes.world.processes
    if options.network && ranks == 1 {
      throw Failure(
        "--network measures the links between ranks, and there is one: start it with mpirun -n 2 vae-bench --network",
        code: Failure.usage)
    }
    if ranks > 1 && options.simulateThreads != nil {
      throw Failure(
        "--simulate-threads is for one process: --network predicts more of them", code: Failure.usage, isOfAll: true)
    }
    if ranks > 1 && !options.sweep.isEmpty {
      throw Failure(
        "--sweep is for one process: start mpirun once for each value", code: Failure.usage, isOfAll: true)
    }
    try Processes.checkShards(settings)
  }

  func run() throws {
    let data = try Sweep.reshaped(try RunData(settings), sequenceLength: options.sequenceLength)
    try Processes.compare(data.whole)
    var settings = settings
    settings.choose(options.objective.loss, isModelChosen: !options.model.isEmpty, for: data)
    if options.training.shards == nil {
      settings.chooseShards(for: settings.makeModel(try settings.plan(for: data), for: data), on: data)
    }
    let fingerprint = Fingerprint(settings, data)
    let text = ReportText(isMarkdown: options.markdown)
    Interrupt.hold()
    Console.print(text.fingerprint(fingerprint), terminator: "")

    var measurement = try Measurement(settings, data)
    measurement.warmUp()
    // Before training and again after it: processors change their clock rate. All ranks at the same time: they share what
    // they share while they train.
    Processes.world.barrier()
    let peakBefore = Ceilings.peak(measurement.pool, workers: measurement.pool.threads, settings.training.precision)
    let (profile, epoch) = try measurement.run()
    let own = finish(profile, epoch, peakBefore, measurement)
    var report = Report(
      own.gathered(over: Processes.world), fingerprint: fingerprint, settings: self.report(of: measurement.plan))
    if options.network && !epoch.isPartial {
      Console.print(text.ranks(report), terminator: "\n")
      report.network = try NetworkBench(settings, data).run(&measurement, report)
      Console.print(NetworkText(isMarkdown: options.markdown).text(report.network!, report), terminator: "")
    } else {
      Console.print(text.results(report), terminator: "")
    }

    if let threads = options.simulateThreads, !epoch.isPartial {
      let schedule = try ScheduleBench(settings, data, measurement.plan).run(threads: threads)
      report.schedule = schedule
      Console.print("\n" + ScheduleText(isMarkdown: options.markdown).text(schedule), terminator: "")
    }
    var interrupted = epoch.isPartial
    for sweep in options.sweep where !interrupted {
      let results = try sweep.run { line in Console.print(line) }
      report.sweeps.append(results)
      Console.print(text.sweep(results), terminator: "")
      interrupted = Interrupt.happened
    }
    try outputs.write(report, profile)
    let exitCode = Processes.exitCode(isInterrupted: interrupted)
    if exitCode != 0 { throw ExitCode(exitCode) }
    if let baseline {
      let comparison = Comparison(of: report, with: baseline, failOver: options.failOver / 100)
      Console.print(text.comparison(comparison), terminator: "")
      if comparison.isSlower { throw ExitCode(2) }
    }
  }

  /// What this rank has measured, held against what its machine can do.
  private func finish(
    _ profile: Profile, _ epoch: Report.Epoch, _ peakBefore: Double, _ measurement: Measurement
  ) -> RankResult {
    let own = Set(profile.rows.flatMap { [$0.forward.product, $0.backward.product] }.compactMap { $0 })
    // All measure the products of all, at the same time.
    let all = Processes.world.gather(Array(Bench.text(of: own).utf8)).reduce(into: Set<Work.Product>()) {
      $0.formUnion(Bench.products(in: String(decoding: $1, as: UTF8.self)))
    }
    let threads = settings.training.threads
    let ceilings = Ceilings(
      pool: measurement.pool, format: settings.training.precision, shapes: all, peakBefore: peakBefore)
    return RankResult(
      rank: measurement.rank(profile, epoch), epoch: epoch, ceilings: ceilings,
      rows: LayerRows(profile, ceilings, threads: threads).rows, secondsByThread: profile.secondsByThread)
  }

  private static func text(of products: Set<Work.Product>) -> String {
    products.map { "\($0.m) \($0.n) \($0.k) \($0.isLeftTransposed ? 1 : 0)" }.joined(separator: "\n")
  }

  private static func products(in text: String) -> Set<Work.Product> {
    Set(
      text.split(separator: "\n").map { line in
        let numbers = line.split(separator: " ").map { Int($0)! }
        return Work.Product(m: numbers[0], n: numbers[1], k: numbers[2], isLeftTransposed: numbers[3] == 1)
      })
  }

  /// The settings that a report has.
  private func report(of plan: ModelPlan) -> [String: String] {
    [
      "model": plan.description, "batchSize": "\(settings.training.batchSize)",
      "precision": settings.training.precision.description, "seed": "\(settings.training.seed)",
      "sequenceLength": options.sequenceLength.map(String.init) ?? "rows", "epochs": "\(settings.training.epochs)",
    ]
  }
}
