import ArgumentParser
import Latent
import LatentCommand
import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE

/// `vae-train decode`: latent points to images.
struct DecodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode", abstract: "Decode latent points into images.",
    discussion: """
      images.npy: float32 of shape [points, height, width], 0 for black and 1 for white. images.png: a picture of the \
      first 100. texts.txt, of a model of texts: a line for each point.
      """)

  @OptionGroup var model: SavedModelOptions

  @Argument(
    help: ArgumentHelp(
      "The points: an .npy file of shape [points, latent size], or an .npy or .safetensors file of encode, whose means are used.",
      valueName: "latents"))
  var latents: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The class to decode them as, for a conditional model.", valueName: "label"),
    transform: Parse.label)
  var label: UInt8?

  @Flag(help: "Draw examples of what the points are decoded to, in place of their means.")
  var sample = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What is drawn: below 1 more of what is probable, at 0 only that. Of texts, and black and white images. (default: 1)",
      valueName: "number"),
    transform: Parse.nonNegative)
  var temperature: Double?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Seed of what is drawn. (default: 0)", valueName: "number"),
    transform: Parse.seed)
  var seed: UInt64 = 0

  @OptionGroup var output: OutputOptions

  func run() throws {
    try Failure.reportingProgress {
      let format = try output.format(ImageFormat.self)
      let saved = try model.load()
      try format.check(saved.example, to: output.output)
      try checkTemperature(saved)
      let points = try points(saved)
      if !saved.classLabels.isEmpty {
        guard let label, saved.classLabels.contains(label) else {
          throw Failure(
            "the model is conditional: give one of its labels with --label: \(saved.classList)", code: Failure.usage)
        }
      } else if label != nil {
        throw Failure("--label: the model is not conditional on labels", code: Failure.usage)
      }
      let shown = format == .png ? points[rows: 0..<min(points.shape[0], ImageFormat.mostShown)] : points
      let labels = label.map { [UInt8](repeating: $0, count: shown.shape[0]) }
      let kept = JoinedRows(
        [shown.shape[0]] + saved.example.dimensions, element: saved.element, isKept: Processes.isFirst)
      let drawing = sample || temperature != nil ? (temperature: temperature ?? 1, key: RandomKey(seed: seed)) : nil
      let decoded = try saved.decode(
        shown, labels: labels, drawing: drawing, on: model.makeWorkers(for: saved, points: shown), into: kept
      ) {
        $0.append($1)
      }.tensor
      guard Processes.isFirst else { return }
      switch format {
      case .npy: try output.write(NPYFile.encode(StoredArray(saved.inUnits(decoded))))
      case .txt:
        let pictures = try LatentPictures(of: saved, on: model.makeOwnWorkers())
        try output.write(Array((try pictures.texts(of: decoded).joined(separator: "\n") + "\n").utf8))
      case .png where saved.example.drawn != nil:
        let images = ImageStack(ImageStack.bytes(of: decoded), of: saved.example)
        try output.write(PNG.encode(ImageGrid.samples(images)))
      case .png:
        let pictures = try LatentPictures(of: saved, label: label, on: model.makeOwnWorkers())
        try output.write(PNG.encode(pictures.lines(decoding: shown)))
      }
      Console.print("wrote '\(output.output)': \(shown.shape[0]) \(saved.example.plural)")
      format.sayNext()
    }
  }

  /// - Throws: ``Failure`` for a temperature of what has no logits
  private func checkTemperature(_ saved: SavedModel) throws(Failure) {
    guard let temperature, temperature != 0, temperature != 1, !saved.likelihood.hasLogits else { return }
    throw Failure(
      "--temperature \(temperature): it divides logits, and the model's likelihood, \(saved.likelihood.title), has none",
      code: Failure.usage)
  }

  /// The tensor `mean` of a safetensors file, or an array.
  private func read() throws(FileError) -> Tensor {
    guard latents.lowercased().hasSuffix(".safetensors") else { return try NPYFile(contentsOf: latents).tensor }
    return try SafetensorsFile(contentsOf: latents).tensor("mean")
  }

  /// [N, Z]
  private func points(_ saved: SavedModel) throws -> Tensor {
    let points = try read().converted(to: saved.element)
    let size = saved.latentSize
    switch points.shape.count {
    case 2 where points.shape[1] == size && points.shape[0] > 0: return points
    case 3 where points.shape[1...] == [2, size] && points.shape[0] > 0:
      return points.reshaped(to: [2 * points.shape[0], size]).rows(
        stride(from: 0, to: 2 * points.shape[0], by: 2).map(\.self))
    default:
      throw Failure(
        "'\(latents)' has the shape \(points.shape), but the model takes [points, \(size)] or [points, 2, \(size)]")
    }
  }
}
