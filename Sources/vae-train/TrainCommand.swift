import ArgumentParser
import LatentCommand

/// `vae-train train`: trains, and leaves a folder of results.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model on images and write a folder of results.",
    discussion: """
      This is the default command. The others, each with its own --help: summary prints the layers of a model; \
      evaluate and doctor judge a trained model; encode, decode, reconstruct and picture use it; report writes its \
      page again; compare sets runs side by side; export and import exchange weights with \
      Keras, PyTorch, ONNX and NumPy; prove-resume shows that killed runs lose nothing.
      """)

  @OptionGroup var options: TrainOptions

  func run() throws {
    let arguments = CommandLine.arguments.dropFirst()
    try Failure.reportingProgress(isEnabled: !options.quiet && !options.noProgress && !options.dashboard) {
      try TrainRun(options, arguments: Array(arguments.first == "train" ? arguments.dropFirst() : arguments)).run()
    }
  }
}
