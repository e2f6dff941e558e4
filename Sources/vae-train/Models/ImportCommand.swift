import ArgumentParser
import Latent
import LatentCommand
import LatentInterchange
import LatentTraining
import LatentVAE

/// `vae-train import`: a file of another program as a model file.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a model file from weights of Keras, PyTorch, NumPy or ONNX.",
    discussion: """
      The tensors must have the names and shapes that 'vae-train export' writes; a model that is defined by the \
      Python program it prints has them. The model is recognised by these.
      """)

  @Argument(help: ArgumentHelp("The file to read; for onnx, the folder of both files.", valueName: "file"))
  var input: String

  @Option(
    help: ArgumentHelp("The format of the file.", discussion: InterchangeFormat.explanations, valueName: "format"))
  var format: InterchangeFormat

  @OptionGroup var output: OutputOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Rows of an image, if the file does not say. (default: a square's)", valueName: "pixels"),
    transform: Parse.size)
  var height: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Pixels of a row, if the file does not say. (default: a square's)", valueName: "pixels"),
    transform: Parse.size)
  var width: Int?

  @Option(
    help: ArgumentHelp(
      "The reconstruction loss, if the file does not say. (default: bce)", valueName: "loss"),
    completion: .list(LikelihoodKind.all.map(\.name)), transform: Parse.likelihood)
  var loss: LikelihoodKind?

  func run() throws {
    try Failure.reportingProgress(alone: true) {
      try output.check()
      var known: [String: String] = [:]
      known["image_height"] = height.map { "\($0)" }
      known["image_width"] = width.map { "\($0)" }
      known["loss"] = loss?.name
      let saved = try format.read(input, metadata: known) { Console.error("Note: \($0)") }
      try check(saved)
      for line in saved.notFinite { Console.error("Warning: \(line)") }
      let file = try InterchangeFormat.safetensors.files(of: saved)[0]
      try output.write(file.bytes)
      Console.print("wrote '\(output.output)': \(saved.description), \(saved.model.parameterCount) parameters")
      NextStep.say("vae-train evaluate --model \(NextStep.shell(output.output)) measures it")
    }
  }

  /// What the command line says of the model must be true.
  private func check(_ saved: SavedModel) throws(Failure) {
    if let loss, loss != saved.likelihood {
      throw Failure("--loss \(loss.name): '\(input)' has a model with \(saved.likelihood.name)", code: Failure.usage)
    }
    let (rows, pixels) = (saved.example.steps, saved.example.features)
    guard (height ?? rows, width ?? pixels) == (rows, pixels) else {
      throw Failure(
        "'\(input)' has a model for images of \(rows)x\(pixels): give no other --height or --width",
        code: Failure.usage)
    }
  }
}
