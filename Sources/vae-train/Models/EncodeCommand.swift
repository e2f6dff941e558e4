import ArgumentParser
import Latent
import LatentCommand
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE

/// `vae-train encode`: images to latent Gaussians.
struct EncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode", abstract: "Write the latent mean and log-variance of each image.",
    discussion: """
      latents.npy: float32 of shape [images, 2, latent size], the mean and then the log-variance, as numpy.load reads it. \
      latents.csv: a line for each image, with its index and label. latents.safetensors: mean and log_variance of shape \
      [images, latent size], and labels where there are any; with --type bfloat16 in half the bytes.
      """)

  enum Format: String, CaseIterable { case npy, csv, safetensors }

  @OptionGroup var model: SavedModelOptions
  @OptionGroup var images: ImageOptions
  @Option(
    help: ArgumentHelp(
      "Number type of the latents: float32, float64, or bfloat16 for .safetensors. (default: the model's)",
      valueName: "type"), transform: Parse.kept)
  var type: ElementType?

  @OptionGroup var output: OutputOptions

  func run() throws {
    try Failure.reportingProgress {
      let format = try output.format(Format.self)
      if type == .bfloat16 && format != .safetensors {
        throw Failure(
          "--type bfloat16: .\(format.rawValue) files have no such numbers; write a .safetensors file, or take --type float32",
          code: Failure.usage)
      }
      let saved = try model.load()
      let data = try images.load(for: saved)
      let kept = JoinedCodes(data.count, of: saved, as: type, isKept: Processes.isFirst)
      let codes = try saved.encode(data, on: model.makeWorkers(for: saved, data), into: kept) { $0.append($1) }
      guard Processes.isFirst else { return }
      let (mean, logVariance) = (codes.mean.tensor, codes.logVariance.tensor)
      switch format {
      case .npy:
        let tape = Tape()
        let both = Variable.stacked([tape.constant(mean), tape.constant(logVariance)], axis: 1).tensor
        try output.write(NPYFile.encode(StoredArray(both)))
      case .csv: try output.write(Self.csv(mean, logVariance, labels: data.labels))
      case .safetensors: try output.write(Self.safetensors(mean, logVariance, of: data))
      }
      Console.print(
        "wrote '\(output.output)': latent means and log-variances of \(data.count) \(data.shape.plural) of \(data.name)"
      )
      let path = NextStep.shell(output.output)
      switch format {
      case .npy:
        NextStep.say("vae-train decode --model \(model.shellPath) \(path) -o decoded.png, or numpy.load in Python")
      case .csv: NextStep.say("read it into a spreadsheet, or with pandas.read_csv in Python")
      case .safetensors:
        NextStep.say(
          "vae-train decode --model \(model.shellPath) \(path) -o decoded.png, or safetensors.torch.load_file in Python"
        )
      }
    }
  }

  /// - Parameters:
  ///   - mean: [N, Z]
  ///   - logVariance: [N, Z]
  private static func safetensors(_ mean: Tensor, _ logVariance: Tensor, of data: AnyDataset) -> [UInt8] {
    let labels = data.labels.map { labels in
      SafetensorsTensor("labels", shape: [labels.count], elementType: .uint8, bytes: labels)
    }
    return SafetensorsFile.encode(
      [SafetensorsTensor("mean", mean), SafetensorsTensor("log_variance", logVariance)] + [labels].compactMap(\.self),
      metadata: ["data": data.name])
  }

  /// - Parameters:
  ///   - mean: [N, Z]
  ///   - logVariance: [N, Z]
  static func csv(_ mean: Tensor, _ logVariance: Tensor, labels: [UInt8]?) -> [UInt8] {
    let size = mean.shape[1]
    let columns = (0..<size).map { "mean_\($0)" } + (0..<size).map { "log_variance_\($0)" }
    var text = "index,label," + columns.joined(separator: ",") + "\n"
    let (means, logVariances) = (Self.texts(mean), Self.texts(logVariance))
    for index in 0..<mean.shape[0] {
      let row = index * size..<(index + 1) * size
      let label = labels.map { "\($0[index])" } ?? ""
      text += (["\(index)", label] + means[row] + logVariances[row]).joined(separator: ",") + "\n"
    }
    return Array(text.utf8)
  }

  /// The shortest texts that give the same numbers again.
  private static func texts(_ tensor: Tensor) -> [String] {
    switch tensor.element {
    case .float32, .bfloat16: tensor.floats.map { "\($0)" }
    case .float64: tensor.values.map { "\($0)" }
    }
  }
}
