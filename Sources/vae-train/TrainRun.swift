import Latent
import LatentData
import LatentReport
import LatentTraining
import LatentVAE

/// One training run from its options to its folder of results.
struct TrainRun {
  private let settings: TrainSettings
  private let options: TrainOptions

  init(_ options: TrainOptions) throws {
    do { _ = try InstructionSet.fromEnvironment() } catch { throw Failure(error.description, code: Failure.usage) }
    self.options = options
    settings = TrainSettings(options)
  }

  func run() throws {
    let folder = try RunFolder(path: options.output, force: options.force)
    let data: TrainData
    var model: VariationalAutoencoder<LSTMEncoder, DenseDecoder>
    do {
      data = try TrainData(settings)
      model = try settings.makeModel(for: data.whole)
    } catch {
      folder.removeIfEmpty()
      throw error
    }
    let config = RunConfiguration(settings: settings, data: data, parameterCount: model.parameterCount)
    try folder.write(config.json(.running), to: .config)

    let reporter = ConsoleReporter(isQuiet: options.quiet, showsProgress: !options.noProgress)
    reporter.start(settings, data, parameterCount: model.parameterCount, folder: folder.path)
    var results = RunResults(folder: folder)
    var trainer = Trainer(
      optimizer: Adam(learningRate: settings.learningRate), batchSize: min(settings.batchSize, data.whole.count),
      seed: settings.seed, threads: settings.threads, shards: min(settings.shards, settings.batchSize))
    var stop: TrainingError?
    do {
      _ = try trainer.fit(&model, to: data.training, validation: data.validation, epochs: settings.epochs) { event in
        reporter.hear(event)
        if case .epochFinished(let record) = event { results.add(record) }
      }
    } catch let error as TrainingError {
      stop = error
    }
    reporter.clear()

    results.write(model, settings: settings, data: data)
    results.write(config.json(.ended(results.history, stop: stop)), to: .config)
    if let stop {
      let epochs = results.history.epochs.count
      let weights = epochs == 0 ? "the weights that training started with" : "the weights after epoch \(epochs)"
      throw Failure("\(stop); " + (results.isKept(.model) ? "'\(folder.path(of: .model))' has \(weights)" : ""))
    }
    reporter.finish(settings, data, results)
    if let failure = results.failure { throw failure }
  }
}
