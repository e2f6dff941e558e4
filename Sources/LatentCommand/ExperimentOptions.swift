import ArgumentParser
import Latent
import LatentData
import LatentFiles
import LatentRun
import LatentTraining
import LatentVAE

/// What is trained, on what and how, as the command line gives it: the same for every program.
///
/// An option that a preset may set is optional here, so that an explicit one wins.
package struct ExperimentOptions: ParsableArguments {
  package init() {}

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Where the images come from: \(DataSource.usage()). (default: auto)",
      discussion: """
        fashion-mnist: Debian's package dataset-fashion-mnist. synthetic: digits drawn by the program itself. A folder \
        of IDX files holds train-images-idx3-ubyte and train-labels-idx1-ubyte, or the t10k files, each plain or .gz, or \
        as Kaggle's archive has them. A NumPy file holds bytes, [images, height, width]. auto: fashion-mnist if it is installed, \
        else synthetic.
        """, valueName: "source"),
    transform: ExperimentOptions.source)
  package var data: DataSource?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Use only the first images. (default: all)", valueName: "images"), transform: Parse.count)
  package var limit: Int?

  @OptionGroup package var reading: ReadingOptions

  @Option(
    help: ArgumentHelp(
      "Make the images black and white, so that binary cross-entropy is a likelihood: threshold (white if at least "
        + "half bright) or stochastic (white with the pixel's brightness as probability, drawn again in each "
        + "epoch). (default: grey)",
      valueName: "way"))
  package var binarize: Binarization?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Images in a training step. (default: 256)", valueName: "images"),
    transform: Parse.count)
  package var batchSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Parts in which a batch is computed, one after the other, for batches that do not fit into memory. (default: 1)",
      discussion: "Gradients are those of the whole batch but for rounding; the same number gives the same bits.",
      valueName: "parts"), transform: Parse.count)
  package var accumulate: Int?

  @OptionGroup package var model: ModelOptions

  @Option(
    help: ArgumentHelp(
      "Reconstruction loss, summed over the pixels: bce (binary cross-entropy, nats), mse (squared error), gaussian "
        + "(nats, with a variance that is learned) or another likelihood: gaussian-one, gaussian-feature, gaussian-element, "
        + "laplace, student-t, continuous-bernoulli, poisson, categorical-CLASSES, discretized-logistic-MIXTURES. "
        + "(default: bce)",
      valueName: "loss"), completion: .list(LikelihoodKind.all.map(\.name)), transform: Parse.likelihood)
  package var loss: LikelihoodKind?

  @OptionGroup package var objective: ObjectiveOptions

  @Flag(help: "Condition encoder and decoder on the labels of the training images.")
  package var conditional = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Fraction of the images, the last ones, kept for validation: at least 0, below 1. (default: 0.3)",
      valueName: "fraction"), transform: Parse.fraction)
  package var validationSplit: Double?

  @Option(
    name: [.customLong("test-split"), .customLong("test")], parsing: .unconditional,
    help: ArgumentHelp(
      "Fraction of the images behind those for validation that is kept apart, and measured at the end. (default: 0)",
      valueName: "fraction"), transform: Parse.fraction)
  package var testSplit: Double?

  @Flag(help: "Draw which images are for validation and for the test, by the seed, rather than take the last ones.")
  package var shuffleSplit = false

  @Option(
    help: ArgumentHelp(
      "What makes steps of gradients: adam, adamw, adamax, nadam, radam, sgd, rmsprop, adagrad, adadelta, lion, lamb, muon or "
        + "lookahead. (default: adam)",
      discussion: """
        A learning rate that suits adam seldom suits another: sgd takes some 10 times as much, adadelta 1, lion a \
        third. muon has matrices alone, and leaves the rest to adamw; lookahead is around adam.
        """, valueName: "name"))
  package var optimizer: RunOptimizer?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The optimizer's step size. (default: 0.001)", valueName: "rate"),
    transform: Parse.positive)
  package var learningRate: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seed of the weights, the order of the images and the noise. (default: 0)", valueName: "number"),
    transform: Parse.seed)
  package var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "Use the settings of a run of the reference notebook, and compare with its published losses; or those of anomalies. "
        + "(default: none)",
      discussion: """
        anomalies: of series, for vae-train score: windows of 32 rows, dense layers 64/8/64, 50 epochs of batches of 64, \
        cosine schedule. reference-1: sizes 128/128/8. reference-2: 256/256/16, 50 epochs. reference-3: 256/256/16, split 0.2, \
        without the first 5,000 images. The losses were published for MNIST: give its files with --data. Options on \
        the command line override the preset.
        """, valueName: "name"))
  package var preset: Preset?

  @Option(
    help: ArgumentHelp(
      "Number format of the computation: float32, float64 or bfloat16. (default: float32)",
      discussion: """
        bfloat16: products of matrices multiply numbers rounded to bfloat16, twice as fast with AVX512_BF16, and ten times \
        with AMX; sums, weights and all else stay float32. Both add products up in an order of their own. bfloat16 is the one \
        that this processor is fast at; bfloat16-pairs (AVX512_BF16's) and bfloat16-tiles (AMX's) give the same bits on all.
        """, valueName: "type"))
  package var precision: NumberFormat?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Worker threads. (default: all cores)", discussion: "Of each rank; the ranks of a machine share its cores.",
      valueName: "threads"), transform: Parse.workers)
  package var threads: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Parts that a batch is split into. (default: 8, 4 or 2, by the batch and the model)",
      discussion: "The same seed and shards give the same model, bit for bit, on any number of threads.",
      valueName: "shards"), transform: Parse.workers)
  package var shards: Int?

  /// Where images come from.
  package static func source(_ text: String) throws -> DataSource {
    guard let source = DataSource(text) else {
      throw ValidationError("give \(DataSource.usage())")
    }
    return source
  }
}

extension Binarization: ExpressibleByArgument {}

extension NumberFormat: ExpressibleByArgument {
  public init?(argument: String) { self.init(option: argument) }
  public static var allValueStrings: [String] {
    ["float32", "float64", "bfloat16", "bfloat16-pairs", "bfloat16-tiles"]
  }
}

extension ElementType: ExpressibleByArgument {
  /// By its name.
  public init?(argument: String) {
    guard let element = ElementType.computing.first(where: { $0.description == argument }) else { return nil }
    self = element
  }

  public static var allValueStrings: [String] { computing.map(\.description) }
}

extension ExperimentOptions {
  /// Changes what the command line says; what it does not say stays.
  ///
  /// - Throws: ``Failure`` where options exclude each other
  package func apply(to settings: inout RunSettings) throws(Failure) {
    if let preset { preset.apply(to: &settings) }
    func set<Value>(_ path: WritableKeyPath<RunSettings, Value>, _ value: Value?) {
      if let value { settings[keyPath: path] = value }
    }
    set(\.source.data, data.map(Optional.some))
    set(\.source.limit, limit.map(Optional.some))
    reading.apply(to: &settings.source)
    set(\.source.binarization, binarize.map(Optional.some))
    set(\.source.validationSplit, validationSplit)
    set(\.source.testSplit, testSplit)
    if shuffleSplit { settings.source.shufflesSplit = true }
    guard settings.source.validationSplit + settings.source.testSplit < 1 else {
      throw Failure(
        "--test-split \(settings.source.testSplit) and --validation-split \(settings.source.validationSplit) leave nothing to "
          + "train on", code: Failure.usage)
    }
    set(\.training.batchSize, batchSize)
    set(\.training.optimizer, optimizer?.rawValue)
    set(\.training.learningRate, learningRate)
    set(\.training.seed, seed)
    set(\.training.precision, precision)
    set(\.training.accumulate, accumulate)
    let cuts = batchSize ?? accumulate
    set(
      \.training.shards, shards ?? cuts.map { _ in DataParallel.defaultShards(batchSize: settings.training.partSize) })
    settings.training.threads = threads ?? Processes.world.threads
    try model.apply(to: &settings)
    if conditional { settings.model.isConditional = true }
    settings.objective.loss = loss ?? settings.objective.loss
    do throws(RunRecordError) {
      try settings.objective.choose(objective.values, named: ExperimentOptions.option)
    } catch {
      throw Failure("\(error)", code: Failure.usage)
    }
  }

  /// The settings that the command line asks for.
  ///
  /// - Throws: ``Failure`` where options exclude each other
  package func settings(epochs: Int? = nil) throws(Failure) -> RunSettings {
    var settings = RunSettings()
    try apply(to: &settings)
    settings.training.epochs = epochs ?? settings.training.epochs
    return settings
  }

  /// The option of a setting: `--kl-warm-up` for `kl_warm_up`.
  package static func option(_ setting: String) -> String { "--" + setting.replacing("_", with: "-") }
}

extension RunOptimizer: ExpressibleByArgument {
  public init?(argument: String) { self.init(named: argument) }
  public static var allValueStrings: [String] { allCases.map(\.name) }
}
