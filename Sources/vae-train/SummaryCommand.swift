import ArgumentParser
import Latent
import LatentCommand
import LatentReport
import LatentVAE

/// `vae-train summary`: the layers of the model.
struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary", abstract: "Print the layers of the encoder, the decoder and the auto-encoder of both.")

  @OptionGroup var sizes: SizeOptions

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
      let model = try ModelSizes().overridden(by: sizes)
        .makeModel(height: height, width: width, key: RandomKey(seed: 0), element: .float32)
      let summaries = [model.encoder.summary(rows: height), model.decoder.summary, model.summary(rows: height)]
      Console.print(summaries.map(\.table).joined(separator: "\n"), terminator: "")
    }
  }
}
