#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Whole files in and out: read at once, and written so that a reader, or a crash, never meets half of one.
package enum AtomicFile {
  /// The operating system's reason for a refusal, in its own words.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String

    fileprivate init(_ description: String) { self.description = description }

    /// The reason that the last system call left in `errno`.
    fileprivate static var system: Failure { Failure(String(cString: strerror(errno))) }
  }

  /// Bytes for one system call: macOS refuses 2 GiB and more.
  private static let largestCall = 1 << 30

  /// All bytes of a regular file.
  package static func read(_ path: String) throws(Failure) -> [UInt8] {
    // Without waiting: opening a pipe that nobody writes to would not return.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw .system }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .system }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Failure("Not a regular file") }
    let size = Int(status.st_size)
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let step = Self.retrying {
          pread(file, buffer.baseAddress! + count, min(size - count, largestCall), off_t(count))
        }
        if step <= 0 {
          failed = step < 0
          return
        }
        count += step
      }
    }
    if failed { throw .system }
    return bytes
  }

  /// Writes a file whole or not at all: a temporary file in the same folder reaches the disk, then takes the old
  /// one's place.
  package static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folder = slash.map { String(path[...$0]) } ?? "./"
    let temporary = folder + ".latent-" + String(UInt64.random(in: .min ... .max), radix: 16) + ".tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw .system }
    do throws(Failure) {
      try writeAndClose(bytes, file)
      guard rename(temporary, path) == 0 else { throw .system }
    } catch {
      unlink(temporary)
      throw error
    }
    synchronize(folder: folder)
  }

  private static func writeAndClose(_ bytes: [UInt8], _ file: Int32) throws(Failure) {
    var failure: Failure?
    bytes.withUnsafeBytes { buffer in
      var count = 0
      while count < buffer.count && failure == nil {
        let step = retrying { systemWrite(file, buffer.baseAddress! + count, min(buffer.count - count, largestCall)) }
        if step < 0 { failure = .system }
        count += max(step, 0)
      }
    }
    if failure == nil && fsync(file) != 0 { failure = .system }
    if close(file) != 0 && failure == nil { failure = .system }
    if let failure { throw failure }
  }

  /// Makes the new name itself safe. Some file systems refuse this for a folder; the file is complete all the same.
  private static func synchronize(folder: String) {
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func retrying(_ call: () -> Int) -> Int {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }
}

/// `write(2)`, which the method of the same name hides.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int { write(file, bytes, count) }
