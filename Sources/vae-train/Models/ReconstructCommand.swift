import ArgumentParser
import Latent
import LatentCommand
import LatentData
import LatentFiles
import LatentReport
import LatentTraining

/// `vae-train reconstruct`: images through the model and back.
struct ReconstructCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconstruct", abstract: "Encode images and decode their means.",
    discussion: """
      images.npy: float32 of shape [images, height, width], 0 for black and 1 for white. images.png: a picture of the \
      first 100, each above its reconstruction. rows.csv, of series: each row, and what is expected of it. texts.txt, of texts: \
      each above its reconstruction.
      """)

  @OptionGroup var model: SavedModelOptions
  @OptionGroup var images: ImageOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    try Failure.reportingProgress {
      let format = try output.format(ReconstructionFormat.self)
      let saved = try model.load()
      let data = try images.load(for: saved)
      try format.image?.check(saved.example, to: output.output)
      switch format {
      case .csv: try writeRows(of: data, saved)
      case .txt: try writeTexts(of: data, saved)
      case .png where saved.example.drawn == nil: try writeLines(of: data, saved)
      case .png: try writeGrid(of: data.prefix(ImageFormat.mostShown), saved)
      case .npy: try write(data, of: saved) { NPYFile.encode(StoredArray(saved.inUnits($0))) }
      }
      if Processes.isFirst { format.sayNext() }
    }
  }

  /// What is decoded from the examples' means: [N, T, D].
  private func write(
    _ data: AnyDataset, of saved: SavedModel, _ encoded: (Tensor) throws -> [UInt8]
  ) throws {
    let kept = JoinedRows([data.count] + saved.example.dimensions, element: saved.element, isKept: Processes.isFirst)
    let decoded = try saved.reconstruct(data, on: model.makeWorkers(for: saved, data), into: kept) { $0.append($1) }
    guard Processes.isFirst else { return }
    try output.write(encoded(decoded.tensor))
    Console.print("wrote '\(output.output)': \(data.count) \(data.shape.plural) of \(data.name)")
  }

  /// Images above what is decoded.
  private func writeGrid(of data: AnyDataset, _ saved: SavedModel) throws {
    try write(data, of: saved) { decoded in
      let (originals, columns) = (ImageStack(data, first: data.count), min(10, data.count))
      let reconstructions = ImageStack(ImageStack.bytes(of: decoded), of: saved.example)
      return try PNG.encode(
        ImageGrid.reconstructions(
          originals: originals, reconstructions: reconstructions, columns: columns,
          bands: (data.count + columns - 1) / columns,
          scale: ImageGrid.scale(height: originals.height, width: originals.width)))
    }
  }

  /// Some of the examples as lines, where they are no images.
  private func writeLines(of data: AnyDataset, _ saved: SavedModel) throws {
    guard Processes.isFirst else { return }
    let pictures = try LatentPictures(of: saved, images: data, on: model.makeOwnWorkers())
    try output.write(PNG.encode(pictures.picture(.reconstructions)))
    Console.print("wrote '\(output.output)': some of \(data.count) \(data.shape.plural) of \(data.name)")
  }

  /// Each text above what is decoded of it.
  private func writeTexts(of data: AnyDataset, _ saved: SavedModel) throws {
    let pictures = try LatentPictures(of: saved, on: model.makeWorkers(for: saved, data))
    let lines = try pictures.reconstructedLines(of: data)
    guard Processes.isFirst else { return }
    try output.write(Array((lines.joined(separator: "\n") + "\n").utf8))
    Console.print("wrote '\(output.output)': \(data.count) \(data.shape.plural) of \(data.name)")
  }

  /// Each row of a series on its own time, beside what the model expects of it.
  private func writeRows(of data: AnyDataset, _ saved: SavedModel) throws {
    guard let series = data.base as? SeriesDataset else {
      throw Failure(
        "-o '\(output.output)': rows are written of series, and \(data.name) has \(data.shape.plural): give .npy or .png",
        code: Failure.usage)
    }
    let joined = try saved.reconstruct(data, on: model.makeWorkers(for: saved, data), into: JoinedWindows(series)) {
      $0.append(saved.inUnits($1))
    }
    guard Processes.isFirst else { return }
    try output.write(joined.csv)
    Console.print("wrote '\(output.output)': \(joined.rows) rows of \(data.name), each with what is expected of it")
  }
}
