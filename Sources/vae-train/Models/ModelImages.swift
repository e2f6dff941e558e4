import ArgumentParser
import Latent
import LatentCommand
import LatentData
import LatentFiles
import LatentRun
import LatentTraining
import LatentVAE

/// Which trained model: the same option for all commands that use one.
struct SavedModelOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The trained model: the folder of a run, or a weights file.",
      discussion: "A run without a finished model is read from its newest checkpoint.",
      valueName: "path"))
  var model: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Worker threads, of each rank; they don't change the results. (default: all cores)", valueName: "threads"),
    transform: Parse.workers)
  var threads: Int?

  /// - Throws: `FileError`
  func load() throws -> SavedModel {
    BLAS.useOneThread()
    Threads.count = threads ?? Processes.world.threads
    return try SavedModel(contentsOf: model)
  }

  /// The model's path as a shell takes it.
  var shellPath: String { NextStep.shell(model) }

  /// Workers for all images, which the program's processes share: each process calls this, and then what takes the workers.
  ///
  /// - Throws: ``Failure`` where one of them has another model, or other images
  func makeWorkers(for saved: SavedModel, _ images: AnyDataset) throws(Failure) -> DataParallel {
    try Processes.compare(images)
    return try makeWorkers(for: saved)
  }

  /// The same for latent points, [N, Z].
  func makeWorkers(for saved: SavedModel, points: Tensor) throws(Failure) -> DataParallel {
    try Processes.compare("\(points.shape) \(points.storage.xxh64())", of: "file of latent points")
    return try makeWorkers(for: saved)
  }

  private func makeWorkers(for saved: SavedModel) throws(Failure) -> DataParallel {
    try Processes.compare(saved.model.tensors.map { "\($0.path) \($0.value.storage.xxh64())" }.joined(), of: "model")
    return makeWorkers(with: Processes.sum)
  }

  /// Workers of this process alone.
  func makeOwnWorkers() -> DataParallel { makeWorkers(with: TreeSum()) }

  private func makeWorkers(with sum: any GradientSum) -> DataParallel {
    DataParallel(threads: threads ?? Processes.world.threads, shards: 1, sum: sum)
  }
}

/// Which images a trained model is given.
struct ImageOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Where the images come from: \(DataSource.usage()). (default: what the model was trained on, if known)",
      valueName: "source"),
    transform: Parse.source)
  var data: DataSource?

  @Option(help: ArgumentHelp("Which images to use: training or test.", valueName: "part"))
  var part = DatasetPart.test

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Use only the first images. (default: all)", valueName: "images"),
    transform: Parse.count)
  var limit: Int?

  @Option(
    help: ArgumentHelp(
      "Make the images black and white: threshold, stochastic; or leave them grey. (default: as the model was trained)",
      valueName: "way"))
  var binarize: Tones?

  /// What --binarize says.
  enum Tones: String, CaseIterable, ExpressibleByArgument {
    case threshold, stochastic, grey

    var binarization: Binarization? { Binarization(rawValue: rawValue) }
  }

  /// The images, where the model can read them.
  ///
  /// - Throws: `DataError`, or ``Failure`` for images of another size or without the labels that the model needs
  func load(for saved: SavedModel) throws -> AnyDataset {
    try saved.examples(
      of: data, part, limit: limit, binarization: binarize.map(\.binarization))
  }
}

extension DatasetPart: ExpressibleByArgument {}
