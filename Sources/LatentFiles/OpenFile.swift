#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A regular file that is open for reading, at any place and by any thread.
///
/// It is read with `pread` and not mapped: a file that is cut, or a disk that fails, is then an error and no signal, what is
/// read counts as the system's cache and not as this process's memory, and limits on addresses (`ulimit -v`) don't matter.
/// It stays the file that was opened, whatever takes its name later. ``checkUnchanged()`` finds what was written into it.
final class OpenFile: Sendable {
  let path: String
  /// Bytes in the file when it was opened.
  let size: Int
  private let descriptor: Int32
  private let version: FileVersion

  /// Bytes for one system call: macOS refuses 2 GiB and more.
  private static let largestCall = 1 << 30

  init(path: String) throws(DataError) {
    self.path = path
    guard !path.utf8.contains(0) else { throw .unreadable(file: path, reason: "its name has a NUL character") }
    // Looked at before it is opened: opening a pipe would wait for its writer.
    var status = stat()
    guard stat(path, &status) == 0 else { throw .unreadable(file: path, reason: systemError()) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let folder = status.st_mode & S_IFMT == S_IFDIR
      throw .unreadable(file: path, reason: folder ? "it is a folder, not a file" : "it is not a regular file")
    }
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    version = FileVersion(status)
    size = version.size
    guard descriptor >= 0 else { throw .unreadable(file: path, reason: systemError()) }
    try checkUnchanged()
  }

  /// A file that is open already; the descriptor stays its owner's.
  init(copying other: Int32, path: String) throws(DataError) {
    self.path = path
    descriptor = dup(other)
    var status = stat()
    let isOpen = descriptor >= 0 && fstat(descriptor, &status) == 0
    version = FileVersion(status)
    size = version.size
    guard isOpen else { throw .unreadable(file: path, reason: systemError()) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Fills `memory` with what is in the file from byte `start` on, and returns the number of bytes: fewer only where the
  /// file ends.
  func read(at start: Int, into memory: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    var filled = 0
    while filled < memory.count {
      let more = pread(
        descriptor, memory.baseAddress! + filled, min(memory.count - filled, Self.largestCall), off_t(start + filled))
      if more == 0 { break }
      if more < 0 {
        if errno == EINTR { continue }
        throw .unreadable(file: path, reason: systemError())
      }
      filled += more
    }
    return filled
  }

  /// Has the system begin to fetch bytes that will be read, where they are not in its cache: a disk does much at the same time.
  func prefetch(_ bytes: Range<Int>) {
    #if os(Linux)
      _ = posix_fadvise(descriptor, off_t(bytes.lowerBound), off_t(bytes.count), Int32(POSIX_FADV_WILLNEED))
    #endif
  }

  /// Throws where the file has been written to since it was opened.
  func checkUnchanged() throws(DataError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(file: path, reason: systemError()) }
    if FileVersion(status) != version { throw .changed(file: path) }
  }
}

/// What differs after a file has been written to.
private struct FileVersion: Equatable {
  let size: Int
  let seconds: Int
  let nanoseconds: Int

  init(_ status: stat) {
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    (size, seconds, nanoseconds) = (Int(status.st_size), Int(time.tv_sec), Int(time.tv_nsec))
  }
}

/// What the last system call that failed says.
package func systemError() -> String { String(cString: strerror(errno)) }
