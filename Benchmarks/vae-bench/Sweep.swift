import ArgumentParser
import Foundation
import Latent
import LatentCommand
import LatentRun

/// A setting and the values to measure it at.
struct Sweep: Sendable {
  enum Key: String, CaseIterable, Sendable {
    case batchSize = "batch-size"
    case hiddenSize = "hidden-size"
    case threads
    case sequenceLength = "sequence-length"
  }

  let key: Key
  let values: [Int]

  /// From `batch-size=32,256`.
  init(argument: String) throws {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let key = Key(rawValue: String(parts[0])) else {
      throw ValidationError("'\(parts[0])' can't be swept: \(Key.allCases.map(\.rawValue).joined(separator: ", ")) can")
    }
    guard parts.count == 2 else { throw ValidationError("give values, as in \(key.rawValue)=1,2") }
    self.key = key
    values = try parts[1].split(separator: ",", omittingEmptySubsequences: false).map {
      key == .threads ? try Parse.workers(String($0)) : try Parse.size(String($0))
    }
  }

  /// - Throws: ``Failure`` where a value can't be measured on this machine.
  func check() throws(Failure) {
    if key == .threads, let most = values.max(), most > Machine.cores {
      throw Failure(
        "--sweep threads=\(most): this process may use \(Machine.coresText); give at most so many threads",
        code: Failure.usage)
    }
  }

  /// Measures each value in a process of its own, so that its peak memory is its own too.
  ///
  /// - Parameter progress: told before each
  func run(_ progress: (String) -> Void) throws -> SweepResult {
    var result = SweepResult(key: key.rawValue)
    for value in values where !Interrupt.happened {
      progress("measuring \(key.rawValue) \(value)")
      let file = NSTemporaryDirectory() + "vae-bench-\(UUID().uuidString).json"
      defer { unlink(file) }
      let process = try OwnProgram.start(
        Sweep.ownArguments + ["--\(key.rawValue)", "\(value)", "--json", file], output: .nullDevice)
      do { try process.wait() } catch is ExitCode { break }
      guard process.terminationStatus == 0 else {
        throw Failure("--sweep \(key.rawValue)=\(value) failed (its message is above)", code: process.terminationStatus)
      }
      result.points.append(SweepResult.Point(value: value, report: try Report(reading: file)))
    }
    return result
  }

  /// This run's arguments without those that only it follows.
  private static var ownArguments: [String] {
    let dropped = ["--sweep", "--json", "--csv", "--trace", "--baseline", "--fail-over"]
    var kept: [String] = []
    var skips = false
    for argument in CommandLine.arguments.dropFirst() {
      if skips {
        skips = false
      } else if dropped.contains(argument) {
        skips = true
      } else if !dropped.contains(where: { argument.hasPrefix($0 + "=") }) && argument != "--markdown" {
        kept.append(argument)
      }
    }
    return kept
  }

  /// The images, read in `sequenceLength` steps.
  static func reshaped(_ data: RunData, sequenceLength: Int?) throws(Failure) -> RunData {
    guard let steps = sequenceLength else { return data }
    guard case .image(let height, let width, channels: 1) = data.whole.shape else {
      throw Failure("--sequence-length: the examples are no grey images", code: Failure.usage)
    }
    let pixels = height * width
    guard pixels % steps == 0 else {
      throw Failure(
        "--sequence-length \(steps) does not divide the \(pixels) pixels of an image: give a divisor",
        code: Failure.usage)
    }
    return data.reshaped(height: steps, width: pixels / steps)
  }
}

/// What a sweep measured.
struct SweepResult: Codable {
  struct Point: Codable {
    let value: Int
    let trainingSeconds: Double
    let imagesPerSecond: Double
    let flopRate: Double
    /// Of the multiply-add peak of all threads.
    let peakShare: Double
    let peakResidentBytes: Int

    init(value: Int, report: Report) {
      self.value = value
      trainingSeconds = report.epoch.trainingSeconds
      imagesPerSecond = report.epoch.imagesPerSecond
      flopRate = report.epoch.flopRate
      peakShare = report.epoch.flopRate / report.ceilings.peakAll
      peakResidentBytes = report.epoch.peakResidentBytes
    }
  }

  let key: String
  var points: [Point] = []

  init(key: String) { self.key = key }

  /// p of seconds = c value^p.
  var timeExponent: Double? { Statistics.exponent(points.map { (Double($0.value), $0.trainingSeconds) }) }
  /// p of bytes = c value^p.
  var memoryExponent: Double? { Statistics.exponent(points.map { (Double($0.value), Double($0.peakResidentBytes)) }) }
}
