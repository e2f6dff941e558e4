import LatentCommand
import LatentData
import LatentFiles
import LatentReport
import LatentRun
import LatentTraining

/// What a run's folder says of it. It may come from anywhere, and be that of a run which is not over.
struct ComparedRun {
  /// The folder, as the user named it.
  let name: String
  let record: RunRecord
  let history: History
  /// Nil where none are kept.
  let digests: WeightDigests?
  /// Why the checksums can't be used, in one line; nil where they can, or where there are none.
  let digestsProblem: String?

  /// - Throws: ``Failure`` where it is no run, or has no epoch yet
  init(_ folder: String) throws(Failure) {
    name = folder
    switch FileKind(path: folder) {
    case .nothing: throw Failure("'\(folder)' does not exist: name the folder of a run")
    case .folder: break
    default: throw Failure("'\(folder)' is a file: name the folder of a run")
    }
    let config = AtomicFile.path(RunFolder.File.config.rawValue, in: folder)
    guard let bytes = try Self.read(config) else {
      throw Failure("'\(folder)' is not the folder of a run: it has no config.json")
    }
    do throws(RunRecordError) { record = try RunRecord(bytes) } catch {
      throw Failure("'\(config)' is damaged, or not of vae-train")
    }

    let table = AtomicFile.path(RunFolder.File.history.rawValue, in: folder)
    guard let bytes = try Self.read(table) else { throw Failure("'\(folder)' has no finished epoch to compare") }
    guard let text = String(validating: bytes, as: UTF8.self), let history = History(csv: text),
      !history.epochs.isEmpty
    else { throw Failure("'\(table)' is damaged") }
    self.history = history

    let file = AtomicFile.path(RunFolder.File.digests.rawValue, in: folder)
    var problem: String?
    do {
      digests = FileKind(path: file) == .nothing ? nil : try WeightDigests(contentsOf: file)
    } catch {
      digests = nil
      problem = "'\(error.file)': \(error.reason)"
    }
    digestsProblem = problem
  }

  /// The setting of this name; `-` where it is not used.
  func value(of setting: String) -> String {
    record.texts.first { $0.name == setting }?.value.withoutControls ?? "-"
  }

  /// The epoch with the lowest loss that is watched.
  var best: EpochRecord? { history.best }

  /// Nil where there is no such file.
  private static func read(_ path: String) throws(Failure) -> [UInt8]? {
    guard FileKind(path: path) != .nothing else { return nil }
    do { return try AtomicFile.read(path) } catch { throw Failure(error.description) }
  }
}

extension String {
  /// With spaces for all that could move a terminal's cursor.
  var withoutControls: String { String(map { $0.isASCIIControl ? " " : $0 }) }
}

extension Character {
  fileprivate var isASCIIControl: Bool { unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } }
}
