import ArgumentParser
import LatentRun
import LatentTraining

/// How many examples a training step takes.
package struct BatchOptions: ParsableArguments {
  package init() {}

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Images in a training step. (default: 256)", valueName: "images"),
    transform: Parse.count)
  var batchSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Parts in which a batch is computed, one after the other, for batches that do not fit into memory. (default: 1)",
      discussion: "Gradients are those of the whole batch but for rounding; the same number gives the same bits.",
      valueName: "parts"), transform: Parse.count)
  var accumulate: Int?

  /// Changes what the command line says. Another batch has its own usual number of shards.
  func apply(to training: inout RunSettings.Training) {
    guard batchSize != nil || accumulate != nil else { return }
    training.batchSize = batchSize ?? training.batchSize
    training.accumulate = accumulate ?? training.accumulate
    training.shards = DataParallel.defaultShards(batchSize: training.partSize)
  }
}
