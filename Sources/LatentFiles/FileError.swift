#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file can't be read or written, or does not hold what it should.
///
/// `description` is one line: the file, what is wrong with it and, where there is one, the remedy.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The path as the caller gave it, or the name of bytes in memory.
  public let file: String
  /// What is wrong with it.
  public let reason: String

  /// An error of a file: also for code that finds one in what a well-formed file holds.
  public init(file: String, reason: String) { (self.file, self.reason) = (file, reason) }

  public var description: String { "\(oneLine(file)): \(oneLine(reason))" }
}

extension FileError {
  /// The same of a file of data, with the path in front.
  init(_ error: DataError, in path: String) {
    let (text, start) = (error.description, quoted(path) + " ")
    self.init(
      file: path,
      reason: {
        if case .unreadable(_, let reason) = error { return "cannot be read: \(reason)" }
        return text.hasPrefix(start) ? String(text.dropFirst(start.count)) : text
      }())
  }

  /// What the operating system refuses.
  package enum Action: String {
    case read = "cannot be read"
    case write = "cannot be written"
  }

  /// The operating system's refusal in its own words, and what to do about it.
  ///
  /// - Parameter code: what the last system call left in `errno`
  package static func system(_ action: Action, _ file: String, code: Int32 = errno) -> FileError {
    let advice: String? =
      switch code {
      case ENOENT: action == .read ? "check the path" : "create its folder first"
      case EACCES, EPERM, EROFS: action == .read ? "check its permissions" : "choose a folder that you can write to"
      case ENOTDIR: "a part of this path is not a folder"
      case EISDIR: "this is a folder, name a file in it"
      case ENOSPC, EDQUOT: "free some space or choose another disk"
      case EFBIG: "raise the limit on a file's size (ulimit -f)"
      case ENAMETOOLONG: "choose a shorter name"
      default: nil
      }
    return FileError(
      file: file,
      reason: "\(action.rawValue): \(String(cString: strerror(code)))" + (advice.map { "; \($0)" } ?? ""))
  }
}

/// What is wrong with the bytes of a file, said by a reader that does not know its name.
struct Fault: Error, Equatable {
  let reason: String
  /// Whether the bytes do not even begin, or end, as those of the format do: they may be a file of another kind.
  var mayBeForeign = false

  init(_ reason: String, mayBeForeign: Bool = false) { (self.reason, self.mayBeForeign) = (reason, mayBeForeign) }

  /// What should have stood at a byte of a file's header.
  static func syntax(_ expected: String, at position: Int) -> Fault {
    Fault("expected \(expected) at byte \(position) of the header")
  }

  /// The error of the file that has these bytes; it says what the file is where that is another kind.
  func error(
    in file: String, _ bytes: [UInt8], notA kind: ForeignFile.Kind, for purpose: ForeignFile.Purpose
  ) -> FileError {
    // A zip archive that the reader of archives can't read is a damaged one.
    if mayBeForeign, let foreign = ForeignFile(bytes: bytes, name: file), foreign.kind != kind,
      kind != .npz || foreign.kind != .zip
    {
      return FileError(file: file, reason: foreign.help(for: purpose))
    }
    return FileError(file: file, reason: reason)
  }
}
