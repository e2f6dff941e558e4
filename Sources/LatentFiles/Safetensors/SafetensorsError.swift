import LatentKernels

/// Why a safetensors file could not be read or written: the file and the fault, in one line.
public struct SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The path of the file, or the name given with bytes in memory.
  public let file: String
  /// What is wrong with it.
  public let fault: SafetensorsFault

  /// A fault of a file: also for code that finds one in what a well-formed file holds.
  public init(file: String, fault: SafetensorsFault) {
    self.file = file
    self.fault = fault
  }

  /// One line: the file, then the fault.
  public var description: String { "\(oneLine(file)): \(oneLine(fault.description))" }
}

/// The kinds of fault of a safetensors file.
public enum SafetensorsFault: Error, Equatable, Sendable, CustomStringConvertible {
  /// The operating system refused to read; its reason.
  case unreadable(reason: String)
  /// The operating system refused to write; its reason.
  case unwritable(reason: String)
  /// It is a file of another kind: what, and what to do.
  case anotherFormat(help: String)
  /// Fewer than the eight bytes of the header's length.
  case tooShort(byteCount: Int)
  /// The header's stated length is over the format's limit of 100 MB.
  case headerTooLong(byteCount: UInt64)
  /// The header's stated length is more than the file holds after it.
  case headerCutOff(byteCount: UInt64, available: Int)
  /// The header does not begin with `{`.
  case headerStart
  /// The header is not valid UTF-8.
  case headerEncoding
  /// The header is not the JSON that the format asks for, at this byte of the header.
  case headerSyntax(position: Int, expected: String)
  /// The metadata appear twice, or two tensors' names that Swift takes for the same.
  case duplicateName(String)
  /// A tensor's description has a field of the format twice.
  case repeatedField(tensor: String, field: String)
  /// A tensor's description lacks a field.
  case missingField(tensor: String, field: String)
  /// A type of element that this reader does not know.
  case unknownType(tensor: String, type: String)
  /// A shape with more elements than can be counted.
  case shapeTooLarge(tensor: String)
  /// The tensor does not begin where the one before it ends, or it ends before it begins.
  case misplaced(tensor: String, begin: Int, end: Int, expected: Int)
  /// The tensor's byte range does not fit its shape and type.
  case wrongSize(tensor: String, expected: Int, actual: Int)
  /// The tensors together do not cover the bytes after the header exactly.
  case uncovered(described: Int, stored: Int)
  /// The caller asked for a tensor that the file does not have.
  case missingTensor(String)
  /// The caller asked for integers of a tensor of another type.
  case notIntegers(tensor: String, type: StoredElementType)

  /// One line, without the file's name.
  public var description: String {
    switch self {
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .unwritable(let reason): "cannot be written: \(reason)"
    case .anotherFormat(let help): help
    case .tooShort(let count): "\(count) bytes are too few for a safetensors file, which begins with 8 bytes of length"
    case .headerTooLong(let count):
      "a header of \(count) bytes is over the limit of 100000000: this is not a safetensors file"
    case .headerCutOff(let count, let available):
      "the header should have \(count) bytes but only \(available) follow: the file is cut off"
    case .headerStart: "the header does not begin with '{': this is not a safetensors file"
    case .headerEncoding: "the header is not valid UTF-8"
    case .headerSyntax(let position, let expected): "expected \(expected) at byte \(position) of the header"
    case .duplicateName(let name): "the name \(quotedName(name)) appears twice in the header"
    case .repeatedField(let tensor, let field):
      "tensor \(quotedName(tensor)) has the field \(quotedName(field)) twice"
    case .missingField(let tensor, let field): "tensor \(quotedName(tensor)) has no field \(quotedName(field))"
    case .unknownType(let tensor, let type):
      "tensor \(quotedName(tensor)) has elements of type \(quotedName(type)), which is not read: store it as "
        + "\(StoredElementType.float32.name) or another of \(StoredElementType.allCases.map(\.name).joined(separator: ", "))"
    case .shapeTooLarge(let tensor): "the shape of tensor \(quotedName(tensor)) has too many elements to count"
    case .misplaced(let tensor, let begin, let end, let expected):
      "tensor \(quotedName(tensor)) is at bytes \(begin) to \(end) but should begin at \(expected)"
    case .wrongSize(let tensor, let expected, let actual):
      "tensor \(quotedName(tensor)) takes \(expected) bytes by its shape and type but has \(actual)"
    case .uncovered(let described, let stored):
      "the header describes \(described) bytes of tensors but \(stored) are stored: the file is cut off or damaged"
    case .missingTensor(let name): "has no tensor \(quotedName(name))"
    case .notIntegers(let tensor, let type): "tensor \(quotedName(tensor)) holds \(type), not integers"
    }
  }
}

extension SafetensorsFault {
  /// The same, or what the file is where it does not begin as a safetensors file does.
  func explained(by foreign: ForeignFile?) -> SafetensorsFault {
    switch self {
    case .tooShort, .headerTooLong, .headerCutOff, .headerStart, .headerEncoding:
      guard let foreign, foreign.kind != .safetensors else { return self }
      return .anotherFormat(help: foreign.help(for: .model))
    default: return self
    }
  }
}
