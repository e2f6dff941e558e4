import ArgumentParser
import Latent
import LatentRun

/// How a model learns from the data: what is kept apart, the optimizer, the seed, and how it is computed.
package struct TrainingOptions: ParsableArguments {
  package init() {}

  @Flag(help: "Condition encoder and decoder on the labels of the training images.")
  var conditional = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Fraction of the images, the last ones, kept for validation: at least 0, below 1. (default: 0.3)",
      valueName: "fraction"), transform: Parse.fraction)
  var validationSplit: Double?

  @Option(
    name: [.customLong("test-split"), .customLong("test")], parsing: .unconditional,
    help: ArgumentHelp(
      "Fraction of the images behind those for validation that is kept apart, and measured at the end. (default: 0)",
      valueName: "fraction"), transform: Parse.fraction)
  var testSplit: Double?

  @Flag(help: "Draw which images are for validation and for the test, by the seed, rather than take the last ones.")
  var shuffleSplit = false

  @Option(
    help: ArgumentHelp(
      "What makes steps of gradients: adam, adamw, adamax, nadam, radam, sgd, rmsprop, adagrad, adadelta, lion, lamb, muon or "
        + "lookahead. (default: adam)",
      discussion: """
        A learning rate that suits adam seldom suits another: sgd takes some 10 times as much, adadelta 1, lion a \
        third. muon has matrices alone, and leaves the rest to adamw; lookahead is around adam.
        """, valueName: "name"))
  var optimizer: RunOptimizer?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The optimizer's step size. (default: 0.001)", valueName: "rate"),
    transform: Parse.positive)
  var learningRate: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seed of the weights, the order of the images and the noise. (default: 0)", valueName: "number"),
    transform: Parse.seed)
  var seed: UInt64?

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
  var preset: Preset?

  @Option(
    help: ArgumentHelp(
      "Number format of the computation: float32, float64 or bfloat16. (default: float32)",
      discussion: """
        bfloat16: products of matrices multiply numbers rounded to bfloat16, twice as fast with AVX512_BF16, and ten times \
        with AMX; sums, weights and all else stay float32. Both add products up in an order of their own. bfloat16 is the one \
        that this processor is fast at; bfloat16-pairs (AVX512_BF16's) and bfloat16-tiles (AMX's) give the same bits on all.
        """, valueName: "type"))
  var precision: NumberFormat?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Worker threads. (default: all cores)", discussion: "Of each rank; the ranks of a machine share its cores.",
      valueName: "threads"), transform: Parse.workers)
  var threads: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Parts that a batch is split into. (default: 8, 4 or 2, by the batch and the model)",
      discussion: "The same seed and shards give the same model, bit for bit, on any number of threads.",
      valueName: "shards"), transform: Parse.workers)
  package var shards: Int?

  /// Changes what the command line says.
  ///
  /// - Throws: ``Failure`` where nothing is left to train on
  func apply(to settings: inout RunSettings) throws(Failure) {
    if conditional { settings.model.isConditional = true }
    var source = settings.source
    source.validationSplit = validationSplit ?? source.validationSplit
    source.testSplit = testSplit ?? source.testSplit
    source.shufflesSplit = shuffleSplit || source.shufflesSplit
    guard source.validationSplit + source.testSplit < 1 else {
      throw Failure(
        "--test-split \(source.testSplit) and --validation-split \(source.validationSplit) leave nothing to train on",
        code: Failure.usage)
    }
    settings.source = source
    var training = settings.training
    training.optimizer = optimizer?.rawValue ?? training.optimizer
    training.learningRate = learningRate ?? training.learningRate
    training.seed = seed ?? training.seed
    training.precision = precision ?? training.precision
    training.threads = threads ?? Processes.world.threads
    training.shards = shards ?? training.shards
    settings.training = training
  }
}

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

extension RunOptimizer: ExpressibleByArgument {
  public init?(argument: String) { self.init(named: argument) }
  public static var allValueStrings: [String] { allCases.map(\.name) }
}
