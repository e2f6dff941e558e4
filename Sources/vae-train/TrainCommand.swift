import ArgumentParser
import LatentCommand

/// `vae-train train`: trains, and leaves a folder of results.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model on images and write a folder of results.",
    discussion: """
      This is what vae-train does where no other command is given. The other command, vae-train summary, prints the \
      layers of the model.
      """)

  @OptionGroup var options: TrainOptions

  func run() throws {
    try Failure.reporting { try TrainRun(options).run() }
  }
}
