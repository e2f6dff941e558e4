import Latent
import LatentCommand
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
    do { _ = try Threads.fromEnvironment() } catch { throw Failure(error.description, code: Failure.usage) }
    // Before the first product: the first weights, too, are then the same on any number of cores.
    BLAS.useOneThread()
    self.options = options
    settings = TrainSettings(options.experiment, epochs: options.epochs)
    Threads.count = settings.threads
  }

  func run() throws {
    let folder = try RunFolder(path: options.output, force: options.force)
    let data: TrainData
    var model: VariationalAutoencoder<LSTMEncoder, DenseDecoder>
    let config: RunConfiguration
    do {
      data = try TrainData(settings)
      model = try settings.makeModel(for: data.whole)
      config = RunConfiguration(settings: settings, data: data, parameterCount: model.parameterCount)
      try folder.write(config.json(.running), to: .config, isDurable: false)
    } catch {
      folder.removeIfEmpty()
      throw error
    }
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
    let problem = stop?.description ?? results.failure?.message
    results.write(config.json(.ended(results.history, problem: problem)), to: .config)
    if let stop {
      let epochs = results.history.epochs.count
      let weights = epochs == 0 ? "the weights that training started with" : "the weights after epoch \(epochs)"
      let kept =
        results.isKept(.model)
        ? "'\(folder.path(of: .model))' has \(weights)" : results.failure?.message ?? "no weights are kept"
      throw Failure("\(stop); \(kept)")
    }
    reporter.finish(settings, data, results)
    if let failure = results.failure { throw failure }
  }
}
