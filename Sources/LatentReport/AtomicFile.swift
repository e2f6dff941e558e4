#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Whole files in one step: a reader sees the old bytes or the new ones, never a half.
enum AtomicFile {
  /// Writes `bytes` to `path` through a temporary file in the same folder and a rename.
  ///
  /// A symbolic link keeps pointing to its file, which is replaced. A device or pipe (`/dev/stdout`) cannot be
  /// renamed over, so it is written directly.
  static func write(_ bytes: [UInt8], to path: String) throws(ReportError) {
    var status = stat()
    let exists = stat(path, &status) == 0
    let kind = status.st_mode & S_IFMT
    if exists && kind == S_IFDIR { throw ReportError(.write, path: path, code: EISDIR) }
    if exists && kind != S_IFREG {
      return try writeAll(bytes, to: path, reportedAs: path, flags: O_WRONLY)
    }
    let target = exists ? resolved(path) : path
    // The name is short whatever the target's is, so that a long target name fails in `rename` or not at all.
    let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? ""
    let temporary = folder + ".latent-" + String(UInt64.random(in: .min ... .max), radix: 16) + ".tmp"
    do throws(ReportError) {
      try writeAll(bytes, to: temporary, reportedAs: path, flags: O_WRONLY | O_CREAT | O_EXCL)
      guard rename(temporary, target) == 0 else { throw ReportError(.write, path: path, code: errno) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// All bytes of the file at `path`.
  static func read(_ path: String) throws(ReportError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw ReportError(.read, path: path, code: errno) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes { systemRead(file, $0.baseAddress!, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw ReportError(.read, path: path, code: errno) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  private static func writeAll(
    _ bytes: [UInt8], to path: String, reportedAs name: String, flags: Int32
  ) throws(ReportError) {
    let file = open(path, flags | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw ReportError(.write, path: name, code: errno) }
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes { systemWrite(file, $0.baseAddress! + offset, bytes.count - offset) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        let code = errno
        close(file)
        throw ReportError(.write, path: name, code: code)
      }
      offset += count
    }
    // Some file systems report a full disk only here.
    guard close(file) == 0 else { throw ReportError(.write, path: name, code: errno) }
  }

  private static func resolved(_ path: String) -> String {
    guard let target = realpath(path, nil) else { return path }
    defer { free(target) }
    return String(cString: target)
  }
}

// Inside `AtomicFile`, the names `read` and `write` are its own.
private func systemRead(_ file: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(file, bytes, count)
}
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int { write(file, bytes, count) }
