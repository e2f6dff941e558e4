import LatentKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Whole files in and out: read at once, and written so that a reader, or a crash, never meets half of one.
package enum AtomicFile {
  /// Bytes for one system call: macOS refuses 2 GiB and more.
  private static let largestCall = 1 << 30

  /// All bytes of a regular file.
  package static func read(_ path: String) throws(FileError) -> [UInt8] { try read(path, from: 0, count: nil) }

  /// Some bytes of a regular file: fewer than `count` where it ends before.
  package static func read(_ path: String, from start: Int, count: Int?) throws(FileError) -> [UInt8] {
    try checkName(path, .read)
    // Without waiting: opening a pipe that nobody writes to would not return.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw .system(.read, path) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .system(.read, path) }
    if status.st_mode & S_IFMT == S_IFDIR { throw .system(.read, path, code: EISDIR) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(file: path, reason: "is not a regular file") }
    let left = max(0, Int(status.st_size) - start)
    let size = min(left, count ?? left)
    Shortage.checkArray(bytes: size)
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let step = Self.retrying {
          pread(file, buffer.baseAddress! + count, min(size - count, largestCall), off_t(start + count))
        }
        if step <= 0 {
          failed = step < 0
          return
        }
        count += step
      }
    }
    if failed { throw .system(.read, path) }
    return bytes
  }

  /// The bytes of a regular file; nil where there is none.
  package static func size(of path: String) -> Int? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// Whether a file, links followed, lies in this folder or one below.
  package static func isInside(_ path: String, _ folder: String) -> Bool {
    guard let file = realpath(path, nil) else { return false }
    defer { free(file) }
    guard let root = realpath(folder, nil) else { return false }
    defer { free(root) }
    let length = strlen(root)
    return strncmp(file, root, length) == 0 && (root[length - 1] == 0x2F || file[length] == 0x2F)
  }

  /// Writes a file whole or not at all: a temporary file in the same folder reaches the disk, then takes the old
  /// one's place.
  ///
  /// A symbolic link keeps pointing to its file, which is replaced. A device or pipe (`/dev/stdout`) cannot be
  /// renamed over, so it is written directly.
  ///
  /// - Parameter isDurable: whether to wait until the file would outlive the machine's power, which can take seconds
  ///   on a busy disk; without it, the file outlives the program alone.
  package static func write(_ bytes: [UInt8], to path: String, isDurable: Bool = true) throws(FileError) {
    try checkName(path, .write)
    var status = stat()
    let exists = stat(path, &status) == 0
    let kind = status.st_mode & S_IFMT
    if exists && kind == S_IFDIR { throw .system(.write, path, code: EISDIR) }
    if exists && kind != S_IFREG {
      return try writeAll(bytes, to: Array(path.utf8CString), of: path, flags: O_WRONLY, synchronizing: false)
    }
    let target = exists ? resolved(path) : Array(path.utf8CString)
    // The name is short whatever the target's is, so that a long target name fails in `rename` or not at all.
    let folder = folder(of: target)
    let temporary = folder + temporaryName().utf8CString
    do throws(FileError) {
      try writeAll(bytes, to: temporary, of: path, flags: O_WRONLY | O_CREAT | O_EXCL, synchronizing: isDurable)
      guard rename(temporary, target) == 0 else { throw .system(.write, path) }
    } catch {
      unlink(temporary)
      throw error
    }
    if isDurable { synchronize(folder: folder + [0]) }
  }

  private static let slash = CChar(UInt8(ascii: "/"))

  /// The folder that a file is in, with a slash behind it.
  static func folder(of target: [CChar]) -> [CChar] {
    target.lastIndex(of: slash).map { Array(target[...$0]) } ?? Array("./".utf8.map { CChar($0) })
  }

  /// Adds bytes at the end of a file that is there: all of them or, where the system refuses, none. The file outlives the
  /// program, though not the machine's power.
  package static func append(_ bytes: [UInt8], to path: String) throws(FileError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .system(.write, path) }
    do {
      try writeAll(bytes, to: Array(path.utf8CString), of: path, flags: O_WRONLY | O_APPEND, synchronizing: false)
    } catch {
      if status.st_mode & S_IFMT == S_IFREG { truncate(path, status.st_size) }
      throw error
    }
  }

  private static let prefix = ".latent-"
  private static let suffix = ".tmp"

  /// A path in a folder that nothing else has, and whose name says that what is there is not done yet.
  package static func temporaryPath(in folder: String) -> String { path(temporaryName(), in: folder) }

  static func temporaryName() -> String {
    prefix + String(UInt64.random(in: .min ... .max), radix: 16) + suffix
  }

  /// Whether a name is that of a file that was being written: the program was killed then.
  package static func isTemporary(_ name: String) -> Bool { name.hasPrefix(prefix) && name.hasSuffix(suffix) }

  /// The path of a file in a folder, whose own may end in a slash.
  package static func path(_ name: String, in folder: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  /// The names of all that is in a folder, in no order; nil where it can't be read, and `errno` says why.
  package static func names(in path: String) -> [String]? {
    guard let folder = opendir(path) else { return nil }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  private static func writeAll(
    _ bytes: [UInt8], to path: [CChar], of name: String, flags: Int32, synchronizing: Bool
  ) throws(FileError) {
    let file = open(path, flags | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw .system(.write, name) }
    var failure = send(bytes, to: file, of: name)
    if synchronizing && failure == nil && fsync(file) != 0 { failure = .system(.write, name) }
    // Some file systems report a full disk only here.
    if close(file) != 0 && failure == nil { failure = .system(.write, name) }
    if let failure { throw failure }
  }

  /// Writes bytes to an open file.
  ///
  /// - Returns: why not all of them could be written; nil where they were
  static func send(_ bytes: [UInt8], to file: Int32, of name: String) -> FileError? {
    bytes.withUnsafeBytes { buffer in
      var count = 0
      while count < buffer.count {
        let step = retrying { systemWrite(file, buffer.baseAddress! + count, min(buffer.count - count, largestCall)) }
        if step < 0 { return FileError.system(.write, name) }
        count += step
      }
      return nil
    }
  }

  /// The path behind links, as the system has it: the folders around it may have names that are no Swift strings.
  static func resolved(_ path: String) -> [CChar] {
    guard let target = realpath(path, nil) else { return Array(path.utf8CString) }
    defer { free(target) }
    return Array(UnsafeBufferPointer(start: target, count: strlen(target) + 1))
  }

  /// Makes the new name itself safe. Some file systems refuse this for a folder; the file is complete all the same.
  static func synchronize(folder: [CChar]) {
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// The system would read such a name up to there, and take another file.
  static func checkName(_ path: String, _ action: FileError.Action) throws(FileError) {
    if path.utf8.contains(0) { throw FileError(file: path, reason: "\(action.rawValue): the name has a NUL character") }
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
