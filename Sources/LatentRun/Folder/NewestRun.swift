import LatentFiles
import LatentTraining

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A run of a folder of runs that may go on where none is named.
///
/// It is the one that was started last, by what the runs say of themselves and not by the folders' names, of those that have
/// something left to do and are not on now. Where more than one may be meant, the user is asked.
package struct NewestRun {
  private let folder: String
  /// Nil where there is none that can be read.
  private let record: RunRecord?

  /// - Parameters:
  ///   - parent: `runs`
  ///   - epochs: what the command line asks for: a run that has had less has something left to do
  /// - Throws: ``RunError`` where there is none, or where it is not clear which one is meant
  package static func folder(in parent: String, epochs: Int?) throws(RunError) -> String {
    let all = all(in: parent)
    guard !all.isEmpty else {
      throw RunError("there is no run to resume in '\(parent)'", .naming)
    }
    let idle = all.filter { !FolderLock.isTaken($0.folder) }
    guard !idle.isEmpty else {
      throw RunError(
        "all runs in '\(parent)' that could be resumed are running now: \(all.map { "'\($0.folder)'" }.joined(separator: ", "))"
      )
    }
    let unfinished = idle.filter { $0.hasSomethingLeft(epochs) }
    let runs = unfinished.isEmpty ? idle : unfinished
    let newest = runs.compactMap { $0.record?.startSeconds }.max()
    // One that says no time may be the newest.
    let meant = runs.filter { $0.record?.startSeconds == newest || $0.record?.startSeconds == nil }
    if meant.count == 1 { return meant[0].folder }
    throw RunError("it is not clear which run is the newest of " + descriptions(meant).joined(separator: ", "), .naming)
  }

  /// All runs, each once however many links lead to it.
  private static func all(in parent: String) -> [NewestRun] {
    var places: Set<String> = []
    return (AtomicFile.names(in: parent) ?? []).sorted().compactMap { name in
      let folder = AtomicFile.path(name, in: parent)
      let run = NewestRun(folder: folder, record: try? RunRecord(contentsOf: folder))
      guard !name.hasPrefix("."), let resolved = realpath(run.folder, nil) else { return nil }
      defer { free(resolved) }
      let hasCheckpoint = !CheckpointFolder(CheckpointFolder.path(inRun: run.folder)).files().isEmpty
      guard run.record?.arguments != nil || hasCheckpoint else { return nil }
      return places.insert(String(cString: resolved)).inserted ? run : nil
    }
  }

  private func hasSomethingLeft(_ epochs: Int?) -> Bool {
    record?.status != .finished || epochs ?? 0 > record?.results?.epochs ?? 0
  }

  /// Each run with what tells it from the others.
  private static func descriptions(_ runs: [NewestRun]) -> [String] {
    let records = runs.compactMap(\.record)
    var differing: [String] = []
    for other in records.dropFirst() {
      differing += RunRecord.differing(records[0].texts, other.texts).filter { !differing.contains($0) }
    }
    return runs.map { run in
      guard let record = run.record else { return "'\(run.folder)' (its config.json can't be read)" }
      let started = record.startSeconds == nil ? "says no time" : "started \(record.started)"
      let values = differing.map { name in "\(name) \(record.texts.first { $0.name == name }?.value ?? "none")" }
      return "'\(run.folder)' (\(([started, "\(record.status)"] + values).joined(separator: ", ")))"
    }
  }
}
