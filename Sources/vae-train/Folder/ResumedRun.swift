import LatentCommand
import LatentData
import LatentTraining

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A run to go on with: its folder, its checkpoint and the options that it was started with.
struct ResumedRun {
  let folder: String
  let checkpoint: Checkpoint
  /// The checkpoint's file.
  let file: String
  /// Newer checkpoints that are damaged, a line each.
  let damaged: [String]

  /// The name of the command line among a checkpoint's notes.
  private static let note = "arguments"
  private static let separator = "\u{1F}"

  /// What a checkpoint has to say for ``init(_:)`` to find the command line again.
  static func notes(_ arguments: [String]) -> [String: String] { [note: arguments.joined(separator: separator)] }

  /// - Parameter folder: of the run; empty for the newest in `runs`
  /// - Throws: ``Failure`` where there is no checkpoint to go on from
  init(_ name: String) throws(Failure) {
    folder = name.isEmpty ? try ResumedRun.newestRun() : name
    let checkpoints = CheckpointFolder(CheckpointFolder.path(inRun: folder))
    let found = checkpoints.newest()
    damaged = found.damaged.map(\.description)
    guard let checkpoint = found.checkpoint, let path = found.path else {
      let reason = damaged.first.map { ": \($0)" } ?? ""
      throw Failure("there is no checkpoint to go on from in '\(folder)'\(reason)")
    }
    (self.checkpoint, file) = (checkpoint, path)
    checkpoints.removeRemains()
  }

  /// The options of the run, and after them this command line's, which win.
  func options(adding arguments: [String]) throws -> (options: TrainOptions, arguments: [String]) {
    let first = checkpoint.notes[ResumedRun.note]?.split(separator: ResumedRun.separator).map(String.init) ?? []
    let added = ResumedRun.withoutResume(arguments)
    var options = try TrainOptions.parse(first + added)
    options.output = folder
    options.force = true
    return (options, first + added)
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

  /// Removes those of an earlier run, whose results a new one replaces.
  static func removeCheckpoints(in folder: String) {
    for file in CheckpointFolder(CheckpointFolder.path(inRun: folder)).files() { unlink(file) }
  }

  /// The folders in `runs` are named by their time.
  private static func newestRun() throws(Failure) -> String {
    let names = (AtomicFile.names(in: "runs") ?? []).filter {
      !$0.hasPrefix(".") && !CheckpointFolder(CheckpointFolder.path(inRun: "runs/" + $0)).files().isEmpty
    }
    guard let newest = names.max() else {
      throw Failure("there is no run with a checkpoint in 'runs': give its folder, --resume=FOLDER")
    }
    return "runs/" + newest
  }
}
