import ArgumentParser
import Latent
import LatentCommand
import LatentData
import LatentFiles
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
      The written files are read back and compared with the model on ten images. The result is printed and written \
      to OUTPUT.parity.json. OUTPUT.parity.safetensors has the images and the model's outputs, so that the other \
      program can be checked. Last, a Python program is printed that loads the model and makes this check.
      """)

  @OptionGroup var model: SavedModelOptions
  @OptionGroup var output: OutputOptions

  @Option(help: ArgumentHelp("The format to write.", discussion: InterchangeFormat.explanations, valueName: "format"))
  var format: InterchangeFormat

  @Option(
    help: ArgumentHelp(
      "Number type of the weights: float32, float64, or bfloat16 for torch and safetensors. (default: the model's)",
      discussion:
        "With bfloat16 the file has half the bytes and weights of three decimal digits; what that changes is printed.",
      valueName: "type"), transform: Parse.kept)
  var precision: ElementType?

  @Option(
    help: ArgumentHelp(
      "Where the ten test images come from. (default: the model's data if found, else synthetic)", valueName: "source"),
    transform: Parse.source)
  var data: DataSource?

  func run() throws {
    try Failure.reportingProgress(alone: true) {
      try output.check()
      let loaded = try model.load()
      let weights = precision ?? loaded.element
      try check(weights, of: loaded)
      let saved = try loaded.converted(to: weights)
      let plan = try saved.plan(for: "an export")
      for line in saved.notFinite { Console.error("Warning: \(line)") }
      let path =
        output.output.count > 1 && output.output.hasSuffix("/") ? String(output.output.dropLast()) : output.output
      try makeFolder(path)
      let images = try ParityImages(
        for: plan, element: saved.element, trainedOn: saved.metadata["data"], source: data)
      let outputs = images.outputs(of: saved.model)
      let certificate = try format.export(saved, storing: weights, to: path, comparedOn: images, outputs: outputs)
      let exact = weights == .bfloat16 ? images.outputs(of: try loaded.converted(to: saved.element).model) : nil
      let parity = ParityFiles(
        certificate, of: saved, path: path, weights: weights,
        outputs: images.encoded(outputs, classLabels: saved.classLabels),
        rounding: exact.map { outputs.differences(from: $0) })
      try AtomicFile.write(parity.outputs, to: parity.outputsFile.path)
      try AtomicFile.write(Array(parity.json.text.utf8), to: parity.certificatePath)
      for line in parity.lines { Console.print(line) }
      guard certificate.isPerfect else {
        throw Failure("what was written to '\(path)' is not the same model when it is read back")
      }
      Console.print("load it in Python:")
      Console.print(
        try PythonProgram(format, of: saved, storing: weights, path: path, parity: parity.outputsFile.path).text,
        terminator: "")
    }
  }

  /// - Throws: ``Failure`` where the format can't hold weights of this type
  private func check(_ weights: ElementType, of loaded: SavedModel) throws(Failure) {
    guard !format.holds(weights) else { return }
    throw Failure(
      weights == .bfloat16
        ? "--precision bfloat16: \(format == .onnx ? "ONNX Runtime runs" : "NumPy has") no such numbers; choose --format "
          + InterchangeFormat.allCases.filter { $0.holds(weights) }.map(\.rawValue).joined(separator: " or ")
        : "\(loaded.file) is a model in float64, which ONNX Runtime can't run: add --precision float32",
      code: Failure.usage)
  }

  private func makeFolder(_ path: String) throws(Failure) {
    guard format.isFolder, mkdir(path, 0o777) != 0, errno != EEXIST else { return }
    throw Failure("cannot make the folder '\(path)': \(systemError())")
  }
}

extension InterchangeFormat: ExpressibleByArgument {
  /// What each is.
  static var explanations: String { allCases.map { "\($0.rawValue): \($0.explanation)." }.joined(separator: " ") }
}
