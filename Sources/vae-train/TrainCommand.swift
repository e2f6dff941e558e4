import ArgumentParser

/// `vae-train train`: trains, and leaves a folder of results.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model and write a folder of results. (default)",
    discussion: "Losses are means over the images: in nats with --loss bce.")

  @OptionGroup var options: TrainOptions

  func run() throws {
    try Failure.reporting { try TrainRun(options).run() }
  }
}
