import LatentCommand
import LatentData
import LatentFiles
import LatentTraining

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A run in `runs` that `--resume` may go on with where no folder is named.
///
/// It is the one that was started last, by what the runs say of themselves and not by the folders' names, of those that have
/// something left to do and are not on now. Where more than one may be meant, the user is asked.
struct NewestRun {
  private let folder: String
  /// Nil if there is none that can be read.
  private let record: RunRecord?

  /// - Parameters:
  ///   - parent: `runs`
  ///   - epochs: what the command line asks for: a run that has had less has something left to do
  /// - Throws: ``Failure`` if there is none, or where it is not clear which one is meant
  static func folder(in parent: String, epochs: Int?) throws(Failure) -> String {
    let all = all(in: parent)
    guard !all.isEmpty else {
      throw Failure("there is no run to go on with in 'runs': give its folder, --resume=FOLDER")
    }
    let idle = all.filter { !FolderLock.isTaken($0.folder) }
    guard !idle.isEmpty else {
      throw Failure(
        "all runs in 'runs' that could go on are on now: \(all.map { "'\($0.folder)'" }.joined(separator: ", "))")
    }
    let unfinished = idle.filter { $0.hasSomethingLeft(epochs) }
    let runs = unfinished.isEmpty ? idle : unfinished
    let newest = runs.compactMap { $0.record?.startSeconds }.max()
    // One that says no time may be the newest.
    let meant = runs.filter { $0.record?.startSeconds == newest || $0.record?.startSeconds == nil }
    if meant.count == 1 { return meant[0].folder }
    throw Failure(
      "it is not clear which run is the newest: give its folder, --resume=FOLDER; there are "
        + descriptions(meant).joined(separator: ", "))
  }

  /// All runs, each once however many links lead to it.
  private static func all(in parent: String) -> [NewestRun] {
    var places: Set<String> = []
    return (AtomicFile.names(in: parent) ?? []).sorted().compactMap { name in
      let folder = AtomicFile.path(name, in: parent)
      let run = NewestRun(folder: folder, record: RunRecord(folder: folder))
      guard !name.hasPrefix("."), let resolved = realpath(run.folder, nil) else { return nil }
      defer { free(resolved) }
      let hasCheckpoint = !CheckpointFolder(CheckpointFolder.path(inRun: run.folder)).files().isEmpty
      guard run.record?.arguments != nil || hasCheckpoint else { return nil }
      return places.insert(String(cString: resolved)).inserted ? run : nil
    }
  }

  private func hasSomethingLeft(_ epochs: Int?) -> Bool {
    record?.status != "finished" || epochs ?? 0 > record?.epochsDone ?? 0
  }

  /// Each run with what tells it from the others.
  private static func descriptions(_ runs: [NewestRun]) -> [String] {
    let settings = runs.compactMap { $0.record?.settings }
    var differing: [String] = []
    for other in settings.dropFirst() {
      differing += RunComparison.differing(settings[0], other).filter { !differing.contains($0) }
    }
    return runs.map { run in
      guard let record = run.record else { return "'\(run.folder)' (its config.json can't be read)" }
      let started = record.startSeconds == nil ? "says no time" : "started \(record.started ?? "")"
      let values = differing.map { name in "\(name) \(record.settings.first { $0.name == name }?.value ?? "none")" }
      return "'\(run.folder)' (\(([started, record.status] + values).joined(separator: ", ")))"
    }
  }
}
