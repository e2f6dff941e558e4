import Latent
import LatentFiles
import LatentTraining

/// What a run goes on from, as its folder has it.
struct ResumedState {
  private(set) var checkpoint: Checkpoint?
  private(set) var checkpointFile = ""
  /// Newer checkpoints that are damaged, a line each.
  private(set) var damaged: [String] = []
  /// The run's record; nil where there is none.
  private(set) var record: RunRecord?

  /// What is in the folder; the first of several processes reads it, and the others have the same bytes.
  ///
  /// - Throws: ``RunError`` where there is nothing to go on from
  init(of folder: RunFolder, _ sum: any GradientSum) throws(RunError) {
    let found = try sum.together { () throws(RunError) in sum.isFirst ? try ResumedState(of: folder) : nil }
    if let found { self = found }
    if sum.processes == 1 { return }
    let record = sum.broadcast(Array((found?.record?.text ?? "").utf8))
    let bytes = sum.broadcast(found?.checkpoint?.fileBytes() ?? [])
    if sum.isFirst { return }
    self.record = try? RunRecord(record)
    guard !bytes.isEmpty else { return }
    do { checkpoint = try Checkpoint(bytes: bytes, name: "the checkpoint of process 0") } catch {
      throw RunError(error.description)
    }
  }

  private init(of folder: RunFolder) throws(RunError) {
    let path = folder.path
    let found = try? RunRecord(contentsOf: path)
    // What a folder holds until its new run starts is of the run before.
    let isStarting = found?.status == .starting
    let newest = isStarting ? nil : CheckpointFolder(CheckpointFolder.path(inRun: path)).newest()
    (checkpoint, checkpointFile) = (newest?.checkpoint, newest?.path ?? "")
    damaged = newest?.damaged.map(\.description) ?? []
    record = found ?? newest?.checkpoint?.notes[Run.note].flatMap { try? RunRecord(Array($0.utf8)) }
    guard checkpoint == nil else { return }
    let nothing = "there is no checkpoint to resume from in '\(path)'"
    if let damage = damaged.first { throw RunError("\(nothing): \(damage)") }
    if record?.arguments == nil { throw RunError(nothing, .starting, folder: path) }
    // Only what comes again in the same bits may be replaced.
    if !isStarting && folder.size(of: .model) != nil {
      throw RunError("\(nothing): its results are complete", .replacing, folder: path)
    }
  }
}

extension GradientSum {
  /// Does something that may fail in one process, and throws in all where it has.
  func together<Result>(_ body: () throws(RunError) -> Result) throws(RunError) -> Result {
    let result: Swift.Result<Result, RunError>
    do throws(RunError) { result = .success(try body()) } catch { result = .failure(error) }
    guard processes > 1 else { return try result.get() }
    var problem = ""
    if case .failure(let error) = result { problem = error.problem }
    let problems = gather(Array(problem.utf8)).map { String(decoding: $0, as: UTF8.self) }
    // Each throws its own, with its remedy.
    let value = try result.get()
    if let other = problems.first(where: { !$0.isEmpty }) { throw RunError(other) }
    return value
  }

  /// The folder of the first process, which the others know by its name.
  func folder(_ make: () throws(RunError) -> RunFolder) throws(RunError) -> RunFolder {
    let own = try together { () throws(RunError) in isFirst ? try make() : nil }
    let path = String(decoding: broadcast(Array((own?.path ?? "").utf8)), as: UTF8.self)
    return own ?? RunFolder(elsewhere: path)
  }
}
