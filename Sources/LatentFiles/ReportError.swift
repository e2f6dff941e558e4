#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A picture or a chart could not be made, written or read.
///
/// `description` is one line that names the file, the reason and, where there is one, the remedy.
public struct ReportError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was being done.
  public enum Action: String, Sendable {
    case write = "cannot write"
    case read = "cannot read"
    case encode = "cannot encode"
  }

  /// What was being done.
  public let action: Action
  /// The file as the caller named it; nil for work in memory.
  public let path: String?
  /// Why it could not be done, and what to do about it.
  public let reason: String

  package init(_ action: Action, path: String? = nil, reason: String) {
    self.action = action
    self.path = path
    self.reason = reason
  }

  /// The failure of reading or writing a whole file, with what to do about it.
  package init(_ action: Action, path: String, _ failure: AtomicFile.Failure) {
    let advice: String =
      switch failure.code {
      case ENOENT: action == .read ? "check the path" : "create its folder first"
      case EACCES, EPERM, EROFS: action == .read ? "check its permissions" : "choose a folder that you can write to"
      case ENOTDIR: "a part of this path is not a folder"
      case EISDIR: "this is a folder, name a file in it"
      case ENOSPC, EDQUOT: "free some space or choose another disk"
      case EFBIG: failure.remedy ?? ""
      case ENAMETOOLONG: "choose a shorter name"
      default: ""
      }
    let reason = failure.description
    self.init(action, path: path, reason: advice.isEmpty ? reason : "\(reason); \(advice)")
  }

  public var description: String {
    // A file name may hold a line break; the message may not.
    let name = path.map { " '" + $0.map { $0.isNewline ? "\\n" : String($0) }.joined() + "'" } ?? " the picture"
    return "\(action.rawValue)\(name): \(reason)"
  }
}

extension AtomicFile {
  /// Writes a picture or a chart, whole or not at all.
  package static func writeReport(_ bytes: [UInt8], to path: String) throws(ReportError) {
    do { try write(bytes, to: path) } catch { throw ReportError(.write, path: path, error) }
  }

  /// All bytes of a picture's file.
  package static func readReport(_ path: String) throws(ReportError) -> [UInt8] {
    do { return try read(path) } catch { throw ReportError(.read, path: path, error) }
  }
}
