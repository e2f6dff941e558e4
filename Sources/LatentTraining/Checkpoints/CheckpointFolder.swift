import Latent
import LatentData
import LatentFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where a run's checkpoints go, how often one is written, and how many are kept.
///
///     trainer.checkpoints = CheckpointFolder("runs/1/checkpoints", everySteps: 500)
///     try trainer.fit(&model, to: images, epochs: 30, resuming: trainer.checkpoints!.newest().checkpoint)
///
/// A loop of one's own writes what ``Checkpoint/init(of:optimizer:epoch:step:optimizers:average:settings:notes:)`` makes.
///
/// A checkpoint is written whole or not at all, and is on the disk before older ones go. One that is written is the newest:
/// those in the folder that are further belong to a run that began anew, or went on from before them, and go too.
public struct CheckpointFolder: Sendable {
  /// The folder, made where it is not there.
  public let path: String
  /// Steps of training from one checkpoint to the next; nil writes one after each epoch.
  public let everySteps: Int?
  /// How many of the newest are kept, at least 1.
  public let keep: Int
  /// What the program's runs depend on beside the trainer's own settings; see ``Checkpoint/settings``.
  public var settings: [String: String]
  /// What the program wants to find again; see ``Checkpoint/notes``.
  public var notes: [String: String]

  public init(
    _ path: String, everySteps: Int? = nil, keep: Int = 2, settings: [String: String] = [:],
    notes: [String: String] = [:]
  ) {
    require(
      keep >= 1 && everySteps ?? 1 >= 1,
      "CheckpointFolder: every \(everySteps ?? 1) steps, keep \(keep); at least 1 of each")
    self.path = path
    self.everySteps = everySteps
    self.keep = keep
    self.settings = settings
    self.notes = notes
  }

  /// The folder that a run's own folder has for them.
  package static func path(inRun folder: String) -> String { AtomicFile.path("checkpoints", in: folder) }

  /// Writes a checkpoint, and removes the oldest beyond those to keep.
  ///
  /// - Returns: its path
  /// - Throws: ``LatentFiles/FileError``; the older ones are as they were then.
  @discardableResult
  public func write(_ checkpoint: Checkpoint) throws(FileError) -> String {
    mkdir(path, 0o777)
    let (epoch, step) = (checkpoint.progress.epoch, checkpoint.progress.step)
    let file = path + "/" + Self.prefix + Self.padded(epoch, 6) + "-" + Self.padded(step, 9) + Self.suffix
    try AtomicFile.write(checkpoint.fileBytes(), to: file)
    let all = numbered()
    let later = all.firstIndex { $0.place > (epoch, step) } ?? all.count
    for other in all[..<later].dropLast(keep) + all[later...] { unlink(other.path) }
    return file
  }

  /// The newest checkpoint that is whole, and what is wrong with those that are newer; nil where there is none.
  public func newest() -> (checkpoint: Checkpoint?, path: String?, damaged: [FileError]) {
    var damaged: [FileError] = []
    for file in files().reversed() {
      do { return (try Checkpoint(contentsOf: file), file, damaged) } catch {
        damaged.append(error)
      }
    }
    return (nil, nil, damaged)
  }

  /// All checkpoints' paths, the oldest first, by the epochs and steps that they are named by.
  public func files() -> [String] { numbered().map(\.path) }

  private func numbered() -> [(place: (epoch: Int, step: Int), path: String)] {
    names().compactMap { name in Self.place(name).map { ($0, path + "/" + name) } }
      .sorted { ($0.place.epoch, $0.place.step, $0.path) < ($1.place.epoch, $1.place.step, $1.path) }
  }

  /// The epoch and the step that a checkpoint is named by; nil for another file. Names have at least so many digits, and
  /// more where a number needs them: they sort as numbers, not as text.
  private static func place(_ name: String) -> (epoch: Int, step: Int)? {
    guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
    let numbers = name.dropFirst(prefix.count).dropLast(suffix.count).split(
      separator: "-", omittingEmptySubsequences: false)
    guard numbers.count == 2, numbers.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let epoch = Int(numbers[0]), let step = Int(numbers[1])
    else { return nil }
    return (epoch, step)
  }

  /// Removes what is left of checkpoints that were being written when a run was killed.
  public func removeRemains() {
    for name in names() where AtomicFile.isTemporary(name) { unlink(path + "/" + name) }
  }

  private func names() -> [String] { AtomicFile.names(in: path) ?? [] }

  private static let prefix = "checkpoint-"
  private static let suffix = ".safetensors"

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
