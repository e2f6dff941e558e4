import ArgumentParser
import Latent

/// The program: `vae-train` alone is `vae-train train`.
@main
struct VAETrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vae-train",
    abstract: "Train a variational auto-encoder with an LSTM encoder on grey images.",
    version: "vae-train \(LatentVersion.current)",
    subcommands: [TrainCommand.self, SummaryCommand.self],
    defaultSubcommand: TrainCommand.self)

  static func main() {
    // Help about the program alone would list its two commands and none of the options that people look for.
    if CommandLine.arguments.count == 2, ["--help", "-h", "help"].contains(CommandLine.arguments[1]) {
      main(["help", "train"])
    } else {
      main(nil)
    }
  }
}
