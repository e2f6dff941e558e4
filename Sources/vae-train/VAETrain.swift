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
}
