import Foundation
import LatentCommand

/// Everything that `--json` holds. `schema` grows by one when a reader of the version before could misread it.
struct Report: Codable {
  static let currentSchema = 1

  var schema = Report.currentSchema
  var fingerprint: Fingerprint
  var settings: [String: String]
  var ceilings: Ceilings
  var epoch: Epoch
  var rows: [Row]
  /// Each thread's rows, added up, in seconds.
  var secondsByThread: [Double]
  var sweeps: [SweepResult] = []
  /// What each rank has done; nil where one process trains.
  var ranks: [Rank]?
  /// What was measured of the network, and what follows from it.
  var network: NetworkReport?
  /// What other numbers of threads would do.
  var schedule: ScheduleReport?

  /// One of several processes.
  struct Rank: Codable {
    var rank: Int
    var host: String
    var threads: Int
    /// Its part of a batch, and of the examples of an epoch.
    var shards: Int
    var images: Int
    /// Of its profile, and what of it the exchanges take on the process's own time line.
    var wallSeconds: Double
    var communicationSeconds: Double
    var waitingSeconds: Double
    var peakResidentBytes: Int

    var computingSeconds: Double { wallSeconds - communicationSeconds - waitingSeconds }
  }

  /// The measured epochs together.
  struct Epoch: Codable {
    var epochs: Int
    var wallSeconds: Double
    /// Medians over the epochs.
    var trainingSeconds: Double
    var validationSeconds: Double
    var imagesPerSecond: Double
    var stepsPerSecond: Double
    /// Processor seconds over wall seconds and threads.
    var utilisation: Double
    var peakResidentBytes: Int
    /// Bytes that workspaces asked the system for in the measured epochs, for each step.
    var allocatedBytesPerStep: Double
    /// Pages that the system mapped anew, for each step.
    var pageFaultsPerStep: Double
    /// Floating-point operations of the products of a training epoch.
    var trainingFlops: Double
    /// How often the profiler read the clock, and seconds that it takes to.
    var marks: Int
    var secondsPerMark: Double
    /// Seconds of each training step.
    var stepSeconds: [Double]
    /// Whether Ctrl-C ended it early.
    var isPartial: Bool

    /// Training FLOP/s.
    var flopRate: Double { trainingFlops / trainingSeconds }
  }

  /// A line of the layer table; a side without calls is nil.
  struct Row: Codable {
    var name: String
    var forward: Side?
    var backward: Side?
    var other: Side?

    struct Side: Codable {
      var seconds: Double
      var calls: Int
      var flops: Double
      var bytes: Double
      /// m, n, k of the usual product.
      var product: [Int]?
      /// Seconds that the machine would need at its ceiling.
      var idealSeconds: Double?
      /// Seconds of each call.
      var samples: [Double]
    }

    var sides: [Side] { [forward, backward, other].compactMap { $0 } }
    var seconds: Double { sides.reduce(0) { $0 + $1.seconds } }
    var samples: [Double] { sides.flatMap(\.samples) }
  }

  /// - Throws: ``Failure`` if the file can't be read or is of a newer schema.
  init(reading path: String) throws(Failure) {
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw Failure("--baseline: cannot read '\(path)': \(Report.reason(error))", code: Failure.usage)
    }
    struct Version: Decodable { let schema: Int }
    guard let version = try? JSONDecoder().decode(Version.self, from: data) else {
      throw Failure("--baseline: '\(path)' is not a result of vae-bench --json", code: Failure.usage)
    }
    guard version.schema <= Report.currentSchema else {
      throw Failure(
        "--baseline: '\(path)' has schema \(version.schema), and this vae-bench reads up to \(Report.currentSchema): "
          + "use the vae-bench that wrote it, or a newer one", code: Failure.usage)
    }
    do { self = try JSONDecoder().decode(Report.self, from: data) } catch {
      throw Failure("--baseline: '\(path)' is damaged: it lacks parts of a result", code: Failure.usage)
    }
  }

  init(
    fingerprint: Fingerprint, settings: [String: String], ceilings: Ceilings, epoch: Epoch, rows: [Row],
    secondsByThread: [Double]
  ) {
    self.fingerprint = fingerprint
    self.settings = settings
    self.ceilings = ceilings
    self.epoch = epoch
    self.rows = rows
    self.secondsByThread = secondsByThread
  }

  /// The file.
  var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
  }

  /// The system's words for why a file can't be used.
  static func reason(_ error: Error) -> String {
    let inner = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    return inner.map { String(cString: strerror(Int32($0.code))) } ?? (error as NSError).localizedDescription
  }
}
