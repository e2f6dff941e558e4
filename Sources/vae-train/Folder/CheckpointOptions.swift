import ArgumentParser
import LatentCommand
import LatentTraining

/// When checkpoints are written, and which one to go on from.
struct CheckpointOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Steps from one checkpoint to the next. (default: an epoch)", valueName: "steps"),
    transform: Parse.count)
  var checkpointEvery: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many of the newest checkpoints stay. (default: 2)", valueName: "checkpoints"),
    transform: Parse.count)
  var keep = 2

  @Option(
    name: .customLong("resume"), defaultAsFlag: CheckpointOptions.newest,
    help: ArgumentHelp(
      "Go on from the newest good checkpoint of a run, or from its settings where it has none yet. (default: start anew)",
      discussion: """
        The run's own options hold; others may be added as long as the results so far do not depend on them, such as \
        --epochs or --threads. Data that were moved are named with --data. Without a folder it is the run in 'runs' that \
        was started, or went on, last, as its config.json says: of those that are not on now and not finished, or have had \
        fewer epochs than --epochs asks for. Where two may be meant, they are listed.
        """, valueName: "folder"))
  var resume: String?

  /// Stands for the newest run.
  static let newest = ""
}
