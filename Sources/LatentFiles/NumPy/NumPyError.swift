import LatentKernels

/// Why a `.npy` or `.npz` file could not be read or written: the file and the fault, in one line.
public struct NumPyError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The path of the file, or the name given with bytes in memory.
  public let file: String
  /// What is wrong with it.
  public let fault: NumPyFault

  /// A fault of a file: also for code that finds one in what a well-formed file holds.
  public init(file: String, fault: NumPyFault) {
    self.file = file
    self.fault = fault
  }

  /// One line: the file, then the fault.
  public var description: String { "\(oneLine(file)): \(oneLine(fault.description))" }
}

/// The kinds of fault of a `.npy` or `.npz` file.
public enum NumPyFault: Error, Equatable, Sendable, CustomStringConvertible {
  /// The operating system refused to read; its reason.
  case unreadable(reason: String)
  /// The operating system refused to write; its reason.
  case unwritable(reason: String)
  /// An array of an `.npz` file has this fault.
  indirect case array(String, NumPyFault)

  /// It is a file of another kind: what, and what to do.
  case anotherFormat(help: String)
  /// The bytes do not begin as those of an array do.
  case notNPY
  /// A version of the format that this reader does not know.
  case unknownVersion(major: UInt8, minor: UInt8)
  /// The header's stated length is more than the file holds.
  case headerCutOff(byteCount: Int, available: Int)
  /// The header of version 3 is not UTF-8.
  case headerEncoding
  /// The header is not the Python dictionary that the format asks for, at this byte of the header.
  case headerSyntax(position: Int, expected: String)
  /// The header has a key that the format does not know.
  case unexpectedKey(String)
  /// The header lacks a key.
  case missingKey(String)
  /// The elements are records or arrays.
  case structuredType
  /// The elements are pickled Python objects.
  case objectType
  /// A type of element that this reader does not know.
  case unknownType(String)
  /// More dimensions than NumPy has.
  case tooManyDimensions(limit: Int)
  /// A shape with more bytes than can be counted.
  case shapeTooLarge([Int])
  /// Fewer bytes follow the header than shape and type ask for.
  case wrongSize(expected: Int, actual: Int)
  /// The caller asked for integers of an array of another type.
  case notIntegers(type: StoredElementType)

  /// The bytes do not end as a zip archive does.
  case notZip
  /// The archive is one of several files.
  case severalDisks
  /// The archive's structure breaks a rule of the format.
  case damagedArchive(reason: String)
  /// Two arrays have names that Swift takes for the same.
  case duplicateName(String)
  /// The entry is encrypted.
  case encrypted(entry: String)
  /// The entry is compressed by a method that this reader does not know.
  case unknownMethod(entry: String, method: Int)
  /// The directory and the entry's own header say different things.
  case contradiction(entry: String, field: String)
  /// The bytes of the entry are also those of another, or of the directory.
  case overlap(entry: String)
  /// The entry would be larger than the caller allows.
  case tooLarge(entry: String, byteCount: Int, limit: Int)
  /// The compressed data is damaged.
  case damagedData(entry: String, reason: String)
  /// The data has another CRC-32 than the archive says.
  case checksum(entry: String)
  /// The caller asked for an array that the file does not have.
  case missingArray(String)

  /// One line, without the file's name.
  public var description: String {
    switch self {
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .unwritable(let reason): "cannot be written: \(reason)"
    case .array(let name, let fault): "array \(quotedName(name)): \(fault.description)"
    case .anotherFormat(let help): help
    case .notNPY: "does not begin with NumPy's magic string: this is not an .npy file"
    case .unknownVersion(let major, let minor): "has version \(major).\(minor) of the format; 1.0, 2.0 and 3.0 are read"
    case .headerCutOff(let count, let available):
      "the header should have \(count) bytes but only \(available) follow: the file is cut off"
    case .headerEncoding: "the header is not UTF-8, as version 3 of the format demands"
    case .headerSyntax(let position, let expected): "expected \(expected) at byte \(position) of the header"
    case .unexpectedKey(let key): "the header has the unknown key \(quotedName(key))"
    case .missingKey(let key): "the header has no key \(quotedName(key))"
    case .structuredType: "holds records (a structured type); save each field as an array of its own"
    case .objectType: "holds Python objects (type O), which are never read; save it as numbers"
    case .unknownType(let type):
      "has elements of type \(quotedName(type)), which is not read: save it as numbers, such as float32"
    case .tooManyDimensions(let limit): "has more than \(limit) dimensions"
    case .shapeTooLarge(let shape): "the shape \(shape) takes more bytes than can be counted"
    case .wrongSize(let expected, let actual):
      "takes \(expected) bytes by its shape and type but has \(actual): the file is cut off or damaged"
    case .notIntegers(let type): "holds \(type), not integers"
    case .notZip: "does not end as a zip archive does: this is not an .npz file, or it is cut off"
    case .severalDisks: "is one part of a zip archive of several files; only whole ones are read"
    case .damagedArchive(let reason): "the zip archive is damaged: \(reason)"
    case .duplicateName(let name): "the name \(quotedName(name)) appears twice"
    case .encrypted(let entry): "the entry \(quotedName(entry)) is encrypted"
    case .unknownMethod(let entry, let method):
      "the entry \(quotedName(entry)) is compressed by method \(method); 0 (stored) and 8 (deflate) are read"
    case .contradiction(let entry, let field):
      "the directory and the entry \(quotedName(entry)) itself differ in its \(field): the file is damaged"
    case .overlap(let entry): "the entry \(quotedName(entry)) overlaps other data: the file is damaged"
    case .tooLarge(let entry, let count, let limit):
      "the entry \(quotedName(entry)) would take \(count) bytes when inflated, over the limit of \(limit)"
    case .damagedData(let entry, let reason): "the data of the entry \(quotedName(entry)) is damaged: \(reason)"
    case .checksum(let entry): "the entry \(quotedName(entry)) has another checksum than it should: the file is damaged"
    case .missingArray(let name): "has no array \(quotedName(name))"
    }
  }
}

extension NumPyFault {
  /// The same, or what the file is where it does not begin as the reader's own do.
  func explained(by foreign: ForeignFile?, notA kind: ForeignFile.Kind, for purpose: ForeignFile.Purpose) -> NumPyFault
  {
    switch self {
    case .notNPY, .notZip:
      // A zip archive that the reader of archives can't read is a damaged one.
      guard let foreign, foreign.kind != kind, kind != .npz || foreign.kind != .zip else { return self }
      return .anotherFormat(help: foreign.help(for: purpose))
    default: return self
    }
  }
}
