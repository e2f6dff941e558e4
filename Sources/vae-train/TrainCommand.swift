import ArgumentParser
import LatentCommand
import LatentData

/// `vae-train train`: trains, and leaves a folder of results.
struct TrainCommand: ExperimentCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model on images and write a folder of results.",
    discussion: """
      This is the default command. The others, each with its own --help: summary prints the layers of a model; \
      evaluate and doctor judge a trained model; encode, decode, reconstruct and picture use it; report writes its \
      page again; compare sets runs side by side; export and import exchange weights with \
      Keras, PyTorch, ONNX and NumPy; prove-resume shows that killed runs lose nothing.
      """)

  // Beside each other, not in a group of groups, which debug builds check four times as often: see ExperimentCommand.
  @OptionGroup var data: DataOptions
  @OptionGroup var batches: BatchOptions
  @OptionGroup var model: ModelOptions
  @OptionGroup var objective: ObjectiveOptions
  @OptionGroup var training: TrainingOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Change the images that are learned from by chance, again in each epoch: shift=N (up to N pixels in each direction, or "
        + "steps of a series), flip (mirrored or not), noise=S (its standard deviation), scale=S (all numbers times a factor of "
        + "1-S to 1+S). (default: none)",
      valueName: "shift=2,flip"), transform: Parse.augmentation)
  var augment: Augmentation?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Take the settings of another run from its config.json: the same settings give the same weights.",
      discussion: "Options on the command line override them.", valueName: "file"), transform: TrainCommand.path)
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
    transform: TrainCommand.path)
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

  func run() throws {
    let arguments = CommandLine.arguments.dropFirst()
    try Failure.reportingProgress(isEnabled: !quiet && !noProgress && !dashboard) {
      var run = try TrainRun(self, arguments: Array(arguments.first == "train" ? arguments.dropFirst() : arguments))
      try run.run()
    }
  }
}
