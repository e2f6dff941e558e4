import ArgumentParser
import Latent
import LatentCommand
import LatentData
import LatentInterchange
import LatentReport
import LatentTraining

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// `vae-train export`: a trained model as a file of another program.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a trained model for Keras, PyTorch, NumPy or ONNX.",
    discussion: """
      The written files are read back and run beside the model on ten images. What was found is printed and kept in \
      OUTPUT.parity.json; OUTPUT.parity.safetensors has the images and what the model makes of them, so that the other \
      program can be checked. At the end come the lines of Python that load the model and do that.
      """)

  @Option(help: ArgumentHelp("The folder of a run, or its model file or checkpoint.", valueName: "path"))
  var model: String

  @Option(help: ArgumentHelp(InterchangeFormat.help, discussion: InterchangeFormat.explanations, valueName: "format"))
  var format: InterchangeFormat

  @Option(help: ArgumentHelp("The file to write; for onnx, the folder of two files.", valueName: "path"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "Where the ten test images come from. (default: the model's data if found, else synthetic)", valueName: "source"),
    transform: ExperimentOptions.source)
  var data: DataSource?

  func run() throws {
    try Failure.reporting {
      let saved = try SavedModel(contentsOf: model)
      let path = output.count > 1 && output.hasSuffix("/") ? String(output.dropLast()) : output
      try makeFolder(path)
      let images = try ParityImages(
        for: saved.form, element: saved.element, trainedOn: saved.metadata["data"], source: data)
      let outputs = images.outputs(of: saved.model)
      let certificate = try format.export(saved, to: path, comparedOn: images, outputs: outputs)
      let parity = ParityFiles(beside: path)
      try write(images.encoded(outputs, classes: saved.form.classes), to: parity.outputs)
      try write(Array(parity.json(certificate, of: saved).text.utf8), to: parity.certificate)
      for line in parity.lines(certificate, of: saved) { Console.print(line) }
      guard certificate.isPerfect else {
        throw Failure("what was written to '\(path)' is not the same model when it is read back")
      }
      Console.print("load it in Python:")
      Console.print(PythonProgram(format, of: saved, path: path, parity: parity.outputs).text, terminator: "")
    }
  }

  private func makeFolder(_ path: String) throws(Failure) {
    guard format.isFolder, mkdir(path, 0o777) != 0, errno != EEXIST else { return }
    throw Failure("cannot make the folder '\(path)': \(String(cString: strerror(errno)))")
  }

  private func write(_ bytes: [UInt8], to path: String) throws(Failure) {
    do { try AtomicFile.write(bytes, to: path) } catch {
      throw Failure("cannot write '\(path)': \(error.description)")
    }
  }
}

extension InterchangeFormat: ExpressibleByArgument {
  /// The names.
  static var help: ArgumentHelp.StringLiteralType { "\(allCases.map(\.rawValue).joined(separator: ", "))." }

  /// What each is.
  static var explanations: String { allCases.map { "\($0.rawValue): \($0.explanation)." }.joined(separator: " ") }
}
