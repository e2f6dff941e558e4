import ArgumentParser
import Latent
import LatentCommand
import LatentData
import LatentFiles
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
    help: ArgumentHelp("Worker threads; they don't change the results. (default: all cores)", valueName: "threads"),
    transform: Parse.workers)
  var threads: Int?

  /// - Throws: `FileError`
  func load() throws -> SavedModel {
    BLAS.useOneThread()
    Threads.count = threads ?? Machine.cores
    return try SavedModel(contentsOf: model)
  }

  /// The model's path as a shell takes it.
  var shellPath: String { NextStep.shell(model) }

  /// Workers for all images.
  func makeWorkers() -> DataParallel { DataParallel(threads: threads ?? Machine.cores, shards: 1) }
}

/// Which images a trained model is given.
struct ImageOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Where the images come from: \(DataSource.usage()). (default: what the model was trained on, if known)",
      valueName: "source"),
    transform: ExperimentOptions.source)
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
  func load(for saved: SavedModel) throws -> ImageDataset {
    let images = try (data ?? saved.dataSource).loadImages(part, limit: limit).binarized(
      binarize.map(\.binarization) ?? saved.binarization)
    try saved.check(images)
    return images
  }
}

extension SavedModel {
  /// Where the images are from that the model was trained on, as its run's folder says or its data set's name; else what
  /// there is.
  var dataSource: DataSource {
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let folders = [folder, folder.dropLast()].map { $0.isEmpty ? "." : $0.joined(separator: "/") }
    for folder in folders {
      let config = try? AtomicFile.read(AtomicFile.path(RunFolder.File.config.rawValue, in: folder))
      if let source = RunSettings(config).source { return source }
    }
    switch metadata["data"] {
    case "Fashion-MNIST": return DataSource(FashionMNISTSource())
    case "synthetic digits": return DataSource(SyntheticDigitsSource())
    default: return .auto
    }
  }

  /// How the images were made black and white that the model was trained on.
  var binarization: Binarization? { metadata["binarize"].flatMap(Binarization.init(rawValue:)) }

  /// - Throws: ``Failure`` for images of another size or without the labels that the model needs
  func check(_ images: ImageDataset) throws(Failure) {
    guard (images.height, images.width) == (example.steps, example.features) else {
      throw Failure(
        "the model is for images of \(example.steps)x\(example.features), but those of \(images.name) are "
          + "\(images.height)x\(images.width)")
    }
    guard !classLabels.isEmpty else { return }
    guard let labels = images.labels else {
      throw Failure("the model is conditional on labels, and \(images.name) has none")
    }
    let others = Set(labels).subtracting(classLabels).sorted()
    guard others.isEmpty else {
      throw Failure(
        "the model knows labels \(classList), and \(images.name) has \(LabelList(others, names: images.classNames))")
    }
  }

  /// `LSTM(256) encoder, … for images of 28x28, conditional on 14 classes: from 17 to 30`
  var description: String {
    "\(structure) for \(example.plural) of \(example)"
      + (classLabels.isEmpty ? "" : ", conditional on \(classesText)")
  }

  /// `10 classes`, with their labels where these are not numbered from 0 on.
  var classesText: String {
    "\(classLabels.count) \(classLabels.count == 1 ? "class" : "classes")"
      + (classLabels.last.map(Int.init) == classLabels.count - 1 ? "" : ": \(classList)")
  }
}

extension DatasetPart: ExpressibleByArgument {}
