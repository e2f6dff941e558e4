import LatentCommand
import LatentData
import LatentFiles
import LatentTraining

/// A run to go on with: its folder, which nobody else writes into, its checkpoint and the options that it was started with.
struct ResumedRun {
  let folder: RunFolder
  /// Nil where the run was killed before its first one: it starts again from its settings.
  let checkpoint: Checkpoint?
  /// The checkpoint's file.
  let file: String
  /// Newer checkpoints that are damaged, a line each.
  let damaged: [String]
  private let record: RunRecord?

  /// The name of the command line among a checkpoint's notes.
  private static let note = "arguments"
  private static let separator = "\u{1F}"

  /// What a checkpoint has to say for ``options(adding:)`` to find the command line again where there is no `config.json`.
  static func notes(_ arguments: [String]) -> [String: String] { [note: arguments.joined(separator: separator)] }

  /// - Parameters:
  ///   - name: the run's folder; empty for the newest in `runs`
  ///   - epochs: what the command line asks for
  /// - Throws: ``Failure`` where there is nothing to go on from; nothing has changed then.
  init(_ name: String, epochs: Int?) throws(Failure) {
    // Nothing is looked at before others are kept out.
    folder = try RunFolder(resuming: name.isEmpty ? NewestRun.folder(in: "runs", epochs: epochs) : name)
    record = RunRecord(folder: folder.path)
    // What a folder holds until its new run starts is of the run before.
    let isStarting = record?.status == RunConfiguration.starting
    let found = isStarting ? nil : CheckpointFolder(CheckpointFolder.path(inRun: folder.path)).newest()
    (checkpoint, file) = (found?.checkpoint, found?.path ?? "")
    damaged = found?.damaged.map(\.description) ?? []
    guard checkpoint == nil else { return }
    func refuse(_ reason: String) throws(Failure) -> Never {
      throw Failure("there is no checkpoint to go on from in '\(folder.path)': \(reason)")
    }
    if let damage = damaged.first { try refuse(damage) }
    if record?.arguments == nil { try refuse("start the run, with --output \(folder.path)") }
    // Only what comes again in the same bits may be replaced.
    if !isStarting && folder.size(of: .model) != nil {
      try refuse("its results are complete; --output \(folder.path) --force starts it again")
    }
  }

  /// The options of the run, and after them this command line's, which win.
  ///
  /// - Throws: ``Failure`` where what the run says of its options is no command line
  func options(adding arguments: [String]) throws(Failure) -> (options: TrainOptions, arguments: [String]) {
    let noted = checkpoint?.notes[ResumedRun.note]?.split(separator: ResumedRun.separator).map(String.init)
    let (first, added) = (record?.arguments ?? noted ?? [], ResumedRun.withoutResume(arguments))
    func parse(_ arguments: [String]) throws(Failure) -> TrainOptions {
      do { return try TrainOptions.parse(arguments) } catch {
        let reason = TrainOptions.message(for: error).split(separator: "\n").first ?? ""
        throw Failure("the options that '\(folder.path)' was started with can't be used: \(reason)")
      }
    }
    var all = first + added
    // A path is as the run's own command line had it, wherever this one is given.
    if let path = try parse(first).experiment.data.path, try parse(all).experiment.data.path == path,
      FileKind(path: path) == .nothing, !path.hasPrefix("/"), let start = record?.workingFolder
    {
      all += ["--data", AtomicFile.path(path, in: start)]
    }
    return (try parse(all), all)
  }

  /// A command line without `--resume` and its folder.
  private static func withoutResume(_ arguments: [String]) -> [String] {
    var rest: [String] = []
    var skips = false
    for (argument, next) in zip(arguments, arguments.dropFirst() + ["-"]) {
      if skips {
        skips = false
      } else if argument == "--resume" {
        skips = !next.hasPrefix("-")
      } else if !argument.hasPrefix("--resume=") {
        rest.append(argument)
      }
    }
    return rest
  }
}
