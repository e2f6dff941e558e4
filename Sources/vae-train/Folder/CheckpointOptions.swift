import ArgumentParser
import LatentCommand

/// When checkpoints are written, and which one to go on from.
struct CheckpointOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Steps between checkpoints. (default: an epoch)", valueName: "steps"),
    transform: Parse.count)
  var checkpointEvery: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Number of checkpoints to keep, the newest ones. (default: 2)", valueName: "checkpoints"),
    transform: Parse.count)
  var keep: Int?

  @Option(
    name: .customLong("resume"), defaultAsFlag: CheckpointOptions.newest,
    help: ArgumentHelp(
      "Continue a run from its newest intact checkpoint, or from its settings if it has none yet. (default: start a "
        + "new run)",
      discussion: """
        A resumed run keeps its original options. Changing one that the results so far depend on is refused; others, \
        such as --epochs and --threads, may change. If the data have moved, name their new place with --data. \
        Without a folder, the run in 'runs' that was started or resumed last continues, according to its \
        config.json: of those that are neither running nor finished, or that have had fewer epochs than --epochs \
        asks for. If several may be meant, they are listed.
        """, valueName: "folder"))
  var resume: String?

  /// Stands for the newest run.
  static let newest = ""
}
