/// The part of the zip format (PKWARE's APPNOTE 6.3.10, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT) that
/// Python reads: one file, stored and deflated entries, zip64, data descriptors, a comment at the end. Entries that are
/// encrypted or compressed otherwise are listed, and can't be read.
///
/// Whatever the directory says is checked against the entries' own headers, and against the file, before any of it is
/// used: each entry lies before the directory and overlaps no other.
struct ZipArchive: Sendable {
  struct Entry: Sendable {
    let name: String
    /// How its data is compressed: 0 is not at all, 8 is deflate.
    let method: Int
    let isEncrypted: Bool
    let checksum: UInt32
    /// Bytes when inflated.
    let size: Int
    /// Where its data lies in the file.
    let data: Range<Int>
  }

  let entries: [Entry]
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) throws(Fault) {
    self.bytes = bytes
    let directory = try ZipDirectory(bytes)
    var entries: [Entry] = []
    var spans: [(range: Range<Int>, name: String)] = []
    for record in directory.records {
      let (entry, end) = try record.entry(in: bytes, directoryStart: directory.start)
      entries.append(entry)
      spans.append((record.offset..<end, record.name))
    }
    spans.sort { $0.range.lowerBound < $1.range.lowerBound }
    for (first, second) in zip(spans, spans.dropFirst()) where second.range.lowerBound < first.range.upperBound {
      throw .overlap(second.name)
    }
    self.entries = entries
  }

  /// The content of an entry, with its checksum verified.
  ///
  /// - Parameter limit: The most bytes that an entry may have when it is inflated.
  func content(of entry: Entry, limit: Int) throws(Fault) -> ArraySlice<UInt8> {
    var content = bytes[entry.data]
    guard !entry.isEncrypted else { throw Fault("the entry \(quotedName(entry.name)) is encrypted") }
    guard entry.method == 0 || entry.method == 8 else {
      throw Fault(
        "the entry \(quotedName(entry.name)) is compressed by method \(entry.method); 0 (stored) and "
          + "8 (deflate) are read")
    }
    if entry.method == 8 {
      guard entry.size <= limit else {
        throw Fault(
          "the entry \(quotedName(entry.name)) would take \(entry.size) bytes when inflated, over the "
            + "limit of \(limit)")
      }
      do { content = try RawDeflate.inflate(content, count: entry.size)[...] } catch {
        throw Fault("the data of the entry \(quotedName(entry.name)) is damaged: \(error.reason)")
      }
    }
    guard RawDeflate.checksum(content) == entry.checksum else {
      throw Fault("the entry \(quotedName(entry.name)) has another checksum than it should: the file is damaged")
    }
    return content
  }
}

extension ZipArchive {
  /// Whether the content of an entry begins with these bytes; false where it can't be read.
  func begins(_ entry: Entry, with start: [UInt8]) -> Bool {
    guard !entry.isEncrypted else { return false }
    switch entry.method {
    case 0: return bytes[entry.data].starts(with: start)
    case 8: return RawDeflate.beginning(of: bytes[entry.data], count: start.count) == start
    default: return false
    }
  }
}

extension Fault {
  static let severalDisks = Fault("is one part of a zip archive of several files; only whole ones are read")

  static func overlap(_ entry: String) -> Fault {
    Fault("the entry \(quotedName(entry)) overlaps other data: the file is damaged")
  }

  static func damagedArchive(_ reason: String) -> Fault { Fault("the zip archive is damaged: \(reason)") }
}

/// Little-endian numbers out of a part of a file.
struct ZipReader {
  private(set) var bytes: ArraySlice<UInt8>
  /// What errors call it.
  private let what: String

  init(_ bytes: ArraySlice<UInt8>, _ what: String) { (self.bytes, self.what) = (bytes, what) }

  var position: Int { bytes.startIndex }
  var isAtEnd: Bool { bytes.isEmpty }

  mutating func number<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type = T.self) throws(Fault) -> T {
    T(littleEndian: try take(T.bitWidth / 8).withUnsafeBytes { $0.loadUnaligned(as: T.self) })
  }

  mutating func take(_ count: Int) throws(Fault) -> ArraySlice<UInt8> {
    guard count <= bytes.count else { throw .damagedArchive("\(what) is cut off") }
    defer { bytes = bytes.dropFirst(count) }
    return bytes.prefix(count)
  }

  mutating func expect(signature: UInt32) throws(Fault) {
    guard try number(UInt32.self) == signature else {
      throw .damagedArchive("\(what) is not where it should be")
    }
  }
}
