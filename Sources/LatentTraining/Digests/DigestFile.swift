import Latent
import LatentData

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Keeps ``WeightDigests`` in a file while a trainer works: a line after each step, of 8 hexadecimal digits for each tensor.
///
///     trainer.callbacks.append(DigestFile("runs/1/digests.csv", resuming: checkpoint))
///
/// A line is handed to the system at once, before a checkpoint that holds its step, so that a run that is killed has all
/// that it needs to go on. Where the file can't be written, training goes on without it.
public final class DigestFile: TrainingCallback {
  /// The path of the file.
  public let path: String
  /// How far the run is already: steps after it are done again, and their lines go.
  private let start: (epoch: Int, step: Int)?
  private let onFailure: @Sendable (WeightDigestsError) -> Void
  private let file = Locked<State>(.new)

  private enum State {
    case new, failed
    case open(Int32)
  }

  /// - Parameters:
  ///   - checkpoint: what the run goes on from; without one, a file that is there is replaced when training starts
  ///   - onFailure: hears once of a file that can't be written
  public init(
    _ path: String, resuming checkpoint: Checkpoint? = nil,
    onFailure: @escaping @Sendable (WeightDigestsError) -> Void = { _ in }
  ) {
    self.path = path
    start = checkpoint.map { ($0.progress.epoch, $0.progress.step) }
    self.onFailure = onFailure
  }

  deinit { if case .open(let descriptor) = file.withLock({ $0 }) { close(descriptor) } }

  public func hear(_ event: TrainingEvent, _ run: inout TrainingRun) {
    switch event {
    case .started: open(paths: run.tensors.map(\.path))
    case .stepFinished(let record):
      guard case .open(let descriptor) = file.withLock({ $0 }) else { return }
      let row = WeightDigests.Row(
        epoch: record.epoch, step: record.step, digests: run.digests.map { UInt32(truncatingIfNeeded: $0) })
      write(row.line, to: descriptor)
    case .validationStarted, .epochFinished, .checkpointWritten, .checkpointFailed, .stopped: break
    }
  }

  /// The file with the lines of earlier steps alone.
  private func open(paths: [String]) {
    var digests = WeightDigests(paths: paths, rows: [])
    if let start, let earlier = try? WeightDigests(contentsOf: path), earlier.paths == paths {
      digests.rows = earlier.rows.filter { ($0.epoch, $0.step) <= start }
    }
    do throws(AtomicFile.Failure) {
      try AtomicFile.write(Array(digests.csv.utf8), to: path, isDurable: false)
    } catch {
      return fail(error.description)
    }
    let descriptor = openToAppend(path)
    guard descriptor >= 0 else { return fail(String(cString: strerror(errno))) }
    file.withLock { $0 = .open(descriptor) }
  }

  private func write(_ line: String, to descriptor: Int32) {
    var rest = Array(line.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress!, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 {
        let reason = String(cString: strerror(errno))
        close(descriptor)
        return fail(reason)
      }
      rest = rest.dropFirst(count)
    }
  }

  private func fail(_ reason: String) {
    file.withLock { $0 = .failed }
    onFailure(WeightDigestsError(file: path, reason: reason))
  }
}

/// `open(2)` and `write(2)`, which methods of the same names hide.
private func openToAppend(_ path: String) -> Int32 { open(path, O_WRONLY | O_APPEND | O_CLOEXEC) }
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int { write(file, bytes, count) }
