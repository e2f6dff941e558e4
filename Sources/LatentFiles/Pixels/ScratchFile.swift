import LatentKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file without a name for bytes that memory is too small for, such as pictures that have been unpacked. It is gone when
/// nobody uses it any more, however the process ends.
///
/// It lies in the folder of `TMPDIR`, else in `/var/tmp`, which unlike `/tmp` is on a disk everywhere.
package final class ScratchFile: Sendable {
  private let descriptor: Int32
  private let folder: String

  /// - Throws: ``DataError`` where the folder can't be written to
  package init() throws(DataError) {
    folder = getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/var/tmp"
    var path = Array((AtomicFile.path("latent-XXXXXX", in: folder)).utf8CString)
    descriptor = mkstemp(&path)
    guard descriptor >= 0 else { throw .unreadable(file: folder, reason: systemError()) }
    unlink(path)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Writes bytes from `start` on. Threads may write at the same time.
  ///
  /// - Throws: ``DataError`` where the disk is full
  package func write(_ bytes: UnsafeRawBufferPointer, at start: Int) throws(DataError) {
    var done = 0
    while done < bytes.count {
      let more = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(start + done))
      if more < 0 {
        if errno == EINTR { continue }
        throw .unreadable(file: folder, reason: "no scratch file of \(start + bytes.count) bytes: \(systemError())")
      }
      done += more
    }
  }

  /// What was written, to be read; nothing may be written after.
  ///
  /// - Throws: ``DataError`` where the system refuses
  private func reopened() throws(DataError) -> OpenFile {
    try OpenFile(copying: descriptor, path: "scratch file in \(folder)")
  }

  /// The first `count` bytes.
  func pixels(count: Int) throws(DataError) -> PixelStorage {
    .file(try PixelFile(try reopened(), start: 0, count: count))
  }

  /// The same, all of which are added to the hash.
  package func pixels(count: Int, hash: inout SHA256) throws(DataError) -> PixelStorage {
    .file(try PixelFile(try reopened(), start: 0, count: count, hash: &hash))
  }
}
