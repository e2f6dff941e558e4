import Latent
import LatentCommand
import LatentData
import LatentFiles
import LatentReport
import LatentTensorBoard
import LatentTraining
import LatentVAE

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What a run writes for TensorBoard.
enum RunTensorBoard {
  private static let everySteps = 10
  /// Ten images in a row; and so many that histograms of their latents look like those of all, in a twentieth of a second.
  private static let (pictured, encoded) = (10, 512)

  /// Makes the files, and removes those of an earlier run, whose results a new one replaces.
  ///
  /// - Parameter model: what the weights of each epoch are put into
  /// - Throws: ``Failure`` where there can be no files
  static func logger(
    in folder: RunFolder, _ config: RunConfiguration, _ data: RunData, model: AnyVariationalAutoencoder,
    isResumed: Bool
  ) throws(Failure) -> TensorBoardLogger {
    let settings = config.settings
    let old = isResumed ? [] : events(in: folder)
    do {
      let logger = try TensorBoardLogger(
        folder.tensorBoardPath, everySteps: everySteps, hyperparameters: hyperparameters(config.settingsJSON),
        summaries: { tensors in summaries(model, tensors, settings, data) },
        onFailure: { Console.error("Warning: training goes on without TensorBoard's files: \($0)") })
      for file in old { unlink(file) }
      return logger
    } catch {
      throw Failure(error.description)
    }
  }

  private static func summaries(
    _ model: AnyVariationalAutoencoder, _ tensors: [(path: String, value: Tensor)], _ settings: TrainSettings,
    _ data: RunData
  ) -> [Summary] {
    let model = model.loaded(tensors)
    let images = ReconstructedImages(model: model, count: pictured, settings: settings, data: data)
    let source = data.shown
    let context = BatchContext(element: settings.precision.element)
    let (count, size) = (min(encoded, source.count), DataParallel.evaluationSize(elements: source.elementsPerExample))
    let shape = [count, model.encoder.latentSize]
    var mean = JoinedRows(shape, element: context.element)
    var logVariance = JoinedRows(shape, element: context.element)
    for start in stride(from: 0, to: count, by: size) {
      let batch = source.batch(Array(start..<min(start + size, count))[...], in: context)
      let codes = model.encode(batch.values, labels: batch.labels)
      mean.append(codes.mean)
      logVariance.append(codes.logVariance)
    }
    return [
      .image("reconstructions", images.picture()),
      .histogram("latent/mean", mean.tensor), .histogram("latent/log_variance", logVariance.tensor),
    ]
  }

  private static func hyperparameters(_ settings: JSON) -> [(name: String, value: Hyperparameter)] {
    guard case .object(let members) = settings else { return [] }
    return members.compactMap { member in
      switch member.value {
      case .bool(let value): (member.name, .flag(value))
      case .integer(let value): (member.name, .number(Double(value)))
      case .number(let value): (member.name, .number(value))
      case .string(let value): (member.name, .text(value))
      case .null, .array, .object: nil
      }
    }
  }

  /// The files that earlier runs in a folder have left.
  static func events(in folder: RunFolder) -> [String] {
    ["", "/train", "/validation"].flatMap { run in
      let path = folder.tensorBoardPath + run
      return (AtomicFile.names(in: path) ?? []).filter { $0.hasPrefix("events.out.tfevents.") }
        .map { AtomicFile.path($0, in: path) }
    }
  }
}
