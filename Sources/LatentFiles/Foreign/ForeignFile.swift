/// A file or folder of another program, or one that belongs elsewhere: what it is, by what is in it.
///
///     ForeignFile("model.pt")?.help(for: .model)    // "is a PyTorch archive: in Python, ..."
package struct ForeignFile: Sendable, Equatable {
  /// What the reader wants.
  package enum Purpose: Sendable {
    /// The weights of a model.
    case model
    /// Images.
    case data
    /// One array, such as latent points.
    case array
  }

  package let kind: Kind
  package let path: String
  /// The names of what is in an archive, as far as they were looked at.
  let entries: [String]

  /// Looks at a file's first and last bytes, or at the names in a folder.
  ///
  /// - Returns: nil where there is nothing, or nothing that is known
  package init?(_ path: String) {
    if FileKind(path: path) == .folder {
      self.init(folder: path)
    } else if let glimpse = Glimpse(path) {
      self.init(glimpse, path: path)
    } else {
      return nil
    }
  }

  /// The same for a folder; nil for a file.
  package init?(folder path: String) {
    guard let names = AtomicFile.names(in: path), let kind = Kind(folder: names) else { return nil }
    self.init(kind: kind, path: path, entries: names)
  }

  /// The same for a file that is in memory already.
  package init?(bytes: [UInt8], name: String) { self.init(Glimpse(bytes), path: name) }

  /// All bytes of a file; the error of a folder says what is in it, where that is another program's.
  static func read(_ path: String, for purpose: Purpose) throws(FileError) -> [UInt8] {
    do { return try AtomicFile.read(path) } catch {
      throw ForeignFile(folder: path).map { FileError(file: path, reason: $0.help(for: purpose)) } ?? error
    }
  }

  private init?(_ glimpse: Glimpse, path: String) {
    let entries = glimpse.zipEntries
    guard let kind = Kind(glimpse, entries: entries) else { return nil }
    self.init(kind: kind, path: path, entries: entries)
  }

  private init(kind: Kind, path: String, entries: [String]) {
    (self.kind, self.path, self.entries) = (kind, path, entries)
  }
}

/// The two ends of a file: what formats are told apart by.
struct Glimpse {
  let head: ArraySlice<UInt8>
  let tail: ArraySlice<UInt8>

  private static let (headSize, tailSize) = (1 << 16, 1 << 20)

  init(_ bytes: [UInt8]) { (head, tail) = (bytes.prefix(Self.headSize), bytes.suffix(Self.tailSize)) }

  /// - Returns: nil where it can't be read
  init?(_ path: String) {
    guard let size = AtomicFile.size(of: path),
      let head = try? AtomicFile.read(path, from: 0, count: min(size, Self.headSize)),
      let tail = try? AtomicFile.read(path, from: max(0, size - Self.tailSize), count: min(size, Self.tailSize))
    else { return nil }
    (self.head, self.tail) = (head[...], tail[...])
  }

  /// Whether these bytes are at this place of the head.
  func has(_ bytes: [UInt8], at place: Int = 0) -> Bool { head.dropFirst(place).starts(with: bytes) }

  func has(_ text: String, at place: Int = 0) -> Bool { has(Array(text.utf8), at: place) }

  /// The names in a zip archive's directory, as far as it is in the tail; not checked, since they only say what it is.
  var zipEntries: [String] {
    guard has("PK") else { return [] }
    let (record, nameLength, nameStart) = (ZipSignature.bytes(ZipSignature.record), 28, 46)
    var names: [String] = []
    var place = tail.startIndex
    while let next = tail[place...].firstRange(of: record)?.lowerBound, tail.endIndex - next >= nameStart {
      let length = Int(tail[next + nameLength]) | Int(tail[next + nameLength + 1]) << 8
      let name = tail[(next + nameStart)...].prefix(length)
      names.append(String(decoding: name, as: UTF8.self))
      place = name.endIndex
    }
    guard names.isEmpty, has(ZipSignature.bytes(ZipSignature.entry)), head.count > 30 else { return names }
    // An archive that is cut off has no directory, but the name of its first entry.
    let length = Int(head[head.startIndex + 26]) | Int(head[head.startIndex + 27]) << 8
    return [String(decoding: head.dropFirst(30).prefix(length), as: UTF8.self)]
  }
}
