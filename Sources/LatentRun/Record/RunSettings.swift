import Latent
import LatentData
import LatentReport
import LatentTraining
import LatentVAE

/// How a run is to be made: all of its settings, each in one place. A new value has the defaults of `vae-train`.
///
/// In `config.json` they are one object, in the order of `fields`; what is not used is null.
public struct RunSettings: Sendable {
  /// What it is trained on.
  public var source = Source()
  /// What is trained.
  public var model = Model()
  /// What is minimised.
  public var objective = Objective()
  /// How.
  public var training = Training()
  /// What steers it.
  public var steering = Steering()
  /// What it keeps.
  public var keeping = Keeping()

  public init() {}
}

extension RunSettings: RunPart {
  package static var title: String { "Settings" }

  package static var fields: [RunField<RunSettings>] {
    Source.fields.map { $0.of(\.source) } + Model.fields.map { $0.of(\.model) }
      + Objective.fields.map { $0.of(\.objective) } + Training.fields.map { $0.of(\.training) }
      + Steering.fields.map { $0.of(\.steering) } + Keeping.fields.map { $0.of(\.keeping) }
  }
}

extension RunSettings {
  /// How its examples are parted.
  package var split: DataSplit {
    DataSplit(
      validation: source.validationSplit, test: source.testSplit,
      shuffleSeed: source.shufflesSplit ? training.seed : nil)
  }

  /// What settings of a file must not be.
  ///
  /// - Throws: ``RunRecordError`` for those that exclude each other
  package func check() throws(RunRecordError) {
    try objective.check { "settings.\($0)" }
    try steering.check { "settings.\($0)" }
    if source.validationSplit + source.testSplit >= 1 {
      throw RunRecordError("settings.validation_split and settings.test_split are together not below 1")
    }
    if model.recipe == nil && model.plan == nil {
      throw RunRecordError("settings.plan is null, and without settings.recipe it is not known what the model is")
    }
  }

  /// What a model is trained on. What the data hold is in ``RunRecord/data``.
  public struct Source: RunPart {
    /// Where examples come from; nil for data of a program's own.
    public var data: DataSource? = .auto
    /// Only so many of the first examples.
    public var limit: Int?
    /// First examples left out.
    public var dropped = 0
    /// How tables of numbers become examples.
    public var series = SeriesReading()
    /// How pictures become examples.
    public var images = ImageReading()
    /// What a token of texts is; nil where examples are no texts.
    public var tokens: Vocabulary.Kind?
    /// Which array of a file that has several.
    public var array: String?
    /// How numbers become those that the model reads; nil as their kind asks for (standard for what has units, none for images).
    public var scaling: Scaling.Kind?
    /// How images are made black and white.
    public var binarization: Binarization?
    /// How the examples that are learned from are changed by chance.
    public var augmentation: Augmentation?
    /// The last fraction of the examples, for validation.
    public var validationSplit = 0.3
    /// The fraction behind that one, which is kept apart until the end.
    public var testSplit = 0.0
    /// Whether the parts are drawn, by the seed.
    public var shufflesSplit = false

    public init() {}

    /// How the source is read.
    public var reading: Reading {
      var reading = Reading(limit: limit.map { $0 + dropped })
      (reading.series, reading.images, reading.array) = (series, images, array)
      reading.text = tokens.map { TextReading(tokens: $0) }
      return reading
    }

    package static var title: String { "Data" }

    package static var fields: [RunField<Self>] {
      [
        RunField("data", optional: \.data, .free), RunField("limit", optional: \.limit, .free, .count),
        RunField("dropped_images", \.dropped, .weights(), .index),
        RunField("tokens", optional: \.tokens, .implied),
        RunField("time_column", optional: \.series.timeColumn, .implied),
        RunField("columns", optional: \.series.columns, .implied),
        RunField("label_column", optional: \.series.labelColumn, .implied),
        RunField("window", optional: \.series.window, .implied, .count),
        RunField("pad", \.series.isPadded, .implied, isUsed: { $0.series.isPadded }),
        RunField("stride", optional: \.series.stride, .implied, .count),
        RunField("period", optional: \.series.period, .implied, .positive),
        RunField("gaps", \.series.gaps, .implied, isUsed: { $0.series.makesWindows }),
        RunField("strict", \.series.isStrict, .free, isUsed: { $0.series.isStrict }),
        RunField("array", optional: \.array, .implied), RunField("colour", optional: \.images.colour, .implied),
        RunField("size", optional: \.images.size, .implied),
        RunField("scale", optional: \.scaling, .weights()),
        RunField("binarize", optional: \.binarization, .weights()),
        RunField("augment", optional: \.augmentation, .weights()),
        RunField("validation_split", \.validationSplit, .weights(), .fraction),
        RunField("test_split", \.testSplit, .weights(), .fraction, isUsed: { $0.testSplit > 0 }),
        RunField("shuffle_split", \.shufflesSplit, .weights(), isUsed: { $0.shufflesSplit }),
      ]
    }
  }

  /// How weights are found.
  public struct Training: RunPart {
    /// The optimizer's type: a ``RunOptimizer``, or any of a program of one's own.
    public var optimizer = "Adam"
    /// Passes over the examples.
    public var epochs = 30
    /// B
    public var batchSize = 256
    /// Parts that a batch is computed in, one after the other.
    public var accumulate = 1
    /// The rate, or a schedule's highest.
    public var learningRate = 0.001
    /// Of the first weights, the order of the examples and all noise.
    public var seed: UInt64 = 0
    /// The numbers that are computed with.
    public var precision = NumberFormat.float32
    /// Worker threads, which change nothing but the time.
    public var threads = Machine.cores
    /// Parts that a batch is cut into.
    public var shards = DataParallel.defaultShards(batchSize: 256)
    /// The published run whose settings these began with.
    public var preset: String?

    public init() {}

    /// Examples that are computed together.
    package var partSize: Int { max(1, (batchSize + accumulate - 1) / accumulate) }

    package static var title: String { "Training" }

    package static var fields: [RunField<Self>] {
      [
        RunField("optimizer", \.optimizer, .weights(), isUsed: { $0.optimizer != "Adam" }),
        RunField("epochs", \.epochs, .free, .count), RunField("batch_size", \.batchSize, .weights(), .count),
        RunField("accumulate", \.accumulate, .weights(), .count, isUsed: { $0.accumulate > 1 }),
        RunField("learning_rate", \.learningRate, .weights(), .positive), RunField("seed", \.seed, .weights()),
        RunField("precision", \.precision, .weights()), RunField("threads", \.threads, .free, .workers),
        RunField("shards", \.shards, .weights(), .workers), RunField("preset", optional: \.preset, .free),
      ]
    }
  }

  /// What a run writes beside its results.
  public struct Keeping: RunPart {
    /// Steps from one checkpoint to the next; nil for an epoch.
    public var checkpointEvery: Int?
    /// Number of checkpoints to keep, the newest ones.
    public var keep = 2
    /// Whether the best epoch's weights are kept in `best.safetensors`.
    public var saveBest = false
    /// Whether the model is measured after each epoch.
    public var measure = false
    /// Whether a program that can writes files for TensorBoard.
    public var tensorboard = false

    public init() {}

    package static var title: String { "Files" }

    package static var fields: [RunField<Self>] {
      [
        RunField("checkpoint_every", optional: \.checkpointEvery, .free, .count),
        RunField("keep", \.keep, .free, .count),
        RunField("save_best", \.saveBest, .fixed), RunField("measure", \.measure, .free),
        RunField("tensorboard", \.tensorboard, .free),
      ]
    }
  }
}
