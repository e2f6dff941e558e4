import ArgumentParser
import Latent
import LatentCommand
import LatentData
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
    Interrupt.listen()
    // Before the first product: the first weights, too, are then the same on any number of cores.
    BLAS.useOneThread()
    if let folder = given.checkpoints.resume {
      if let output = given.output {
        throw Failure(
          "--output '\(output)': a run goes on in its own folder; copy that to keep it as it is", code: Failure.usage)
      }
      let run = try ResumedRun(folder)
      (options, self.arguments) = try run.options(adding: arguments)
      resumed = run
    } else {
      (options, self.arguments, resumed) = (given, arguments, nil)
    }
    try options.steering.check()
    settings = try TrainSettings(options.experiment, epochs: options.epochs)
    if let done = resumed?.checkpoint.progress.history.epochs.count, settings.epochs < done {
      throw Failure("--epochs \(settings.epochs): the run has \(done) epochs already", code: Failure.usage)
    }
    Threads.count = settings.threads
  }

  func run() throws {
    let folder = try RunFolder(path: options.output, force: options.force)
    let data: TrainData
    var model: AnyVariationalAutoencoder
    let config: RunConfiguration
    var trainer: Trainer<Adam>
    let identity: [String: String]
    let tensorBoard: TensorBoardLogger?
    do {
      data = try TrainData(settings)
      model = try settings.makeModel(for: data)
      config = RunConfiguration(
        settings: settings, options: options, data: data, parameterCount: model.parameterCount)
      identity = RunConfiguration.identity(settings, options.steering, data, classes: model.classes)
      trainer = try makeTrainer(data)
      tensorBoard =
        options.tensorboard
        ? try RunTensorBoard.logger(in: folder, config, model: model, isResumed: resumed != nil) : nil
      if resumed == nil {
        ResumedRun.removeCheckpoints(in: folder.path)
        folder.removeResults()
        if !options.tensorboard { RunTensorBoard.removeEvents(in: folder.tensorBoardPath) }
        try folder.write(config.json(.running), to: .config, isDurable: false)
      }
    } catch {
      folder.removeIfEmpty()
      throw error
    }
    trainer.checkpoints = CheckpointFolder(
      CheckpointFolder.path(inRun: folder.path), everySteps: options.checkpoints.checkpointEvery,
      keep: options.checkpoints.keep, settings: identity, notes: ResumedRun.notes(arguments))
    let best = BestFile(folder: folder, metadata: identity)
    let strip = EpochStrip(
      folder: folder, model: model, settings: settings, data: data,
      finished: resumed?.checkpoint.progress.history.epochs.count ?? 0)
    trainer.callbacks.append(OnEvent(strip.hear))
    if options.steering.saveBest { trainer.callbacks.append(BestWeights(best.write)) }
    if options.measure {
      trainer.callbacks.append(
        EpochMeasures(
          folder, settings: settings, data: data, identity: identity, isResumed: resumed != nil,
          isQuiet: options.quiet || options.dashboard))
    }
    let digests = RunDigests(folder: folder, resuming: resumed?.checkpoint)
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
    var results = RunResults(folder: folder, history: resumed?.checkpoint.progress.history ?? History())
    let parameterCount = model.parameterCount
    var stop: TrainingError?
    do {
      try trainer.fit(
        &model, to: data.training, validation: data.validation, epochs: settings.epochs, resuming: resumed?.checkpoint
      ) { event in
        switch event {
        case .started:
          reporter.start(settings, data, parameterCount: parameterCount, folder: folder.path, resumed: resumed)
          // A run that can't go on leaves everything as it is.
          if resumed != nil { results.write(config.json(.running), to: .config, isDurable: false) }
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
    if best.isWritten { results.note(written: .best) }
    if options.measure && folder.size(of: .measures) != nil { results.note(written: .measures) }
    if digests.isWritten { results.note(written: .digests) }

    if Interrupt.happened && trainer.stopReason != nil {
      results.write(config.json(.ended(results.history, problem: "interrupted")), to: .config)
      Console.error("Interrupted: go on with vae-train --resume=\(folder.path)")
      throw ExitCode(Interrupt.exitCode)
    }
    // The steps' memory, for what measures and pictures need.
    trainer = Trainer(optimizer: Adam(), batchSize: 1, threads: 1)
    Machine.releaseFreeMemory()
    results.write(model, identity: identity, settings: settings, data: data, strip: strip)
    let problem = stop?.description ?? results.failure?.message
    results.write(config.json(.ended(results.history, problem: problem)), to: .config)
    results.writePage(
      model, identity: identity, settings: settings, data: data, config: config, problem: problem)
    if problem == nil, let failure = results.failure {
      results.write(config.json(.ended(results.history, problem: failure.message)), to: .config)
    }
    if let stop {
      let epochs = results.history.epochs.count
      let weights = epochs == 0 ? "the weights that training started with" : "the weights after epoch \(epochs)"
      let kept =
        results.isKept(.model)
        ? "'\(folder.path(of: .model))' has \(weights)" : results.failure?.message ?? "no weights are kept"
      throw Failure("\(stop); \(kept)")
    }
    reporter.finish(settings, data, results)
    if let failure = results.failure { throw failure }
  }

  /// The trainer with everything but its checkpoints.
  private func makeTrainer(_ data: TrainData) throws(Failure) -> Trainer<Adam> {
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
        case .stepFinished, .epochFinished: if Interrupt.happened { run.stop("interrupted") }
        default: break
        }
      })
    return trainer
  }
}
