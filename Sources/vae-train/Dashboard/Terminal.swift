#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A terminal that a descriptor leads to, and what it can show.
struct Terminal {
  /// How greys and colours are shown.
  enum Colors {
    /// Not at all: as the variable `NO_COLOR` asks for (no-color.org).
    case none
    /// The 256 of xterm.
    case palette
    /// Red, green and blue, as `COLORTERM` says.
    case full
  }

  typealias Environment = (String) -> String?

  let file: Int32
  let colors: Colors
  let isUTF8: Bool

  /// That of the process.
  static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// Nil where the descriptor is none of a terminal, or of one that can't move its cursor.
  init?(_ file: Int32, environment: Environment = Terminal.environment(_:)) {
    guard isatty(file) == 1, environment("TERM") != "dumb" else { return nil }
    self.file = file
    let isFull = ["truecolor", "24bit"].contains(environment("COLORTERM"))
    colors = environment("NO_COLOR")?.isEmpty == false ? .none : isFull ? .full : .palette
    isUTF8 = Terminal.isUTF8(environment)
  }

  /// Whether the locale's characters are Unicode's.
  static func isUTF8(_ environment: Environment) -> Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap(environment).first { !$0.isEmpty } ?? ""
    return ["utf-8", "utf8"].contains { locale.lowercased().contains($0) }
  }

  /// Columns and rows now, which may change at any time; nil where the terminal doesn't say.
  var size: (columns: Int, rows: Int)? {
    var size = winsize()
    guard ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// A terminal that does not take the text, because it is gone, is no reason to stop a training run.
  func write(_ text: String) { Terminal.write(text, to: file) }

  /// The same for any descriptor.
  static func write(_ text: String, to file: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { systemWrite(file, $0.baseAddress!, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return }
      bytes = bytes.dropFirst(count)
    }
  }
}

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int { write(file, bytes, count) }
