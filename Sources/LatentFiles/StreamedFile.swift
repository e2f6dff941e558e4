import LatentKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file that is written piece by piece and is there whole or not at all, as of ``AtomicFile``: what is too long for memory.
///
///     let file = try StreamedFile("scores.csv")
///     for piece in pieces { try file.write(piece) }
///     try file.finish()
package final class StreamedFile {
  private let path: String
  private var descriptor: Int32
  /// Where the bytes are until the end, and where they go then; nil for a device or a pipe, which gets them at once.
  private var names: (temporary: [CChar], target: [CChar])?
  private var buffer: [UInt8] = []

  /// Bytes that are written at a time.
  private static let piece = 1 << 18

  /// - Throws: ``FileError`` where there can be no such file
  package init(_ path: String) throws(FileError) {
    try AtomicFile.checkName(path, .write)
    self.path = path
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists && status.st_mode & S_IFMT == S_IFDIR { throw .system(.write, path, code: EISDIR) }
    if exists && status.st_mode & S_IFMT != S_IFREG {
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    } else {
      let target = exists ? AtomicFile.resolved(path) : Array(path.utf8CString)
      let temporary = AtomicFile.folder(of: target) + AtomicFile.temporaryName().utf8CString
      names = (temporary, target)
      descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw .system(.write, path) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if let names { unlink(names.temporary) }
  }

  /// Adds bytes.
  package func write(_ bytes: some Collection<UInt8>) throws(FileError) {
    buffer += bytes
    if buffer.count >= Self.piece { try flush() }
  }

  /// Sends on what is not written yet.
  package func flush() throws(FileError) {
    let failure = AtomicFile.send(buffer, to: descriptor, of: path)
    buffer.removeAll(keepingCapacity: true)
    if let failure { throw failure }
  }

  /// Ends the file, and puts it in its place. Without it, nothing is left.
  package func finish() throws(FileError) {
    try flush()
    if names != nil && fsync(descriptor) != 0 { throw .system(.write, path) }
    defer { descriptor = -1 }
    guard close(descriptor) == 0 else { throw .system(.write, path) }
    guard let (temporary, target) = names else { return }
    guard rename(temporary, target) == 0 else { throw .system(.write, path) }
    names = nil
    AtomicFile.synchronize(folder: AtomicFile.folder(of: target) + [0])
  }
}
