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
  /// A folder that is taken, as long as this lives.
  final class Hold: Sendable {
    /// Negative where the file system knows no locks.
    private let descriptor: Int32

    fileprivate init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Keeps the lock until the process ends.
    fileprivate func keep() { _ = Unmanaged.passRetained(self) }
  }

  /// Takes a folder alone; nil where somebody has it.
  static func takeAlone(_ folder: String) -> Hold? { take(folder, LOCK_EX) }

  /// Keeps runs from starting in the run's folder that a file is to go to, if it is to go to one.
  ///
  /// - Throws: ``RunError`` where a run is on there now
  package static func share(runOf file: String) throws(RunError) {
    guard let folder = run(of: file) else { return }
    if let hold = take(folder, LOCK_SH) { return hold.keep() }
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

  private static func take(_ folder: String, _ kind: Int32) -> Hold? {
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return Hold(-1) }
    // Somebody may be looking in ``isTaken(_:)``: a run that is on stays longer.
    for _ in 0..<5 {
      if flock(descriptor, kind | LOCK_NB) == 0 || errno != EWOULDBLOCK { return Hold(descriptor) }
      usleep(20_000)
    }
    close(descriptor)
    return nil
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
