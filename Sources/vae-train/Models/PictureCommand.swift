import ArgumentParser
import Latent
import LatentCommand
import LatentData
import LatentFiles
import LatentReport
import LatentRun
import LatentTraining

/// `vae-train picture`: what a trained model has learned, as a picture.
struct PictureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "picture", abstract: "Draw what a trained model has learned.",
    discussion: PictureKind.allCases.map { "\($0.rawValue): \($0.explanation)." }.joined(separator: "\n") + """

      A run's folder already has most of these, made of its validation images. This command uses the test images, or \
      those of --part and --data. Without --limit, reconstructions show 30 images; t-SNE uses 1,000; interpolation, \
      traversal and scatter use 2,000.
      """)

  @Argument(help: ArgumentHelp("The kind of picture.", valueName: "kind"))
  var kind: PictureKind

  @OptionGroup var model: SavedModelOptions
  @OptionGroup var images: ImageOptions
  @OptionGroup var details: PictureOptions

  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp(
      "The .png file to write; of texts, the .txt. (default: KIND.png in the current folder)", valueName: "file"))
  var output: String?

  @Flag(help: "Replace the file if it exists.")
  var force = false

  func run() throws {
    try Failure.reportingProgress(alone: true) {
      let ends = try details.ends(for: kind)
      let saved = kind == .curves ? nil : try model.load()
      var end = "png"
      if case .text? = saved?.example, kind.isOfExamples { end = "txt" }
      if details.temperature != nil && end != "txt" {
        throw Failure("--temperature is for samples of texts, which are drawn token by token", code: Failure.usage)
      }
      let path = output ?? "\(kind.rawValue).\(end)"
      guard path.lowercased().hasSuffix("." + end) else {
        throw Failure("--output '\(path)': its name must end in .\(end)", code: Failure.usage)
      }
      try OutputOptions.check(path, force: force)
      let bytes =
        try saved.map { saved in
          let pictures = try pictures(of: saved, ends)
          if end == "txt" { return Array(try pictures.text(kind, temperature: details.temperature ?? 1).utf8) }
          return try PNG.encode(draw(pictures, ends))
        } ?? PNG.encode(CurveChart(ofRun: model.model).picture())
      try AtomicFile.write(bytes, to: path)
      Console.print("wrote '\(path)': \(saved?.example.naming(kind.explanation) ?? kind.explanation)")
      NextStep.say("\(end == "txt" ? "read" : "look at") it; vae-train picture --help lists the other kinds")
    }
  }

  private func pictures(of saved: SavedModel, _ ends: (from: Int, to: Int)?) throws -> LatentPictures {
    var images = images
    images.limit = images.limit ?? kind.usualImages.map { max($0, 1 + max(ends?.from ?? 0, ends?.to ?? 0)) }
    return try LatentPictures(
      of: saved, images: kind.needsImages ? try images.load(for: saved) : nil, label: details.label,
      seed: details.seed, on: model.makeOwnWorkers())
  }

  private func draw(_ pictures: LatentPictures, _ ends: (from: Int, to: Int)?) throws -> Picture {
    switch kind {
    case .interpolation where pictures.saved.example.drawn != nil:
      return try pictures.interpolation(ends.map { [$0] }, along: details.path?.paths ?? LatentPath.allCases)
    case .tsne: return try pictures.tsne(perplexity: details.perplexity ?? 30).picture()
    default: return try pictures.picture(kind)
    }
  }
}

extension PictureKind: ExpressibleByArgument {}

/// Options that some pictures have.
struct PictureOptions: ParsableArguments {
  /// Ways from one image to another.
  enum Path: String, CaseIterable, ExpressibleByArgument {
    case linear, spherical, both

    var paths: [LatentPath] {
      self == .both ? LatentPath.allCases : LatentPath.allCases.filter { $0.rawValue == rawValue }
    }
  }

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "interpolation: the first image, counted from 0. (default: five pairs)", valueName: "image"),
    transform: Parse.index)
  var from: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("interpolation: the second image.", valueName: "image"),
    transform: Parse.index)
  var to: Int?

  @Option(help: ArgumentHelp("interpolation: the path between codes. (default: both)", valueName: "path"))
  var path: Path?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("tsne: about how many neighbours a point has. (default: 30)", valueName: "number"),
    transform: Parse.perplexity)
  var perplexity: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The class to decode points as, for a conditional model.", valueName: "label"),
    transform: Parse.label)
  var label: UInt8?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "samples of texts: below 1 more of what is probable, at 0 only that. (default: 1)", valueName: "number"),
    transform: Parse.nonNegative)
  var temperature: Double?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Seed of samples and of tsne. (default: 0)", valueName: "number"),
    transform: Parse.seed)
  var seed: UInt64 = 0

  /// The two images of an interpolation; nil where none are given.
  ///
  /// - Throws: ``Failure`` for options of another picture, or one image alone
  func ends(for kind: PictureKind) throws(Failure) -> (from: Int, to: Int)? {
    let isOther = kind != .interpolation && (from != nil || to != nil || path != nil)
    if isOther {
      throw Failure("--from, --to and --path are for interpolation, not for \(kind.rawValue)", code: Failure.usage)
    }
    if kind != .tsne && perplexity != nil {
      throw Failure("--perplexity is for tsne, not for \(kind.rawValue)", code: Failure.usage)
    }
    guard let from, let to else {
      if from == nil && to == nil { return nil }
      throw Failure("give both images, --from and --to", code: Failure.usage)
    }
    return (from, to)
  }
}
