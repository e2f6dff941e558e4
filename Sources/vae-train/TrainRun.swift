import ArgumentParser
import Latent
import LatentCommand
import LatentData
import LatentFiles
import LatentReport
import LatentTensorBoard
import LatentTraining
import LatentVAE

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// One training run from its options to its folder of results.
struct TrainRun {
  private let settings: TrainSettings
  private let options: TrainOptions
  private let resumed: ResumedRun?
  /// The command line that a later run needs to go on from this one.
  private let arguments: [String]

  /// - Parameter arguments: the command line that `given` was read from
  init(_ given: TrainOptions, arguments: [String]) throws {
    do { _ = try InstructionSet.fromEnvironment() } catch { throw Failure(error.description, code: Failure.usage) }
    do { _ = try Threads.fromEnvironment() } catch { throw Failure(error.description, code: Failure.usage) }
    // Before the first product: the first weights, too, are then the same on any number of cores.
    BLAS.useOneThread()
    if let folder = given.checkpoints.resume {
      if let output = given.output {
        throw Failure(
          "--output '\(output)': a run goes on in its own folder; copy that to keep it as it is", code: Failure.usage)
      }
      let run = try ResumedRun(folder, epochs: given.epochs)
      (options, self.arguments) = try run.options(adding: arguments)
      resumed = run
      Interrupt.say(TrainRun.farewell(run.folder))
    } else {
      (options, self.arguments, resumed) = (given, arguments, nil)
    }
    try options.steering.check()
    settings = try TrainSettings(options.experiment, epochs: options.epochs)
    if let done = resumed?.checkpoint?.progress.history.epochs.count, settings.epochs < done {
      throw Failure("--epochs \(settings.epochs): the run has \(done) epochs already", code: Failure.usage)
    }
    Threads.count = settings.threads
  }

  func run() throws {
    var config = RunConfiguration(settings: settings, options: options, arguments: arguments)
    let checkpoint = resumed?.checkpoint
    let folder =
      try resumed?.folder
      ?? RunFolder(path: options.output, force: options.force, record: config.json(.starting))
    if folder.isNew { Interrupt.say(TrainRun.farewell(folder)) }
    let data: RunData
    let plan: ModelPlan
    var model: AnyVariationalAutoencoder
    var trainer: Trainer<Adam>
    let identity: [String: String]
    let tensorBoard: TensorBoardLogger?
    do {
      data = try RunData(settings)
      plan = try settings.plan(for: data)
      model = settings.makeModel(plan, for: data)
      (config.data, config.plan) = (data, plan)
      identity = RunConfiguration.identity(settings, options.steering, data, plan, resuming: checkpoint)
      trainer = try makeTrainer(data)
      tensorBoard =
        options.tensorboard
        ? try RunTensorBoard.logger(in: folder, config, data, model: model, isResumed: checkpoint != nil) : nil
      if checkpoint == nil {
        // From here on the folder is this run's, whatever it still holds of another.
        try folder.write(config.json(.starting), to: .config, isDurable: false)
        Interrupt.say(TrainRun.farewell(folder))
        folder.removeRemains()
        folder.removeResults()
        if !options.tensorboard { for file in RunTensorBoard.events(in: folder) { unlink(file) } }
        try folder.write(config.json(.running), to: .config, isDurable: false)
      }
    } catch {
      folder.discard()
      throw error
    }
    trainer.checkpoints = CheckpointFolder(
      CheckpointFolder.path(inRun: folder.path), everySteps: options.checkpoints.checkpointEvery,
      keep: options.checkpoints.keep, settings: identity, notes: ResumedRun.notes(arguments))
    let best = BestFile(folder: folder, metadata: identity)
    let strip = EpochStrip(
      folder: folder, model: model, settings: settings, data: data,
      finished: checkpoint?.progress.history.epochs.count ?? 0)
    trainer.callbacks.append(OnEvent(strip.hear))
    if options.steering.saveBest { trainer.callbacks.append(BestWeights(best.write)) }
    if options.measure {
      trainer.callbacks.append(
        EpochMeasures(
          folder, of: SavedModel(model, plan: plan, metadata: identity), settings: settings, data: data,
          isResumed: checkpoint != nil,
          isQuiet: options.quiet || options.dashboard))
    }
    let digests = RunDigests(folder: folder)
    trainer.callbacks.append(digests.file)
    if let tensorBoard { trainer.callbacks.append(tensorBoard) }

    let reporter = ConsoleReporter(
      isQuiet: options.quiet, showsProgress: !options.noProgress,
      dashboard: options.dashboard ? Dashboard(Terminal(STDOUT_FILENO)) : nil)
    // Whatever ends the run, before anything is said of it.
    defer { reporter.close() }
    if reporter.hasDashboard {
      let (settings, model) = (settings, model)
      nonisolated(unsafe) let reporter = reporter
      trainer.callbacks.append(
        OnEvent { event, run in
          switch event {
          case .started, .epochFinished:
            reporter.show(ReconstructedImages(of: model, with: run.tensors, count: 40, settings: settings, data: data))
          default: break
          }
        })
    }
    var results = RunResults(folder: folder, history: checkpoint?.progress.history ?? History())
    var stop: TrainingError?
    // From here on there is something to finish.
    Interrupt.hold()
    do {
      try trainer.fit(
        &model, to: data.training, validation: data.validation, epochs: settings.epochs, resuming: checkpoint
      ) { event in
        switch event {
        case .started:
          reporter.start(settings, data, plan, folder: folder.path, resumed: resumed)
          // A run that can't go on leaves everything as it is.
          if checkpoint != nil {
            folder.removeRemains()
            results.write(config.json(.running), to: .config, isDurable: false)
          }
        case .epochFinished(let record): results.add(record)
        default: break
        }
        reporter.hear(event)
      }
    } catch TrainingError.checkpoint(let reason) {
      throw Failure("can't go on from '\(resumed?.file ?? "")': \(reason)")
    } catch let error as TrainingError {
      stop = error
    }
    reporter.close()
    tensorBoard?.finish(stop == nil ? .success : .failure)
    results.weights = RunWeights(
      trainer, stepsPerEpoch: trainer.stepsPerEpoch(data.training), history: results.history)
    // A run that went on may have found no better one.
    if options.steering.saveBest && folder.size(of: .best) != nil { results.note(written: .best) }
    if options.measure && folder.size(of: .measures) != nil { results.note(written: .measures) }
    if digests.isWritten { results.note(written: .digests) }

    func endInterrupted() throws -> Never {
      results.write(config, problem: TrainRun.interrupted)
      let kept = results.weights.flatMap { results.isKept(.model) ? $0 : nil }
      Console.error(
        TrainRun.farewell(folder) + (kept.map { "; '\(folder.path(of: .model))' has \($0.description)" } ?? ""))
      throw ExitCode(Interrupt.exitCode)
    }
    if trainer.stopReason == TrainRun.interrupted {
      // The run is not over, but the best epoch's weights are what --early-stopping keeps, whatever ends it.
      if results.weights?.isBest == true { results.writeModel(results.saved(model, plan, identity: identity)) }
      try endInterrupted()
    }
    // Others than the time have decided that the run is over.
    let unfinished = options.steering.maxTime.map { TimeLimit(seconds: $0).reason }.flatMap {
      $0 == trainer.stopReason ? $0 : nil
    }
    // The steps' memory, for what measures and pictures need.
    trainer = Trainer(optimizer: Adam(), batchSize: 1, threads: 1)
    Machine.releaseFreeMemory()
    let saved = results.saved(model, plan, identity: identity)
    results.write(saved, settings: settings, data: data, strip: strip)
    if stop == nil && Interrupt.happened { try endInterrupted() }
    let problem = stop?.description ?? results.failure?.message ?? unfinished
    results.write(config, problem: problem)
    results.writePage(saved, settings: settings, data: data, config: config, problem: problem)
    if stop == nil, let failure = results.failure, failure.message != problem {
      results.write(config, problem: failure.message)
    }
    if let stop {
      let kept =
        results.isKept(.model)
        ? "'\(folder.path(of: .model))' has \(results.weights!.description)"
        : results.failure?.message ?? "no weights are kept"
      throw Failure("\(stop); \(kept)")
    }
    reporter.finish(settings, data, results)
    if let failure = results.failure { throw failure }
  }

  /// What `config.json` says of a run that a signal ended.
  private static let interrupted = "interrupted"

  /// What such a run says.
  private static func farewell(_ folder: RunFolder) -> String {
    "Interrupted: go on with vae-train --resume=\(folder.path)"
  }

  /// The trainer with everything but its checkpoints.
  private func makeTrainer(_ data: RunData) throws(Failure) -> Trainer<Adam> {
    let steering = options.steering
    var trainer = Trainer(
      optimizer: Adam(learningRate: settings.learningRate), batchSize: min(settings.batchSize, data.whole.count),
      seed: settings.seed, threads: settings.threads, shards: min(settings.shards, settings.batchSize))
    trainer.schedule = try steering.rates(
      peak: settings.learningRate, epochs: settings.epochs, stepsPerEpoch: trainer.stepsPerEpoch(data.training))
    trainer.clipping = steering.clipNorm.map { .globalNorm($0) }
    if let patience = steering.reduceOnPlateau { trainer.callbacks.append(ReduceOnPlateau(patience: patience)) }
    if let patience = steering.earlyStopping {
      trainer.callbacks.append(EarlyStopping(patience: patience, minimumChange: steering.minDelta ?? 0))
    }
    if let seconds = steering.maxTime { trainer.callbacks.append(TimeLimit(seconds: seconds)) }
    trainer.callbacks.append(
      OnEvent { event, run in
        switch event {
        case .started, .stepFinished, .epochFinished: if Interrupt.happened { run.stop(TrainRun.interrupted) }
        default: break
        }
      })
    return trainer
  }
}
