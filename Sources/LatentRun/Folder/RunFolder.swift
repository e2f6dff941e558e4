import LatentFiles
import LatentTraining

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The folder of a run's results. Making it finds out, before any work, whether they can, and keeps other runs out.
public struct RunFolder: Sendable {
  /// The folder, as the user named it.
  public private(set) var path: String
  /// Whether nothing but the run's record was there before.
  package private(set) var isNew = false
  /// Whether this process writes into it; of several that train together, the first does.
  package private(set) var isOwn = true
  /// Folders that were not there before, the outermost first.
  private var created: [String] = []
  /// Keeps others out.
  private var hold: FolderLock.Hold?

  /// The folder of a new run. One that is new has the run's record from the first moment on: a run that is killed at any
  /// time can go on.
  ///
  /// - Parameters:
  ///   - path: nil for a new one in `runs`, named by the time
  ///   - force: whether results in the folder may be replaced
  ///   - record: what `config.json` says before anything is known of the data
  /// - Throws: ``RunError`` where it holds something, or cannot be made or written to; nothing has changed then.
  package init(path: String?, force: Bool, record: [UInt8]) throws(RunError) {
    self.path = path ?? "runs/" + LocalTime.now.fileName
    do throws(RunError) {
      switch FileKind(path: self.path) {
      case .folder where path != nil:
        try lock(.otherFolder)
        try checkContents(force: force)
        try checkWriting(.otherFolder)
        if isNew { try write(record, to: .config, isDurable: false) }
      case .file: throw notAFolder(self.path)
      case .folder, .nothing: try make(record, isNamed: path != nil)
      }
    } catch {
      discard()
      throw error
    }
  }

  /// The folder of a run to go on with.
  ///
  /// - Throws: ``RunError`` where it is not there, or its run is on now
  package init(resuming path: String) throws(RunError) {
    self.path = path
    guard FileKind(path: path) == .folder else {
      throw RunError("there is no checkpoint to resume from in '\(path)': it is no folder")
    }
    try lock(.none)
    try checkWriting(.none)
  }

  /// The folder of another process, which alone writes into it.
  init(elsewhere path: String) {
    (self.path, isOwn) = (path, false)
  }

  /// Removes what was made for a new run that does not start.
  package func discard() {
    guard isOwn else { return }
    if isNew { unlink(path(of: .config)) }
    for folder in created.reversed() { rmdir(folder) }
  }

  /// Removes the results of an earlier run, which a new one replaces: none of them may be taken for its own.
  package func removeResults() {
    guard isOwn else { return }
    for file in File.allCases where file != .config { unlink(path(of: file)) }
    removePictures()
    for file in CheckpointFolder(CheckpointFolder.path(inRun: path)).files() { unlink(file) }
  }

  /// Removes what is left of files that were being written when a run was killed.
  package func removeRemains() {
    guard isOwn else { return }
    for folder in [path, CheckpointFolder.path(inRun: path)] {
      for name in AtomicFile.names(in: folder) ?? [] where AtomicFile.isTemporary(name) {
        unlink(AtomicFile.path(name, in: folder))
      }
    }
  }

  /// Writes a file whole or not at all, where it is this process's to write.
  ///
  /// - Parameter isDurable: false where training should not wait for the disk
  package func write(_ bytes: [UInt8], to file: File, isDurable: Bool = true) throws(RunError) {
    guard isOwn else { return }
    do { try AtomicFile.write(bytes, to: path(of: file), isDurable: isDurable) } catch {
      throw RunError(error.description)
    }
  }

  /// The folder of what TensorBoard shows.
  package var tensorBoardPath: String { AtomicFile.path("tensorboard", in: path) }

  /// The path of one of the run's files.
  public func path(of file: File) -> String { AtomicFile.path(file.rawValue, in: path) }

  /// The size of one of the run's files; nil where it is not there.
  package func size(of file: File) -> Int? {
    var status = stat()
    return stat(path(of: file), &status) == 0 ? Int(status.st_size) : nil
  }

  /// Makes the folder and those around it. It is made beside its place, locked, and moved there with the record in it:
  /// nobody meets it without.
  ///
  /// - Parameter isNamed: whether it must have this name, and not another number where that is taken
  private mutating func make(_ record: [UInt8], isNamed: Bool) throws(RunError) {
    let name = path.utf8.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let parent = name.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(name[...$0]) } ?? "./"
    try makeParents(parent)
    let draft = AtomicFile.temporaryPath(in: parent)
    guard mkdir(draft, 0o777) == 0 else { throw failureMaking() }
    let file = AtomicFile.path(File.config.rawValue, in: draft)
    // Nothing is there after the move.
    defer {
      unlink(file)
      rmdir(draft)
    }
    do { try AtomicFile.write(record, to: file, isDurable: false) } catch {
      throw RunError("the folder '\(path)' \(error.reason)", .otherFolder)
    }
    hold = FolderLock.takeAlone(draft)
    guard hold != nil else { throw failureMaking() }
    var number = 1
    while rename(draft, path) != 0 {
      guard !isNamed, [EEXIST, ENOTEMPTY, ENOTDIR].contains(errno) else { throw failureMaking() }
      number += 1
      path = "\(name)-\(number)"
    }
    created.append(path)
    isNew = true
  }

  /// Makes the folders that a path leads through.
  private mutating func makeParents(_ parent: String) throws(RunError) {
    var end = parent.startIndex
    while end < parent.endIndex {
      end = parent[end...].dropFirst().firstIndex(of: "/") ?? parent.endIndex
      let part = String(parent[..<end])
      if FileKind(path: part) == .file { throw notAFolder(part) }
      if FileKind(path: part) == .folder { continue }
      if mkdir(part, 0o777) == 0 {
        created.append(part)
      } else if errno != EEXIST {
        throw failureMaking(part)
      }
    }
  }

  /// Keeps other runs out until this process ends, where the file system can.
  private mutating func lock(_ remedy: RunError.Remedy) throws(RunError) {
    hold = FolderLock.takeAlone(path)
    guard hold != nil else {
      let advice = remedy == .none ? ": wait until it ends, or stop it" : ""
      throw RunError("another run is writing into the folder '\(path)'\(advice)", remedy)
    }
  }

  /// - Throws: ``RunError`` where the folder has what may not be replaced
  private mutating func checkContents(force: Bool) throws(RunError) {
    guard let names = AtomicFile.names(in: path) else {
      throw RunError("cannot read the folder '\(path)': \(systemError())", .otherFolder)
    }
    // Names with a dot are what is left of files that were being written, or notes of the system.
    isNew = names.allSatisfy { $0.hasPrefix(".") }
    guard isNew || force else {
      let isRun = (try? RunRecord(contentsOf: path)) != nil
      throw RunError("the folder '\(path)' is not empty", .otherFolderOrReplacing(isRun: isRun), folder: path)
    }
    for file in File.allCases where FileKind(path: path(of: file)) == .folder {
      throw RunError("'\(path(of: file))' is a folder, and the results need the name", .otherFolder)
    }
  }

  /// Writes a file and removes it.
  private func checkWriting(_ remedy: RunError.Remedy) throws(RunError) {
    let probe = AtomicFile.temporaryPath(in: path)
    do { try AtomicFile.write([10], to: probe, isDurable: false) } catch {
      throw RunError("the folder '\(path)' \(error.reason)", remedy)
    }
    unlink(probe)
  }

  private func notAFolder(_ part: String) -> RunError {
    RunError("'\(part)' is a file, not a folder", .otherFolder)
  }

  /// Why a folder could not be made, by `errno`.
  private func failureMaking(_ folder: String? = nil) -> RunError {
    RunError("cannot make the folder '\(folder ?? path)': \(systemError())", .otherFolder)
  }
}
