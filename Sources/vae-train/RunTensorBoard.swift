import Latent
import LatentCommand
import LatentData
import LatentFiles
import LatentReport
import LatentRun
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
  /// - Throws: ``Failure`` where there can be no files
  static func logger(of run: Run, _ exhibit: Exhibit) throws(Failure) -> TensorBoardLogger {
    let old = run.checkpoint != nil ? [] : events(in: run.folder)
    do {
      let metadata = run.identity
      let logger = try TensorBoardLogger(
        run.folder.tensorBoardPath, everySteps: everySteps,
        hyperparameters: run.record.hyperparameters.compactMap { setting in
          Hyperparameter(setting.value).map { (setting.name, $0) }
        },
        summaries: { tensors in summaries(tensors, of: exhibit, metadata: metadata) },
        onFailure: { Console.error("Warning: training continues without TensorBoard's files: \($0)") })
      for file in old { unlink(file) }
      return logger
    } catch {
      throw Failure("\(error)")
    }
  }

  private static func summaries(
    _ tensors: [(path: String, value: Tensor)], of exhibit: Exhibit, metadata: [String: String]
  ) -> [Summary] {
    let picture = exhibit.picture(tensors, metadata: metadata, count: pictured)
    let (model, source) = (exhibit.model(tensors), exhibit.shown)
    let context = BatchContext(element: exhibit.element)
    let (count, size) = (min(encoded, source.count), DataParallel.evaluationSize(elements: source.elementsPerExample))
    let shape = [count, model.encoder.latentSize]
    var mean = JoinedRows(shape, element: context.element)
    var logVariance = JoinedRows(shape, element: context.element)
    for start in stride(from: 0, to: count, by: size) {
      let batch = source.batch(Array(start..<min(start + size, count))[...], in: context)
      let codes = model.encode(batch)
      mean.append(codes.mean)
      logVariance.append(codes.logVariance)
    }
    return (picture.map { [.image("reconstructions", $0)] } ?? []) + [
      .histogram("latent/mean", mean.tensor), .histogram("latent/log_variance", logVariance.tensor),
    ]
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

extension Hyperparameter {
  /// A setting of a record; nil for what is not used or not a single value.
  fileprivate init?(_ value: JSON) {
    switch value {
    case .bool(let value): self = .flag(value)
    case .integer(let value): self = .number(Double(value))
    case .number(let value): self = .number(value)
    case .string(let value): self = .text(value)
    case .null, .array, .object: return nil
    }
  }
}
