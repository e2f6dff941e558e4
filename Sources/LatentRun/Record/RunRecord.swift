import Latent
import LatentData
import LatentFiles
import LatentReport
import LatentTraining

/// A run: what made it, what it is made of, and what has come of it. Everything that is said about a run's settings follows
/// from here: `config.json`, what a checkpoint belongs to, what may change where a run goes on, the tables of its page,
/// TensorBoard's hyper-parameters, the lines on the terminal, and what two runs differ in.
///
///     let record = try RunRecord(contentsOf: "runs/first")
///     print(record.settings.training.seed, record.results?.validation?.total ?? .nan)
public struct RunRecord: Sendable {
  /// How far a run is.
  public enum Status: Sendable, Equatable {
    /// Nothing has been done yet, and what else its folder holds is of an earlier run.
    case starting
    case running
    /// It came to its end.
    case finished
    /// It ended before, or something could not be written.
    case stopped(String)
  }

  /// The program that made it.
  public var program: String
  /// How far it is.
  public var status = Status.starting
  /// When it was started or went on last: `2026-01-31T23:59:59.123+01:00`.
  public var started: String
  /// The program's command line.
  public var arguments: [String]?
  /// The folder that paths are relative to.
  public var workingFolder: String?
  /// Of the parts that results may depend on.
  public var versions = Versions()
  /// Where it runs.
  public var machine = MachineRecord()
  /// How it is made.
  public var settings = RunSettings()
  /// What it was made of; nil before the data are read.
  public var data: DataRecord?
  /// What has come of it; nil before its end.
  public var results: Results?

  /// A run that starts now on this machine.
  ///
  /// - Parameters:
  ///   - program: the name of the program
  ///   - arguments: its command line, where that makes the run again
  public init(_ settings: RunSettings = RunSettings(), program: String? = nil, arguments: [String]? = nil) {
    self.settings = settings
    self.program = program ?? Machine.programName
    self.arguments = arguments
    started = LocalTime.now.timestamp
    workingFolder = Machine.workingFolder
    (versions, machine) = (.now, .now)
  }

  /// The seconds from 1970 (UTC) to its start; nil where it says no time.
  package var startSeconds: Double? { LocalTime.seconds(timestamp: started) }
}

extension RunRecord {
  /// Versions of the parts that results may depend on.
  public struct Versions: RunPart {
    /// Of Latent.
    public var latent: String?
    /// Of the Swift compiler that made the program.
    public var swift: String?
    /// Of OpenBLAS, as it calls itself.
    public var openBLAS: String?

    public init() {}

    /// Those of this process.
    static var now: Versions {
      var versions = Versions()
      (versions.latent, versions.swift, versions.openBLAS) = (LatentVersion.current, Machine.swiftVersion, BLAS.version)
      return versions
    }

    package static var title: String { "Machine" }

    package static var fields: [RunField<Self>] {
      [
        RunField("latent", optional: \.latent, .free), RunField("swift", optional: \.swift, .free),
        RunField("openblas", optional: \.openBLAS, .free),
      ]
    }
  }

  /// The machine that a run is made on.
  public struct MachineRecord: RunPart {
    /// Its name.
    public var processor: String?
    /// Cores that the process may use.
    public var cores: Int?
    /// How many processors' time a container or a service lets it use.
    public var processorQuota: Double?
    /// The one that the kernels use.
    public var instructionSet: String?
    /// The processor that OpenBLAS takes this one for.
    public var openBLASKernel: String?
    /// Processes that share each batch, on so many machines; nil where there is one.
    public var ranks: Int?
    /// Machines that they run on.
    public var hosts: Int?

    public init() {}

    /// This machine.
    static var now: MachineRecord {
      var machine = MachineRecord()
      (machine.processor, machine.cores, machine.processorQuota) = (
        Machine.processor, Machine.cores, Machine.processorQuota
      )
      (machine.instructionSet, machine.openBLASKernel) = ("\(InstructionSet.selected)", BLAS.kernel)
      return machine
    }

    package static var title: String { "Machine" }

    package static var fields: [RunField<Self>] {
      [
        RunField("processor", optional: \.processor, .free), RunField("cores", optional: \.cores, .free),
        RunField("processor_quota", optional: \.processorQuota, .free),
        RunField("instruction_set", optional: \.instructionSet, .free),
        RunField("openblas_kernel", optional: \.openBLASKernel, .free),
        RunField("ranks", optional: \.ranks, .free), RunField("hosts", optional: \.hosts, .free),
      ]
    }
  }

  /// The examples of a run. They are known by what they hold.
  public struct DataRecord: RunPart {
    /// The data set's name.
    public var name: String?
    /// SHA-256 of the examples.
    public var sha256: String?
    /// SHA-256 of the labels, where the weights depend on them.
    public var labelsSHA256: String?
    /// Where they are from, for people.
    public var provenance: String?
    /// Rows of an image, or steps of a series.
    public var height: Int?
    /// Pixels of a row, or features of a step.
    public var width: Int?
    /// The names of a series' features.
    public var columns: [String]?
    /// What the numbers of a text's tokens stand for.
    public var vocabulary: Vocabulary?
    /// How its numbers become those that the model reads, as fitted on what it learns from.
    public var scaling: Scaling?
    /// Examples that the model learns from.
    public var trainingExamples: Int?
    /// Examples that are kept for validation.
    public var validationExamples: Int?
    /// Examples that are kept apart for a test.
    public var testExamples: Int?

    public init() {}

    package static var title: String { "Data" }

    package static var fields: [RunField<Self>] {
      [
        RunField("name", optional: \.name, .weights(as: "data")),
        RunField("sha256", optional: \.sha256, .weights(as: "data_sha256")),
        RunField("labels_sha256", optional: \.labelsSHA256, .weights()),
        RunField("provenance", optional: \.provenance, .free), RunField("height", optional: \.height, .implied),
        RunField("width", optional: \.width, .implied),
        RunField("feature_names", optional: \.columns, .weights()),
        RunField("vocabulary", optional: \.vocabulary, .weights()),
        RunField("scaling", optional: \.scaling, .weights()),
        RunField("training_images", optional: \.trainingExamples, .weights()),
        RunField("validation_images", optional: \.validationExamples, .implied),
        RunField("test_images", optional: \.testExamples, .implied),
      ]
    }
  }

  /// What has come of a run.
  public struct Results: RunPart {
    /// Finished epochs.
    public var epochs = 0
    /// The one with the lowest loss that is watched.
    public var bestEpoch: Int?
    /// The one whose weights `model.safetensors` has.
    public var weightsEpoch: Int?
    /// Trainable numbers of the model.
    public var parameters: Int?
    /// Losses of the last epoch's training.
    public var training: Losses?
    /// Losses of the last epoch's validation.
    public var validation: Losses?
    /// Losses of what was kept apart, with the weights of `model.safetensors`.
    public var test: Losses?
    /// Wall-clock time of this process's part.
    public var seconds: Double?
    /// In training, of the last epoch.
    public var examplesPerSecond: Double?
    /// The most memory that the process has had, in bytes.
    public var peakResidentBytes: Int?

    public init() {}

    package static var title: String { "Results" }

    package static var fields: [RunField<Self>] {
      [
        RunField("epochs", \.epochs, .free, .index), RunField("best_epoch", optional: \.bestEpoch, .free),
        RunField("weights_epoch", optional: \.weightsEpoch, .free),
        RunField("parameters", optional: \.parameters, .free),
        RunField("training", optional: \.training, .free), RunField("validation", optional: \.validation, .free),
        RunField("test", optional: \.test, .free),
        RunField("seconds", optional: \.seconds, .free),
        RunField("images_per_second", optional: \.examplesPerSecond, .free),
        RunField("peak_resident_bytes", optional: \.peakResidentBytes, .free),
      ]
    }
  }
}

extension RunRecord.Status: RunValue {
  package var json: JSON { .string(description) }

  package init(json: JSON) throws(RunRecordError) {
    switch try String(json: json) {
    case "starting": self = .starting
    case "running": self = .running
    case "finished": self = .finished
    case let reason: self = .stopped(reason)
    }
  }
}

extension RunRecord.Status: CustomStringConvertible {
  /// `running`, or why it stopped
  public var description: String {
    switch self {
    case .starting: "starting"
    case .running: "running"
    case .finished: "finished"
    case .stopped(let reason): reason
    }
  }
}

extension RunRecord.DataRecord {
  /// What a data set holds.
  ///
  /// - Parameters:
  ///   - training: of its examples, those to train on
  ///   - validation: those that are kept for validation; the rest where left out
  ///   - test: those that are kept apart for a test
  ///   - isConditional: whether the weights depend on the labels
  package init(
    _ data: some Dataset, training: Int, validation: Int? = nil, test: Int = 0, isConditional: Bool
  ) {
    (name, sha256, provenance) = (data.name, data.sha256, data.provenance)
    if case .image(let height, let width, _) = data.shape { (self.height, self.width) = (height, width) }
    (trainingExamples, validationExamples) = (training, validation ?? data.count - training)
    testExamples = test > 0 ? test : nil
    let own = AnyDataset(data).base
    (columns, scaling) = ((own as? SeriesDataset)?.columnNames, (own as? any ScalableData)?.scaling)
    vocabulary = (own as? TextDataset)?.vocabulary
    if isConditional { labelsSHA256 = data.labelsSHA256 }
  }
}
