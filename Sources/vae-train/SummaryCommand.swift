import ArgumentParser
import Latent
import LatentCommand
import LatentReport
import LatentVAE

/// `vae-train summary`: the layers of the model.
struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary", abstract: "Print the layers of the encoder, the decoder and the auto-encoder of both.")

  @OptionGroup var model: ModelOptions

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Rows of an image. (default: 28)", valueName: "pixels"),
    transform: Parse.size)
  var height = 28

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Pixels of a row. (default: 28)", valueName: "pixels"),
    transform: Parse.size)
  var width = 28

  func run() throws {
    try Failure.reporting {
      let vae = try model.chosen().make(height: height, width: width, key: RandomKey(seed: 0), element: .float32)
      let summaries = vae.summaries(height: height, width: width)
      Console.print(summaries.map(\.table).joined(separator: "\n"), terminator: "")
    }
  }
}
