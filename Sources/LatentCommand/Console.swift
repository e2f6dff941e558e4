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
  /// Opens those of the descriptors 0 to 2 that are closed, on `/dev/null`: a file that is opened later would get their
  /// number, and whatever is printed would go into it. To be called before anything else.
  package static func openDescriptors() {
    // The lowest number that is free is the one that is given, so that those before are open already.
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY)
    }
  }

  /// Whether nothing is printed: by one of several processes of which another one speaks.
  package static var isSilent: Bool {
    get { silent.withLock { $0 } }
    set { silent.withLock { $0 = newValue } }
  }
  private static let silent = Locked(false)

  /// Prints a line at once, so that whoever reads a pipe or a log sees it when it happens.
  package static func print(_ line: String, terminator: String = "\n") {
    if isSilent { return }
    Swift.print(line, terminator: terminator)
    if fflush(nil) != 0 { lost.withLock { $0 = true } }
  }

  /// Sends on what has been printed.
  static func flush() { fflush(nil) }

  /// Whether something that was printed has not arrived: the disk is full, or nobody reads.
  package static var isOutputLost: Bool { lost.withLock { $0 } }
  private static let lost = Locked(false)

  /// Prints a line on standard error.
  package static func error(_ line: String) {
    if isSilent && !line.hasPrefix("Error: ") { return }
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
