import Latent
import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A training run with a folder of its own: its record, its history, checkpoints, weights, curves, a page and, of an
/// auto-encoder, pictures and measures. What else its page has, the program says:
///
///     let run = try Run("runs/mine")
///     run.sections { (model: Classifier) in [PageSection("Scores", [.table("Test", [("accuracy", score(model))])])] }
///     let history = try run.train(&model, on: images, epochs: 10)
///
/// The folder is there, with `config.json` in it, from the first moment on, and nobody else writes into it as long as the
/// run lives. A run that was killed goes on with `Run(resuming: "runs/mine")` and the same call of `train`, to the same
/// bits. A run prints nothing: ``onWarning``, ``notes`` and the events of training are for the program to show.
public final class Run {
  /// Its folder.
  public let folder: RunFolder
  /// What it is. Changes count until it trains.
  public var record: RunRecord
  /// Told of what goes wrong and does not end training, a line each.
  public var onWarning: @Sendable (String) -> Void = { _ in }
  /// Told what was measured after an epoch, in a line.
  public var onMeasures: @Sendable (String) -> Void = { _ in }
  /// What its page is to do without.
  public var leavesOut: Set<PagePart> = []
  /// Asked after each step whether to end: the run then stops with a checkpoint and can go on.
  public var isInterrupted: @Sendable () -> Bool = { false }

  /// What it goes on from; nil where it begins.
  package let checkpoint: Checkpoint?
  /// The checkpoint's file.
  package let checkpointFile: String
  /// Newer checkpoints that are damaged, a line each.
  package let damaged: [String]
  /// Whether it was there before.
  package let isResumed: Bool
  /// The record that it goes on from.
  package let earlier: RunRecord?

  /// The processes that train: one, where nothing else was said.
  package let sum: any GradientSum

  package internal(set) var files: RunFiles
  var strip: EpochStrip?
  /// What the program puts on the page.
  var ownSections: [OwnSectionMaker] = []
  /// Losses of what was kept apart until the end.
  package internal(set) var testLosses: Losses?
  private let startSeconds = monotonicSeconds()

  /// A new run.
  ///
  /// - Parameters:
  ///   - path: its folder; nil for a new one in `runs`, named by the time
  ///   - replacing: whether results in the folder may be replaced
  ///   - sum: the processes that train together, all of which make the run; the first has the folder and writes into it, and
  ///     only its path counts. The trainer needs the same one.
  /// - Throws: ``RunError`` where the folder holds something, can't be made or written to; nothing has changed then
  public convenience init(
    _ path: String? = nil, replacing: Bool = false, sum: any GradientSum = TreeSum()
  ) throws(RunError) {
    var settings = RunSettings()
    settings.model = RunSettings.Model(kind: "a model of the program's own")
    settings.source.data = nil
    try self.init(
      path, replacing: replacing, record: RunRecord(settings, arguments: Array(CommandLine.arguments.dropFirst())),
      sum: sum)
  }

  /// - Parameter record: what is known of it before its data are read
  package init(
    _ path: String?, replacing: Bool, record: RunRecord, sum: any GradientSum = TreeSum()
  ) throws(RunError) {
    self.record = record
    self.sum = sum
    folder = try sum.folder { () throws(RunError) in
      try RunFolder(path: path, force: replacing, record: Array(record.text.utf8))
    }
    (checkpoint, checkpointFile, damaged, isResumed, earlier) = (nil, "", [], false, nil)
    files = RunFiles(folder: folder, history: History())
  }

  /// A run to go on with, from its newest good checkpoint, or from its record where it was killed before its first one.
  ///
  /// - Parameter sum: the processes that go on with it, any number; the first reads the folder and tells the others
  /// - Throws: ``RunError`` where there is nothing to go on from; nothing has changed then
  public init(resuming path: String, sum: any GradientSum = TreeSum()) throws(RunError) {
    self.sum = sum
    // Nothing is looked at before others are kept out.
    folder = try sum.folder { () throws(RunError) in try RunFolder(resuming: path) }
    let start = try ResumedState(of: folder, sum)
    (checkpoint, checkpointFile, damaged, earlier) = (
      start.checkpoint, start.checkpointFile, start.damaged, start.record
    )
    isResumed = true
    record = RunRecord(earlier?.settings ?? RunSettings(), program: earlier?.program, arguments: earlier?.arguments)
    files = RunFiles(folder: folder, history: checkpoint?.progress.history ?? History())
  }

  /// The name of the record among a checkpoint's notes.
  static let note = "record"

  /// All finished epochs.
  public var history: History { files.history }
  /// What was left out, and why: a line each.
  public var notes: [String] { files.notes }
  /// Which weights `model.safetensors` has; nil before the end.
  public var weights: RunWeights? { files.weights }

  /// What the weights depend on, by which its checkpoints know it.
  package var identity: [String: String] { record.identity(resuming: checkpoint?.settings) }

  /// Gives the folder up where nothing has been done.
  package func discard() { folder.discard() }

  /// From here on the folder is this run's, whatever it still holds of another.
  ///
  /// - Parameter taken: called once the record is there, before anything else goes
  package func begin(_ taken: () -> Void = {}) throws(RunError) {
    guard checkpoint == nil else { return }
    record.status = .starting
    try folder.write(Array(record.text.utf8), to: .config, isDurable: false)
    taken()
    folder.removeRemains()
    folder.removeResults()
    record.status = .running
    try folder.write(Array(record.text.utf8), to: .config, isDurable: false)
  }

  /// What is true of a run that goes on: only from where nothing can refuse it any more.
  func goOn() {
    guard checkpoint != nil else { return }
    folder.removeRemains()
    record.status = .running
    files.write(record.text, to: .config, isDurable: false)
  }

  /// Writes what `config.json` says at the end.
  func writeRecord(_ status: RunRecord.Status, parameters: Int?) {
    record.status = status
    var results = RunRecord.Results()
    (results.epochs, results.bestEpoch) = (history.epochs.count, history.best?.epoch)
    results.weightsEpoch = files.isKept(.model) ? weights?.epoch : nil
    (results.training, results.validation) = (history.last?.training, history.last?.validation)
    results.examplesPerSecond = history.last?.examplesPerSecond
    (results.parameters, results.test) = (parameters, testLosses)
    (results.seconds, results.peakResidentBytes) = (monotonicSeconds() - startSeconds, Machine.peakResidentBytes)
    record.results = results
    files.write(record.text, to: .config)
  }
}
