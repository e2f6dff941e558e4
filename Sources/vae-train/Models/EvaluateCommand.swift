import ArgumentParser
import Latent
import LatentCommand
import LatentData
import LatentFiles
import LatentMeasures
import LatentReport
import LatentTraining
import LatentVAE

/// `vae-train evaluate`: the losses and measures of a trained model.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure a trained model on the test images.",
    discussion: """
      Prints the evidence lower bound and its parts, what the latent space says about images and labels, how close \
      the reconstructions are, and whether all parts of the model work. vae-train doctor explains the figures.
      """)

  @OptionGroup var model: SavedModelOptions
  @OptionGroup var images: ImageOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Latent points drawn for each image; with more than one, the importance-weighted bound is computed, too. "
        + "(default: 1)",
      valueName: "samples"), transform: Parse.size)
  var samples = 1

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Seed of the latent points. (default: 0)", valueName: "number"),
    transform: Parse.seed)
  var seed: UInt64 = 0

  @Flag(help: "Print the loss of the same weights in the conventions of other programs and papers, with formulas.")
  var explain = false

  @Option(parsing: .unconditional, help: ArgumentHelp("Also write the figures to a file.", valueName: "file"))
  var json: String?

  @Flag(help: "Replace the file if it exists.")
  var force = false

  func run() throws {
    try Failure.reportingProgress {
      if let json { try OutputOptions.check(json, force: force) }
      let saved = try model.load()
      let data = try images.load(for: saved)
      for line in Self.head(saved, data, images.part) { Console.print(line) }
      let workers = try model.makeWorkers(for: saved, data)
      if explain {
        try checkExplains(saved)
        let conventions = saved.lossConventions(on: data, seed: seed, workers: workers)
        for line in Self.lines(conventions, of: saved) { Console.print(line) }
        if json == nil { return }
      }
      let measures = saved.measures(on: data, samples: samples, seed: seed, workers: workers)
      guard Processes.isFirst else { return }
      if !explain {
        for table in measures.tables.map({ $0.naming(saved.example) }) {
          Console.print("")
          for line in MeasureText.lines(table) { Console.print(line) }
        }
      }
      Console.print("")
      if let json {
        try write(saved, data, measures, to: json)
        Console.print("wrote '\(json)'")
      }
      NextStep.say("vae-train doctor --model \(model.shellPath) says what these figures mean and what to do")
    }
  }

  /// - Throws: ``Failure`` where the decoder's numbers are not what other conventions take
  private func checkExplains(_ saved: SavedModel) throws(Failure) {
    let likelihood = saved.likelihood
    guard likelihood.numbersPerElement == 1 && likelihood.link == .sigmoid else {
      throw Failure(
        "--explain: \(saved.file) has a likelihood, \(likelihood.title), that other conventions don't count",
        code: Failure.usage)
    }
  }

  private static func count(_ text: String?) -> String {
    text.flatMap { Double($0) }.map { Format.grouped($0) } ?? "?"
  }

  /// What is measured on what.
  static func head(_ saved: SavedModel, _ data: AnyDataset, _ part: DatasetPart) -> [String] {
    var rows = [["model", "\(saved.file): \(saved.structure)"]]
    if let trained = saved.metadata["data"] {
      rows.append(["trained on", "\(trained), \(Self.count(saved.metadata["training_images"])) \(data.shape.plural)"])
    }
    let tones = (data.base as? ImageDataset)?.binarization.map { ", black and white (\($0.rawValue))" } ?? ""
    rows.append([
      "evaluated on", "\(data.name), \(part) \(data.shape.plural): \(Format.grouped(Double(data.count)))\(tones)",
    ])
    return MeasureText.aligned(rows)
  }

  /// The loss under each convention.
  private static func lines(_ conventions: LossConventions, of saved: SavedModel) -> [String] {
    let trained = "\(saved.likelihood.formula) + KL"
    return ["", "This model was trained with \(trained). The loss of its weights, averaged over the images:", ""]
      + MeasureText.aligned(
        conventions.rows.map { [Format.fixed($0.value, 4), $0.formula, $0.name] }, indentation: 2) + [""]
      + MeasureText.aligned(LossConventions.letters.map { [$0.0, $0.1] }, indentation: 2)
      + [
        "",
        "Averaging over pixels weighs the divergence \(saved.example.count) times as much against the "
          + "reconstruction as summing: such models",
        "are trained with another objective, and not only count otherwise.",
      ]
  }

  private func write(
    _ saved: SavedModel, _ data: AnyDataset, _ measures: ModelMeasures, to path: String
  ) throws(FileError) {
    let members = [
      JSON.Member("model", .string(saved.file)), .init("data", .string(data.name)),
      .init("part", .string(images.part.rawValue)), .init("seed", .string("\(seed)")),
      .init("measures", measures.json),
    ]
    try AtomicFile.write(Array(JSON.object(members).text.utf8), to: path)
  }
}
