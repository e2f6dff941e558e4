import Latent
import LatentAnomalies
import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE

/// The run of any model.
extension Run {
  /// How training came to its end.
  package struct Ending {
    /// What went wrong; nil where it did not.
    package let error: TrainingError?
    /// Whether somebody wanted the program to end.
    package let isInterrupted: Bool
    /// Why the run is not over though it has ended; nil where it is.
    let unfinished: String?
    /// Trainable numbers of the model.
    let parameters: Int

    /// Whether training has come to its end without an error.
    package var isOver: Bool { error == nil && !isInterrupted }
  }

  static let interrupted = "interrupted"

  /// Trains, with checkpoints and whatever is written meanwhile. ``finish(_:_:exhibit:)`` writes the rest.
  ///
  /// - Parameters:
  ///   - trainer: with everything but its checkpoints
  ///   - exhibit: what can be shown of the model beside its losses
  /// - Throws: ``RunError`` where it can't resume from its checkpoint; nothing has changed then
  package func fit<M: TrainableModel, D: TrainingData, O: Optimizer>(
    _ model: inout M, to training: D, validation: D, trainer: Trainer<O>, exhibit: Exhibit?,
    onEvent: (TrainingEvent) -> Void
  ) throws -> Ending where M.Batch == D.Batch {
    try fit(&model, to: training, trainer: trainer, exhibit: exhibit, onEvent: onEvent) {
      try $0.fit(&$1, to: training, validation: validation, epochs: $2, resuming: $3, onEvent: $4)
    }
  }

  /// What a trainer does with a model, for so many epochs, from a checkpoint.
  typealias Fit<M: Module, O: Optimizer> = (
    _ trainer: inout Trainer<O>, _ model: inout M, _ epochs: Int, _ checkpoint: Checkpoint?,
    _ onEvent: (TrainingEvent) -> Void
  ) throws -> Void

  /// The same however the trainer fits.
  func fit<M: Module, D: TrainingData, O: Optimizer>(
    _ model: inout M, to training: D, trainer: Trainer<O>, exhibit: Exhibit?, onEvent: (TrainingEvent) -> Void,
    by fit: @escaping Fit<M, O>
  ) throws -> Ending {
    require(
      (trainer.parallel.sum.processes, trainer.parallel.sum.process) == (sum.processes, sum.process),
      "Run: the trainer is of process \(trainer.parallel.sum.process) of \(trainer.parallel.sum.processes), the run of "
        + "process \(sum.process) of \(sum.processes)")
    var trainer = trainer
    let (keeping, identity, warn) = (record.settings.keeping, identity, onWarning)
    trainer.checkpoints = CheckpointFolder(
      CheckpointFolder.path(inRun: folder.path), everySteps: keeping.checkpointEvery, keep: keeping.keep,
      settings: identity, notes: [Self.note: record.json.text])
    trainer.callbacks.append(
      OnEvent { [isInterrupted] event, run in
        switch event {
        case .started, .stepFinished, .epochFinished: if isInterrupted() { run.stop(Run.interrupted) }
        default: break
        }
      })
    if let exhibit, folder.isOwn {
      let strip = EpochStrip(
        exhibit, folder: folder, metadata: identity, epochs: record.settings.training.epochs,
        finished: checkpoint?.progress.history.epochs.count ?? 0)
      trainer.callbacks.append(OnEvent(strip.hear))
      self.strip = strip
    }
    if keeping.saveBest {
      trainer.callbacks.append(BestWeights(BestFile(folder: folder, metadata: identity, warn: warn).write))
    }
    if keeping.measure, let exhibit {
      trainer.callbacks.append(
        EpochMeasures(
          exhibit, folder: folder, metadata: identity, isResumed: checkpoint != nil, say: onMeasures, warn: warn))
    }
    let digests = RunDigests(folder: folder, warn: warn)
    if folder.isOwn { trainer.callbacks.append(digests.file) }

    var error: TrainingError?
    do {
      try fit(&trainer, &model, record.settings.training.epochs, checkpoint) { event in
        switch event {
        case .started: goOn()
        case .epochFinished(let record): files.add(record)
        default: break
        }
        onEvent(event)
      }
    } catch TrainingError.checkpoint(let reason) {
      throw RunError(
        "can't resume from '\(checkpointFile)': \(reason); what may change is \(record.changeable.joined(separator: ", "))"
      )
    } catch let stop as TrainingError {
      error = stop
    }
    // Where it follows from the first loss of a step, it was not known before.
    record.settings.training.shards = trainer.parallel.shards
    files.weights = RunWeights(trainer, stepsPerEpoch: trainer.stepsPerEpoch(training), history: history)
    // A run that went on may have found no better one.
    if keeping.saveBest && folder.size(of: .best) != nil { files.note(written: .best) }
    if keeping.measure && folder.size(of: .measures) != nil { files.note(written: .measures) }
    if digests.isWritten { files.note(written: .digests) }
    // Others than the time have decided that the run is over.
    let limit = record.settings.steering.maxTime.map { TimeLimit(seconds: $0).reason }
    return Ending(
      error: error, isInterrupted: trainer.stopReason == Self.interrupted,
      unfinished: limit == trainer.stopReason ? limit : nil,
      parameters: ParameterLayout(of: model).slots.reduce(0) { $0 + $1.range.count })
  }

  /// Measures the model on what was kept apart, if anything was, after it was trained: all processes together.
  package func measure<M: TrainableModel, D: TrainingData, O: Optimizer>(
    _ model: M, on test: D, after training: D, with trainer: Trainer<O>
  ) where M.Batch == D.Batch {
    guard test.count > 0 else { return }
    testLosses = trainer.parallel.evaluate(
      model, on: test, batchSize: trainer.batchSize, step: history.epochs.count * trainer.stepsPerEpoch(training),
      noiseKey: RandomKey(seed: trainer.seed).child("test noise")
    ) { model, batch, tape in model.loss(batch, tape: tape) }
  }

  /// Writes the model, the history, and what can be shown of them.
  ///
  /// - Parameter summary: the layers of a model that is no exhibit's
  /// - Returns: whether the run is over: a signal may end it, and then it can go on
  /// - Throws: ``RunError`` where training failed, or something could not be written
  package func finish<M: Module>(
    _ model: M, _ ending: Ending, exhibit: Exhibit?, summary: (M) -> ModelSummary? = { _ in nil }
  ) throws(RunError) -> Bool {
    let (identity, parameters) = (identity, ending.parameters)
    if ending.isInterrupted {
      // The run is not over, but the best epoch's weights are what early stopping keeps, whatever ends it.
      if weights?.isBest == true { files.writeModel(model, identity: identity) }
      writeRecord(.stopped(Self.interrupted), parameters: parameters)
      return false
    }
    Machine.releaseFreeMemory()
    guard folder.isOwn else {
      if let stop = ending.error { throw RunError("\(stop)") }
      return true
    }
    if ending.error == nil { files.calibration = calibration(of: model, exhibit) }
    files.writeModel(model, identity: identity)
    files.writeHistory()
    let metadata = files.metadata(identity)
    let saved = exhibit?.saved(model.tensors, metadata: metadata, file: folder.path(of: .model))
    if let exhibit, let saved { writePictures(saved, exhibit) }
    if !history.epochs.isEmpty { files.write(CurveChart(history, of: record).svg(), to: .curves) }
    if let film = strip?.encoded { files.write(film, to: .epochs) }
    if ending.error == nil && isInterrupted() {
      writeRecord(.stopped(Self.interrupted), parameters: parameters)
      return false
    }
    let problem = ending.error?.description ?? files.failure?.problem ?? ending.unfinished
    writeRecord(problem.map { .stopped($0) } ?? .finished, parameters: parameters)
    let own = makeSections(of: model)
    var report: RunReport
    if let exhibit, let saved {
      report = makeReport(saved, exhibit, hasSections: !own.sections.isEmpty)
      report.notes += own.notes
    } else {
      report = RunPage.report(record, history: history, notes: notes, folder: folder.path)
      if !leavesOut.contains(.layers) { report.summary = summary(model) }
    }
    (report.sections, report.sectionFiles, report.leavesOut) = (own.sections, own.files, leavesOut)
    files.write(report.html(), to: .page)
    if ending.error == nil, let failure = files.failure, failure.problem != problem {
      writeRecord(.stopped(failure.problem), parameters: parameters)
    }
    if let stop = ending.error {
      let kept =
        files.isKept(.model)
        ? "'\(folder.path(of: .model))' has \(weights!.description)"
        : files.failure?.problem ?? "no weights are kept"
      throw RunError("\(stop); \(kept)")
    }
    return true
  }

  /// How the model scores the rows that it was validated on; nil where they are no rows.
  private func calibration(of model: some Module, _ exhibit: Exhibit?) -> ScoreCalibration? {
    guard let exhibit else { return nil }
    let saved = exhibit.saved(model.tensors, metadata: files.metadata(identity), file: folder.path(of: .model))
    return
      (try? ScoreCalibration(
        of: saved, on: exhibit.shown, isValidation: exhibit.isValidation, workers: exhibit.workers)).flatMap(\.self)
  }

  private func writePictures(_ saved: SavedModel, _ exhibit: Exhibit) {
    do throws(LatentPictureError) {
      try RunPictures(saved, of: exhibit).make(unless: isInterrupted) { file, picture in
        switch picture {
        case .success(let bytes): files.write(bytes, to: file)
        case .failure(let error as LatentPictureError): files.notes.append("\(error)")
        case .failure(let error): files.note(failure: "\(error)", of: file)
        }
      }
    } catch {
      files.notes.append("\(error)")
    }
  }

  private func makeReport(_ saved: SavedModel, _ exhibit: Exhibit, hasSections: Bool) -> RunReport {
    var page = RunPage(saved, history: history, record: record)
    page.leavesOut = leavesOut
    page.addPictures(in: folder.path, areAll: hasSections)
    let images = PageImages(record.settings.source.data, for: saved, else: exhibit)
    return page.report(images, on: exhibit.workers)
  }
}
