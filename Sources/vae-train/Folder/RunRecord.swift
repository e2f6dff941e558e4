import LatentCommand
import LatentData
import LatentFiles
import LatentReport

/// What a run's `config.json` says of how it was started and how far it is: what it takes to go on with it, or to tell it
/// from others.
struct RunRecord {
  /// `starting` until the results of an earlier run are gone, `running`, `finished`, or why it ended before.
  let status: String
  /// When it was started or went on last, as it says.
  let started: String?
  /// The same in seconds from 1970 (UTC), whatever the time zone; nil where it says no time.
  let startSeconds: Double?
  /// The command line that makes this run again; nil where it is not said.
  let arguments: [String]?
  /// The working folder that its paths are relative to.
  let workingFolder: String?
  /// Its epochs, once it has ended.
  let epochsDone: Int?
  /// All settings by their names, as text.
  let settings: [(name: String, value: String)]

  /// Nil where there is no `config.json` of a run that can be read.
  init?(folder: String) {
    guard let bytes = try? AtomicFile.read(AtomicFile.path(RunFolder.File.config.rawValue, in: folder)),
      let json = JSON(bytes), json["program"] == .string("vae-train")
    else { return nil }
    func text(_ name: String) -> String? {
      if case .string(let text) = json[name] { text } else { nil }
    }
    status = text("status") ?? "unknown"
    started = text("started")
    startSeconds = started.flatMap { LocalTime.seconds(timestamp: $0) }
    workingFolder = text("working_folder")
    if case .array(let values) = json["arguments"] {
      arguments = values.compactMap { if case .string(let text) = $0 { text } else { nil } }
    } else {
      arguments = nil
    }
    if case .integer(let count) = json["results"]?["epochs"] { epochsDone = count } else { epochsDone = nil }
    settings = ComparedRun.members(json["settings"])
  }
}
