import LatentCommand
import LatentData
import LatentFiles
import LatentRun

/// What `--resume` finds: a run to go on with, the settings that it was started with, and this command line's, which win.
struct ResumedRun {
  let run: Run
  let settings: RunSettings
  /// The command line that makes the run again.
  let arguments: [String]

  /// The name of the command line among the notes of checkpoints of earlier versions.
  private static let note = "arguments"
  private static let separator = "\u{1F}"

  /// - Parameters:
  ///   - name: the run's folder; empty for the newest in `runs`
  ///   - options: of this command line
  /// - Throws: ``Failure`` where there is nothing to go on from; nothing has changed then.
  init(_ name: String, adding options: TrainCommand, arguments: [String]) throws(Failure) {
    do throws(RunError) {
      // Only the first process looks for it: the others may have another file system.
      let world = Processes.world
      let folder = name.isEmpty && world.isFirst ? try NewestRun.folder(in: "runs", epochs: options.epochs) : name
      run = try Run(resuming: folder, sum: world)
    } catch {
      throw Failure(error)
    }
    let noted = run.checkpoint?.notes[Self.note]?.split(separator: Self.separator).map(String.init)
    var settings: RunSettings
    if let earlier = run.earlier {
      settings = earlier.settings
    } else {
      settings = try Self.settings(noted ?? [], of: run)
    }
    let first = settings.source.data
    try options.apply(to: &settings)
    var all = (run.earlier?.arguments ?? noted ?? []) + Self.withoutResume(arguments)
    // A path is as the run's own command line had it, wherever this one is given.
    if let path = settings.source.data?.path, settings.source.data == first, FileKind(path: path) == .nothing,
      !path.hasPrefix("/"), let start = run.earlier?.workingFolder
    {
      let moved = AtomicFile.path(path, in: start)
      settings.source.data = DataSource(moved)
      all += ["--data", moved]
    }
    (self.settings, self.arguments) = (settings, all)
  }

  /// The settings of a command line that a checkpoint of an earlier version has noted.
  private static func settings(_ arguments: [String], of run: Run) throws(Failure) -> RunSettings {
    var settings = RunSettings()
    let options: TrainCommand
    do { options = try TrainCommand.parse(arguments) } catch {
      let reason = TrainCommand.message(for: error).split(separator: "\n").first ?? ""
      throw Failure("the options that '\(run.folder.path)' was started with can't be used: \(reason)")
    }
    try options.apply(to: &settings)
    return settings
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
