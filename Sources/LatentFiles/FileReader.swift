#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An open regular file, or bytes in memory, read from its start to its end.
final class FileReader {
  /// The path of the file, or the name given with bytes in memory.
  let path: String
  /// Bytes in the file when it was opened.
  let size: Int
  private let descriptor: Int32
  private let bytes: [UInt8]
  /// Where in `bytes` the next ones are read.
  private var position = 0

  /// Bytes that are in memory already.
  init(bytes: [UInt8], name: String) {
    path = name
    size = bytes.count
    self.bytes = bytes
    descriptor = -1
  }

  init(path: String) throws(DataError) {
    self.path = path
    bytes = []
    guard !path.utf8.contains(0) else { throw .unreadable(file: path, reason: "its name has a NUL character") }
    // Looked at before it is opened: opening a pipe would wait for its writer.
    var status = stat()
    guard stat(path, &status) == 0 else { throw .unreadable(file: path, reason: systemError()) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let folder = status.st_mode & S_IFMT == S_IFDIR
      throw .unreadable(file: path, reason: folder ? "it is a folder, not a file" : "it is not a regular file")
    }
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    size = Int(status.st_size)
    guard descriptor >= 0 else { throw .unreadable(file: path, reason: systemError()) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Fills `memory` from the file and returns the number of bytes: fewer only where the file ends.
  func read(into memory: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    if descriptor < 0 {
      let count = min(memory.count, size - position)
      memory.copyBytes(from: bytes[position..<(position + count)])
      position += count
      return count
    }
    var filled = 0
    while filled < memory.count {
      let more = systemRead(descriptor, memory.baseAddress! + filled, memory.count - filled)
      if more == 0 { break }
      if more < 0 {
        if errno == EINTR { continue }
        throw .unreadable(file: path, reason: systemError())
      }
      filled += more
    }
    return filled
  }

  /// Goes back to the first byte.
  func rewind() throws(DataError) {
    position = 0
    if descriptor < 0 { return }
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw .unreadable(file: path, reason: systemError()) }
  }
}

/// What is at a path, links followed.
package enum FileKind {
  case nothing, folder, file

  package init(path: String) {
    var status = stat()
    guard !path.utf8.contains(0), stat(path, &status) == 0 else {
      self = .nothing
      return
    }
    self = status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
  }
}

/// The last name of a path after links and dots are resolved: "." gives the name of the working folder.
package func lastName(of path: String) -> String {
  var resolved = path
  if let real = realpath(path, nil) {
    resolved = String(cString: real)
    free(real)
  }
  return oneLine(resolved.split(separator: "/").last.map(String.init) ?? resolved)
}

/// The name `read` inside FileReader is the method.
private let systemRead = read

private func systemError() -> String {
  String(cString: strerror(errno))
}
