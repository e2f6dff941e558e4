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
    help: ArgumentHelp("Number format of the weights: float32 or float64. (default: the model's)", valueName: "type"))
  var precision: ElementType?

  @Option(
    help: ArgumentHelp(
      "Where the ten test images come from. (default: the model's data if found, else synthetic)", valueName: "source"),
    transform: ExperimentOptions.source)
  var data: DataSource?

  func run() throws {
    try Failure.reportingProgress(alone: true) {
      try output.check()
      let saved = try model.load().converted(to: precision)
      let plan = try saved.plan(for: "an export")
      if format == .onnx {
        switch saved.element {
        case .float32, .bfloat16: break
        case .float64:
          throw Failure(
            "\(saved.file) is a model in float64, which ONNX Runtime can't run: add --precision float32",
            code: Failure.usage)
        }
      }
      for line in saved.notFinite { Console.error("Warning: \(line)") }
      let path =
        output.output.count > 1 && output.output.hasSuffix("/") ? String(output.output.dropLast()) : output.output
      try makeFolder(path)
      let images = try ParityImages(
        for: plan, element: saved.element, trainedOn: saved.metadata["data"], source: data)
      let outputs = images.outputs(of: saved.model)
      let certificate = try format.export(saved, to: path, comparedOn: images, outputs: outputs)
      let parity = ParityFiles(
        certificate, of: saved, path: path, outputs: images.encoded(outputs, classLabels: saved.classLabels))
      try AtomicFile.write(parity.outputs, to: parity.outputsFile.path)
      try AtomicFile.write(Array(parity.json.text.utf8), to: parity.certificatePath)
      for line in parity.lines { Console.print(line) }
      guard certificate.isPerfect else {
        throw Failure("what was written to '\(path)' is not the same model when it is read back")
      }
      Console.print("load it in Python:")
      Console.print(
        try PythonProgram(format, of: saved, path: path, parity: parity.outputsFile.path).text, terminator: "")
    }
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

extension SavedModel {
  /// The same model with its numbers in another type; unchanged for nil.
  fileprivate func converted(to element: ElementType?) throws(FileError) -> SavedModel {
    guard let element, element != self.element else { return self }
    let tensors = model.tensors.map { ($0.path, $0.value.converted(to: element)) }
    let metadata = metadata.merging(["precision": "\(element)"]) { $1 }
    return try SavedModel(
      Dictionary(uniqueKeysWithValues: tensors), plan: plan(for: "an export"), metadata: metadata, file: file)
  }
}
