import LatentCommand
import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE

/// What a run's folder says of it. It may come from anywhere, and be that of a run which is not over.
struct ComparedRun {
  /// The folder, as the user named it.
  let name: String
  let status: String
  /// All settings by their names, and the data's under `data.`, as text; nothing for those that are not used.
  let settings: [(name: String, value: String)]
  /// Of the program and the machine.
  let environment: [(name: String, value: String)]
  let history: History
  /// Nil where none are kept.
  let digests: WeightDigests?
  /// Why the checksums can't be used, in one line; nil where they can, or where there are none.
  let digestsProblem: String?
  /// The number of the model's parameters; nil of a run that is not over.
  let parameters: Int?
  /// Whether losses are in nats.
  var isInNats: Bool { LikelihoodKind(named: value(of: "loss"))?.isInNats ?? true }

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
    guard let json = JSON(bytes), let settings = json["settings"], json["program"] == .string("vae-train") else {
      throw Failure("'\(config)' is damaged, or not of vae-train")
    }
    status = json["status"]?.shortText ?? "unknown"
    self.settings = Self.members(settings) + Self.members(json["data"]).map { ("data." + $0.name, $0.value) }
    environment = Self.members(json["versions"]) + Self.members(json["machine"])
    if case .integer(let count) = json["results"]?["parameters"] { parameters = count } else { parameters = nil }

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
  func value(of setting: String) -> String { settings.first { $0.name == setting }?.value ?? "-" }

  /// The epoch with the lowest loss that is watched.
  var best: EpochRecord? { history.best }

  /// Nil where there is no such file.
  private static func read(_ path: String) throws(Failure) -> [UInt8]? {
    guard FileKind(path: path) != .nothing else { return nil }
    do { return try AtomicFile.read(path) } catch { throw Failure(error.description) }
  }

  /// The members of an object that are single values, as people write them.
  static func members(_ object: JSON?) -> [(name: String, value: String)] {
    guard case .object(let members) = object else { return [] }
    return members.compactMap { member in member.value.shortText.map { (member.name, $0) } }
  }
}

extension JSON {
  /// A single value as people write it; nil for null and for what holds others.
  fileprivate var shortText: String? {
    switch self {
    case .null, .array, .object: nil
    case .bool(let value): value ? "yes" : "no"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    // Of any file.
    case .string(let value): value.withoutControls
    }
  }
}

extension String {
  /// With spaces for all that could move a terminal's cursor.
  var withoutControls: String { String(map { $0.isASCIIControl ? " " : $0 }) }
}

extension Character {
  fileprivate var isASCIIControl: Bool { unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } }
}
