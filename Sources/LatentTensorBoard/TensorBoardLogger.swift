import Latent
import LatentFiles
import LatentKernels
import LatentTraining

/// Writes what a trainer does for TensorBoard.
///
///     let logger = try TensorBoardLogger("logs", hyperparameters: [("batch size", .number(256))])
///     trainer.callbacks.append(logger)
///     try trainer.fit(&model, to: images, epochs: 30, validationSplit: 0.3)
///     logger.finish(.success)
///
/// `tensorboard --logdir logs` shows, at the number of steps that the optimizer has taken:
///
/// - in the runs `train` and `validation`, after each epoch, `loss/total` and the loss's other parts (`loss/kl`; a part
///   that is called `total` itself, or begins with `part_`, has `part_` before its name);
/// - in `train`, after each epoch, `learning_rate`, `examples_per_second`, and a histogram of each parameter and buffer,
///   `weights/encoder.lstm.kernel`; each so many steps that step's own loss, `step/loss/total`, the epoch's running mean,
///   `step/mean_loss/total`, and the norm of the gradient before clipping, `step/gradient_norm`;
/// - in `validation`, or `train` where nothing is kept for it, the trainer's metrics after each epoch, `metrics/accuracy`,
///   and what `summaries` makes of the weights;
/// - the settings as hyper-parameters.
///
/// A run that goes on from a checkpoint writes new files into the same folder; what earlier ones hold of the steps that it
/// does again is dropped when they are read. So is what the logger wrote of a fit before, where a trainer fits again: each
/// fit that is to be seen needs a logger with a folder of its own. Where a file can't be
/// written any more, training continues without it.
public final class TensorBoardLogger: TrainingCallback {
  /// Makes more of a model's parameters and buffers, by their paths: pictures, say, or histograms of latents.
  public typealias Summaries = @Sendable (_ tensors: [(path: String, value: Tensor)]) -> [Summary]

  /// The folder that holds the runs.
  public let folder: String
  private let everySteps: Int?
  private let hyperparameters: [(name: String, value: Hyperparameter)]
  private let summaries: Summaries
  private let onFailure: @Sendable (FileError) -> Void
  private let state: Locked<State>

  private struct State {
    /// Nil after a failure.
    var files: Files?
    var hasValidation = false
    var stepsPerEpoch = 1
    /// Whether the files know of this fit, and of one before it.
    var isStarted = false
    var hasEarlier = false
  }

  private struct Files {
    let session: EventFile
    let training: EventFile
    var validation: EventFile?

    var all: [EventFile] { [session, training] + (validation.map { [$0] } ?? []) }
  }

  /// - Parameters:
  ///   - folder: made where it is not there
  ///   - everySteps: steps of training from one `step/loss` to the next, and with it the rest of `step`; nil writes none
  ///   - hyperparameters: the run's settings by their names
  ///   - summaries: called after each epoch, on the thread that trains; the tensors are not to be kept
  ///   - onFailure: hears once of a file that can't be written any more
  /// - Throws: ``LatentFiles/FileError`` where there can be no files in the folder
  public init(
    _ folder: String, everySteps: Int? = nil, hyperparameters: [(name: String, value: Hyperparameter)] = [],
    summaries: @escaping Summaries = { _ in [] }, onFailure: @escaping @Sendable (FileError) -> Void = { _ in }
  ) throws(FileError) {
    require(everySteps ?? 1 >= 1, "TensorBoardLogger: every \(everySteps ?? 1) steps; at least 1 is needed")
    self.folder = folder
    self.everySteps = everySteps
    self.hyperparameters = hyperparameters
    self.summaries = summaries
    self.onFailure = onFailure
    let files = Files(
      session: try EventFile(folder: folder), training: try EventFile(folder: Self.path("train", in: folder)))
    state = Locked(State(files: files))
  }

  /// Says in the files how the run ended.
  public func finish(_ outcome: RunOutcome) {
    writing { state, files in
      if state.isStarted { files.session.append(HyperparameterEvents.end(outcome)) }
    }
  }

  public func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {
    switch event {
    case .started(_, let validationExamples, let stepsPerEpoch):
      writing { state, files throws(FileError) in
        state.stepsPerEpoch = stepsPerEpoch
        state.hasValidation = validationExamples > 0
        (state.hasEarlier, state.isStarted) = (state.hasEarlier || state.isStarted, false)
        if state.hasValidation && files.validation == nil {
          files.validation = try EventFile(folder: Self.path("validation", in: self.folder))
        }
      }
    case .stepFinished(let record):
      let step = (record.epoch - 1) * record.stepsPerEpoch + record.step
      let isDue = everySteps.map { step % $0 == 0 } ?? false
      // The first of a run, or of what goes on, tells the files so.
      guard isDue || state.withLock({ !$0.isStarted }) else { return }
      writing { state, files throws(FileError) in
        self.start(&state, files, at: step, record.runningLosses, run.metrics)
        guard isDue else { return }
        let summaries =
          record.batchLosses.summaries("step/loss/") + record.runningLosses.summaries("step/mean_loss/")
          + [Summary.scalar("step/gradient_norm", record.gradientNorm)]
        for summary in summaries { try files.training.add(summary, step: step) }
      }
    case .epochFinished(let record): write(record, run)
    case .validationStarted, .checkpointWritten, .checkpointFailed, .stopped: break
    }
  }

  private func write(_ record: EpochRecord, _ run: TrainingRun) {
    writing { state, files throws(FileError) in
      let step = record.epoch * state.stepsPerEpoch
      self.start(&state, files, at: step, record.training, run.metrics)
      let tensors = run.tensors
      var summaries = record.training.summaries("loss/")
      summaries.append(.scalar("learning_rate", record.learningRate))
      summaries.append(.scalar("examples_per_second", record.examplesPerSecond))
      summaries += tensors.map { .histogram("weights/" + $0.path, $0.value) }
      for summary in summaries { try files.training.add(summary, step: step) }
      for summary in record.validation?.summaries("loss/") ?? [] { try files.validation?.add(summary, step: step) }
      let measured = record.metrics.map { Summary.scalar(Self.tag($0.name), $0.value) }
      for summary in measured + self.summaries(tensors) {
        try (files.validation ?? files.training).add(summary, step: step)
      }
    }
  }

  /// Once: that what earlier files have of this step and later ones is void, and the settings.
  private func start(_ state: inout State, _ files: Files, at step: Int, _ losses: Losses, _ metrics: [String]) {
    guard !state.isStarted else { return }
    state.isStarted = true
    if step > 1 || state.hasEarlier {
      for file in files.all {
        file.append(.with { ($0.step, $0.sessionLog.status) = (Int64(step), .start) })
      }
    }
    let tags = losses.named(total: "total").map { "loss/" + $0.name }
    let runs = state.hasValidation ? ["validation", "train"] : ["train"]
    files.session.append(
      HyperparameterEvents.experiment(
        hyperparameters,
        metrics: runs.flatMap { run in tags.map { (run: run, tag: $0) } }
          + metrics.map { (run: runs[0], tag: Self.tag($0)) }))
    files.session.append(HyperparameterEvents.start(hyperparameters))
  }

  /// Calls `body` and writes what it has added. The first failure is reported, and is the end.
  private func writing(_ body: (inout State, inout Files) throws(FileError) -> Void) {
    let failure: FileError? = state.withLock { state in
      guard var files = state.files else { return nil }
      do throws(FileError) {
        try body(&state, &files)
        for file in files.all { try file.flush() }
        state.files = files
        return nil
      } catch {
        state.files = nil
        return error
      }
    }
    if let failure { onFailure(failure) }
  }

  private static func tag(_ metric: String) -> String { "metrics/" + metric }

  private static func path(_ run: String, in folder: String) -> String {
    folder.hasSuffix("/") ? folder + run : folder + "/" + run
  }
}

extension Losses {
  fileprivate func summaries(_ prefix: String) -> [Summary] {
    named(total: "total").map { .scalar(prefix + $0.name, $0.value) }
  }
}
