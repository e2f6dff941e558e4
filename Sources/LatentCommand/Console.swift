import Latent

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Text for people: results on standard output, errors and warnings on standard error.
package enum Console {
  /// Prints a line at once, so that whoever reads a pipe or a log sees it when it happens.
  package static func print(_ line: String, terminator: String = "\n") {
    Swift.print(line, terminator: terminator)
    if fflush(nil) != 0 { lost.withLock { $0 = true } }
  }

  /// Whether something that was printed has not arrived: the disk is full, or nobody reads.
  package static var isOutputLost: Bool { lost.withLock { $0 } }
  private static let lost = Locked(false)

  /// Prints a line on standard error.
  package static func error(_ line: String) {
    fflush(nil)
    var bytes = Array((line + "\n").utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress!, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return }
      bytes = bytes.dropFirst(count)
    }
  }
}
