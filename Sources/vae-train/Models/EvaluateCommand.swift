import ArgumentParser
import Latent
import LatentCommand
import LatentData
import LatentReport
import LatentTraining
import LatentVAE

/// `vae-train evaluate`: the losses of a trained model.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Print the losses of a trained model on the test images.")

  @OptionGroup var model: SavedModelOptions
  @OptionGroup var images: ImageOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Latent points drawn for each image: with more than one, the importance-weighted bound. (default: 1)",
      valueName: "samples"), transform: Parse.size)
  var samples = 1

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Seed of the latent points. (default: 0)", valueName: "number"),
    transform: Parse.seed)
  var seed: UInt64 = 0

  @Option(parsing: .unconditional, help: ArgumentHelp("Write the figures to a file, too.", valueName: "file"))
  var json: String?

  func run() throws {
    try Failure.reporting {
      let saved = try model.load()
      let data = try images.load(for: saved)
      let losses = saved.losses(of: data, samples: samples, seed: seed, on: model.makeWorkers())
      print(saved, data, losses)
      if let json { try write(saved, data, losses, to: json) }
    }
  }

  private func print(_ saved: SavedModel, _ data: Dataset, _ losses: Losses) {
    let form = saved.form
    let chosen = ChosenModel(architecture: form.architecture, sizes: form.sizes)
    Console.print("model           \(saved.file): \(chosen.description)")
    if let trained = saved.metadata["data"] {
      Console.print("trained on      \(trained), \(saved.metadata["training_images"] ?? "?") images")
    }
    Console.print("evaluated on    \(data.name), \(images.part) images: \(Format.grouped(Double(data.count)))")
    let unit = form.loss == .squaredError ? "per image" : "nats per image"
    for (name, value) in losses.parts { line(name, value, unit) }
    let note =
      switch form.loss {
      case .gaussian: ", an upper bound of -log p(x)"
      case .binaryCrossEntropy: ", cross-entropy of grey pixels, which is no likelihood"
      case .squaredError: ""
      }
    line(samples == 1 ? "total" : "bound of \(samples)", losses.total, unit + note)
  }

  private func line(_ name: String, _ value: Double, _ unit: String) {
    Console.print(name + String(repeating: " ", count: 16 - name.count) + Format.fixed(value, 4) + " " + unit)
  }

  private func write(_ saved: SavedModel, _ data: Dataset, _ losses: Losses, to path: String) throws(Failure) {
    let members =
      [
        JSON.Member("model", .string(saved.file)), JSON.Member("data", .string(data.name)),
        JSON.Member("part", .string(images.part.rawValue)), JSON.Member("images", .integer(data.count)),
        JSON.Member("loss", .string(saved.form.loss.rawValue)), JSON.Member("samples", .integer(samples)),
        JSON.Member("total", .number(losses.total)),
      ] + losses.parts.map { JSON.Member($0.name, .number($0.value)) }
    try OutputOptions.write(Array(JSON.object(members).text.utf8), to: path)
  }
}
