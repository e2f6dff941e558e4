import ArgumentParser
import LatentCommand
import LatentRun
import LatentTraining

/// The options of `vae-train train`, as the command line gives them.
struct TrainOptions: ParsableArguments {
  @OptionGroup var experiment: ExperimentOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Take the settings of another run from its config.json: the same settings give the same weights.",
      discussion: "Options on the command line override them.", valueName: "file"), transform: TrainOptions.path)
  var config: String?

  @OptionGroup var steering: SteeringOptions

  @OptionGroup var checkpoints: CheckpointOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Passes over the training images. (default: 30)", valueName: "epochs"), transform: Parse.count)
  var epochs: Int?

  @Flag(
    help: ArgumentHelp(
      "Take --batch-size for each rank, and a learning rate for the whole batch.",
      discussion: """
        The batch is --batch-size times the number of ranks, and the learning rate is multiplied by the square root of that \
        number. Without it --batch-size is the whole batch's, and the weights do not depend on the number of ranks.
        """))
  var scaleBatch = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Folder for the results. (default: runs/<date-time>)", valueName: "folder"),
    transform: TrainOptions.path)
  var output: String?

  @Flag(help: "Replace the results in an output folder that is not empty.")
  var force = false

  @Flag(
    help: ArgumentHelp(
      "Measure the model after each epoch on up to 5,000 validation images, into measures.csv.",
      discussion: "Active units, mutual information, SSIM, label accuracy and more, as in vae-train evaluate."))
  var measure = false

  @Flag(help: "Write losses, pictures and histograms for TensorBoard into the folder tensorboard of the results.")
  var tensorboard = false

  @Flag(help: "Print errors only.")
  var quiet = false

  @Flag(
    help: """
      Fill the terminal with curves and reconstructions while training. Without a terminal, the usual lines are \
      printed.
      """)
  var dashboard = false

  @Flag(help: "Show no progress line.")
  var noProgress = false

  private static func path(_ text: String) throws -> String {
    guard !text.isEmpty, !text.contains("\0") else { throw ValidationError("give a path") }
    return text
  }

  /// Changes what the command line says; what it does not say stays.
  ///
  /// - Throws: ``Failure`` where options exclude each other
  func apply(to settings: inout RunSettings) throws(Failure) {
    try experiment.apply(to: &settings)
    settings.training.epochs = epochs ?? settings.training.epochs
    if scaleBatch { scale(&settings.training, ranks: Processes.world.processes) }
    try steering.apply(to: &settings.steering)
    var keeping = settings.keeping
    keeping.checkpointEvery = checkpoints.checkpointEvery ?? keeping.checkpointEvery
    keeping.keep = checkpoints.keep ?? keeping.keep
    keeping.saveBest = steering.saveBest || keeping.saveBest
    keeping.measure = measure || keeping.measure
    keeping.tensorboard = tensorboard || keeping.tensorboard
    settings.keeping = keeping
  }

  /// A batch for each rank. Adam's rate grows with the square root of the batch (Malladi, Lyu, Panigrahi, Arora, "On the SDEs
  /// and Scaling Rules for Adaptive Gradient Algorithms", NeurIPS 2022); its other numbers stay.
  func scale(_ training: inout RunSettings.Training, ranks: Int) {
    training.batchSize *= ranks
    training.learningRate *= Double(ranks).squareRoot()
    if experiment.shards == nil { training.shards = DataParallel.defaultShards(batchSize: training.batchSize) }
  }
}
