import Latent
import LatentData
import LatentFiles

/// Keeps ``WeightDigests`` in a file while a trainer works: a line after each step, of 8 hexadecimal digits for each tensor.
///
///     trainer.callbacks.append(DigestFile("runs/1/digests.csv"))
///
/// A fit that begins anew replaces the file; one that goes on from a checkpoint keeps the lines of the steps before. A line
/// is handed to the system at once, before a checkpoint that holds its step, so that a run that is killed has all that it
/// needs to go on. Where the file can't be written, training continues without it.
public final class DigestFile: TrainingCallback {
  /// The path of the file.
  public let path: String
  private let onFailure: @Sendable (FileError) -> Void
  private let isWriting = Locked(false)

  /// - Parameter onFailure: hears once in a fit of a file that can't be written
  public init(_ path: String, onFailure: @escaping @Sendable (FileError) -> Void = { _ in }) {
    self.path = path
    self.onFailure = onFailure
  }

  public func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {
    switch event {
    case .started:
      isWriting.withLock { $0 = true }
      let lines = earlierLines(paths: run.tensors.map(\.path), until: run.resumedAt)
      write { path throws(FileError) in try AtomicFile.write(lines, to: path, isDurable: false) }
    case .stepFinished(let record):
      guard isWriting.withLock({ $0 }) else { return }
      let row = WeightDigests.Row(
        epoch: record.epoch, step: record.step, digests: run.digests.map { UInt32(truncatingIfNeeded: $0) })
      write { path throws(FileError) in try AtomicFile.append(Array(row.line.utf8), to: path) }
    case .validationStarted, .epochFinished, .checkpointWritten, .checkpointFailed, .stopped: break
    }
  }

  /// The file without the lines of steps that are done again.
  private func earlierLines(paths: [String], until place: (epoch: Int, step: Int)?) -> [UInt8] {
    var digests = WeightDigests(paths: paths, rows: [])
    if let place, let earlier = try? WeightDigests(contentsOf: path), earlier.paths == paths {
      digests.rows = earlier.rows.filter { ($0.epoch, $0.step) <= place }
    }
    return Array(digests.csv.utf8)
  }

  private func write(_ body: (String) throws(FileError) -> Void) {
    do { try body(path) } catch {
      isWriting.withLock { $0 = false }
      onFailure(error)
    }
  }
}
