import LatentFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Keeps programs out of each other's way in the folder of a run, where the file system can: a run has its folder alone,
/// and commands that put a file there share it. Locks last until the process ends, however that happens.
package enum FolderLock {
  /// Takes a folder for this process alone; false where another one has it.
  package static func takeAlone(_ folder: String) -> Bool { take(folder, LOCK_EX) }

  /// Keeps runs from starting in the run's folder that a file is to go to, if it is to go to one.
  ///
  /// - Throws: ``RunError`` where a run is on there now
  package static func share(runOf file: String) throws(RunError) {
    guard let folder = run(of: file), !take(folder, LOCK_SH) else { return }
    throw RunError(
      "a run is writing into the folder '\(folder)': give '\(file)' a place elsewhere, or wait until the run is over")
  }

  /// Whether a run is on in a folder now.
  package static func isTaken(_ folder: String) -> Bool {
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    // Closing it gives the lock back.
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  private static func take(_ folder: String, _ kind: Int32) -> Bool {
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return true }
    // Somebody may be looking in ``isTaken(_:)``: a run that is on stays longer.
    for _ in 0..<5 {
      if flock(descriptor, kind | LOCK_NB) == 0 || errno != EWOULDBLOCK { return true }
      usleep(20_000)
    }
    close(descriptor)
    return false
  }

  /// The innermost folder around a file that is a run's, by its `config.json`.
  private static func run(of file: String) -> String? {
    let parent = file.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(file[...$0]) } ?? "."
    guard let resolved = realpath(parent, nil) else { return nil }
    defer { free(resolved) }
    var folder = String(cString: resolved)
    while FileKind(path: AtomicFile.path("config.json", in: folder)) != .file {
      guard folder != "/", let slash = folder.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
      folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
    }
    return folder
  }
}
