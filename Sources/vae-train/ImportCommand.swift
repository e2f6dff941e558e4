import ArgumentParser
import Latent
import LatentCommand
import LatentData
import LatentInterchange
import LatentTraining
import LatentVAE

/// `vae-train import`: a file of another program as a model file.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a model file of weights from Keras, PyTorch, NumPy or ONNX.",
    discussion: """
      The tensors must have the names and shapes that 'vae-train export' gives them, which are those of the Python lines \
      that it prints. Names and shapes say which model it is.
      """)

  @Argument(help: ArgumentHelp("The file; for onnx, the folder of two files.", valueName: "file"))
  var input: String

  @Option(help: ArgumentHelp(InterchangeFormat.help, discussion: InterchangeFormat.explanations, valueName: "format"))
  var format: InterchangeFormat

  @Option(help: ArgumentHelp("The model file to write.", valueName: "path"))
  var output: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Rows of an image, where the file can't say. (default: as many as it has pixels)", valueName: "pixels"),
    transform: Parse.size)
  var height: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Pixels of a row, where the file can't say. (default: as many as it has rows)", valueName: "pixels"),
    transform: Parse.size)
  var width: Int?

  @Option(
    help: ArgumentHelp(
      "The reconstruction loss, where the file can't say: bce or mse. (default: bce)", valueName: "loss"))
  var loss: ReconstructionLoss?

  func run() throws {
    try Failure.reporting {
      var known: [String: String] = [:]
      known["image_height"] = height.map { "\($0)" }
      known["image_width"] = width.map { "\($0)" }
      known["loss"] = loss?.rawValue
      let saved = try format.read(input, metadata: known)
      let file = InterchangeFormat.safetensors.files(of: saved)[0]
      do throws(AtomicFile.Failure) { try AtomicFile.write(file.bytes, to: output) } catch {
        throw Failure("cannot write '\(output)': \(error.description)")
      }
      let form = saved.form
      let condition = form.classes > 0 ? ", conditional on \(form.classes) classes" : ""
      Console.print(
        "wrote \(output): \(form.architecture.rawValue) for images of \(form.height)x\(form.width)\(condition), "
          + "\(saved.model.parameterCount) parameters")
    }
  }
}
