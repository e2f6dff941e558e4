import ArgumentParser
import Latent
import LatentCommand
import LatentData
import LatentRun
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

/// `vae-train train`, from its options to its last line.
struct TrainRun {
  private let options: TrainCommand
  private var settings: RunSettings
  private let trained: Run
  /// The run that is made again; nil for none.
  private let repeated: RunRecord?

  /// - Parameter arguments: the command line that the options were read from
  init(_ options: TrainCommand, arguments: [String]) throws {
    do { _ = try InstructionSet.fromEnvironment() } catch { throw Failure(error.description, code: Failure.usage) }
    do { _ = try Threads.fromEnvironment() } catch { throw Failure(error.description, code: Failure.usage) }
    // Before the first product: the first weights, too, are then the same on any number of cores.
    BLAS.useOneThread()
    self.options = options
    if let folder = options.checkpoints.resume {
      if let output = options.output {
        throw Failure(
          "--output '\(output)': a resumed run writes into its own folder; copy the folder to keep it as it is",
          code: Failure.usage)
      }
      if let config = options.config {
        throw Failure("--config '\(config)': a resumed run keeps its own settings", code: Failure.usage)
      }
      if options.scaleBatch {
        throw Failure("--scale-batch: a resumed run keeps its batch size and learning rate", code: Failure.usage)
      }
      repeated = nil
      let resumed = try ResumedRun(folder, adding: options, arguments: arguments)
      if Processes.world.isFirst { Interrupt.say(Self.farewell(resumed.run.folder)) }
      settings = resumed.settings
      try Processes.checkShards(settings)
      trained = resumed.run
      trained.record = RunRecord(settings, program: Self.program, arguments: resumed.arguments)
      if let done = trained.checkpoint?.progress.history.epochs.count, settings.training.epochs < done {
        throw Failure("--epochs \(settings.training.epochs): the run has \(done) epochs already", code: Failure.usage)
      }
    } else {
      var settings = RunSettings()
      repeated = try options.config.map { try Self.record(in: $0) }
      if let repeated { settings = repeated.settings }
      try options.apply(to: &settings)
      self.settings = settings
      try Processes.checkShards(settings)
      trained = try Run(
        options.output, replacing: options.force,
        record: RunRecord(settings, program: Self.program, arguments: arguments), sum: Processes.world)
      if trained.folder.isNew { Interrupt.say(Self.farewell(trained.folder)) }
    }
    trained.record.machine.add(Processes.world)
    Threads.count = settings.training.threads
    trained.onWarning = { Console.error("Warning: \($0)") }
    trained.isInterrupted = { Interrupt.happened }
    if !options.quiet && !options.dashboard { trained.onMeasures = { Console.print("          " + $0) } }
  }

  /// Whether no option has said the number of shards, and no checkpoint was made with one.
  private var choosesShards: Bool {
    let said = ["--shards", "--config"]
    return trained.checkpoint == nil
      && !(trained.record.arguments ?? []).contains { word in said.contains { word == $0 || word.hasPrefix($0 + "=") } }
  }

  mutating func run() throws {
    let run = trained
    var data: RunData
    var model: AnyVariationalAutoencoder
    var trainer: Trainer<AnyOptimizer>
    let exhibit: Exhibit
    let tensorBoard: TensorBoardLogger?
    do {
      data = try RunData(settings)
      if !run.isResumed && repeated == nil {
        settings.choose(options.objective.loss, isModelChosen: !options.model.isEmpty, for: data)
      }
      run.record.settings.objective.loss = settings.objective.loss
      try settings.check(data)
      data = try settings.augmented(data)
      run.record.settings.model.recipe = settings.model.recipe
      let plan = try settings.plan(for: data)
      model = settings.makeModel(plan, for: data)
      if choosesShards {
        settings.chooseShards(for: model, on: data)
        run.record.settings.training.shards = settings.training.shards
        try Processes.checkShards(settings)
      }
      run.record.settings.model.plan = plan
      run.record.data = RunRecord.DataRecord(
        data.whole, training: data.training.count, validation: data.validation.count, test: data.test.count,
        isConditional: settings.model.isConditional)
      try Processes.compare(data.whole)
      warnOfOtherData(run.record.data)
      trainer = try makeTrainer(data)
      exhibit = Exhibit(
        model, plan: plan, shown: data.shown, isValidation: data.validation.count > 0, seed: settings.training.seed,
        threads: settings.training.threads, sum: Processes.world)
      tensorBoard = settings.keeping.tensorboard && run.folder.isOwn ? try RunTensorBoard.logger(of: run, exhibit) : nil
      try run.begin {
        guard run.folder.isOwn else { return }
        Interrupt.say(Self.farewell(run.folder))
        if !settings.keeping.tensorboard { for file in RunTensorBoard.events(in: run.folder) { unlink(file) } }
      }
    } catch {
      run.discard()
      throw error
    }
    if let tensorBoard { trainer.callbacks.append(tensorBoard) }
    let reporter = ConsoleReporter(
      isQuiet: options.quiet || !run.folder.isOwn, showsProgress: !options.noProgress,
      dashboard: options.dashboard && run.folder.isOwn ? Dashboard(Terminal(STDOUT_FILENO)) : nil)
    // Whatever ends the run, before anything is said of it.
    defer { reporter.close() }
    if reporter.hasDashboard {
      trainer.callbacks.append(Self.pictures(of: exhibit, metadata: run.identity, for: reporter))
    }
    // From here on there is something to finish.
    Interrupt.hold()
    let ending = try run.fit(
      &model, to: data.training, validation: data.validation, trainer: trainer, exhibit: exhibit
    ) { event in
      if case .started = event { reporter.start(run, data, isScaled: options.scaleBatch) }
      reporter.hear(event)
    }
    if ending.isOver { run.measure(model, on: data.test, after: data.training, with: trainer) }
    // The steps' memory, for what measures and pictures need.
    trainer = Trainer(optimizer: AnyOptimizer(Adam()), batchSize: 1, threads: 1)
    reporter.close()
    tensorBoard?.finish(ending.error == nil ? .success : .failure)
    let isOver = try run.finish(model, ending, exhibit: exhibit)
    let exitCode = Processes.exitCode(isInterrupted: !isOver)
    guard exitCode == 0 else {
      let kept = run.weights.flatMap { run.files.isKept(.model) ? $0 : nil }
      Console.error(
        Self.farewell(run.folder)
          + (kept.map { "; '\(run.folder.path(of: .model))' has \($0.description)" } ?? ""))
      throw ExitCode(exitCode)
    }
    reporter.finish(run)
    if let failure = run.files.failure { throw failure }
  }

  /// The name of the program in records.
  private static let program = "vae-train"

  /// What a run says that a signal ends.
  private static func farewell(_ folder: RunFolder) -> String {
    "Interrupted: resume with vae-train --resume=\(folder.path)"
  }

  /// The record of another run.
  private static func record(in file: String) throws(Failure) -> RunRecord {
    do throws(RunRecordError) {
      return try RunRecord(toRepeat: file)
    } catch {
      throw Failure("--config: \(error)", code: Failure.usage)
    }
  }

  /// Says where data of the same name and place are not those of the run that is made again.
  private func warnOfOtherData(_ data: RunRecord.DataRecord?) {
    let (source, now) = (repeated?.settings.source.data?.description, settings.source.data?.description)
    guard let repeated, source == now, let before = repeated.data, let data,
      (before.sha256, before.labelsSHA256) != (data.sha256, data.labelsSHA256), before.sha256 != nil
    else { return }
    Console.error(
      "Warning: the data are not those of '\(options.config ?? "")': they have changed since, so the weights will differ"
    )
  }

  private func makeTrainer(_ data: RunData) throws(Failure) -> Trainer<AnyOptimizer> {
    do throws(RunRecordError) {
      return try settings.makeTrainer(
        examples: data.whole.count, training: data.training.count, sum: Processes.world, named: RunSettings.option
      )
    } catch {
      throw Failure("\(error)", code: Failure.usage)
    }
  }

  /// Shows what the model makes of images or series after each epoch.
  private static func pictures(
    of exhibit: Exhibit, metadata: [String: String], for reporter: ConsoleReporter
  ) -> OnEvent {
    nonisolated(unsafe) let reporter = reporter
    return OnEvent { event, run in
      switch event {
      case .started, .epochFinished:
        if exhibit.shown.shape.drawn != nil {
          reporter.show(exhibit.reconstructed(run.tensors, count: 40))
        } else if let series = exhibit.chart(run.tensors, metadata: metadata, count: 4) {
          reporter.show(series)
        }
      default: break
      }
    }
  }
}
