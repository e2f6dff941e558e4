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
  /// The file; nil for bytes in memory.
  let file: OpenFile?
  private let bytes: [UInt8]
  /// Where the next bytes are read.
  private var position = 0

  /// Bytes that are in memory already.
  init(bytes: [UInt8], name: String) { (path, size, file, self.bytes) = (name, bytes.count, nil, bytes) }

  init(path: String) throws(DataError) {
    let file = try OpenFile(path: path)
    (self.path, size, self.file, bytes) = (path, file.size, file, [])
  }

  /// Fills `memory` from the file and returns the number of bytes: fewer only where the file ends.
  func read(into memory: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    let count: Int
    if let file {
      count = try file.read(at: position, into: memory)
    } else {
      count = min(memory.count, size - position)
      memory.copyBytes(from: bytes[position..<(position + count)])
    }
    position += count
    return count
  }

  /// Goes back to the first byte.
  func rewind() { position = 0 }
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
