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

  init(_ bytes: [UInt8]) throws(NumPyFault) {
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
      throw .overlap(entry: second.name)
    }
    self.entries = entries
  }

  /// The content of an entry, with its checksum verified.
  ///
  /// - Parameter limit: The most bytes that an entry may have when it is inflated.
  func content(of entry: Entry, limit: Int) throws(NumPyFault) -> ArraySlice<UInt8> {
    var content = bytes[entry.data]
    guard !entry.isEncrypted else { throw .encrypted(entry: entry.name) }
    guard entry.method == 0 || entry.method == 8 else {
      throw .unknownMethod(entry: entry.name, method: entry.method)
    }
    if entry.method == 8 {
      guard entry.size <= limit else { throw .tooLarge(entry: entry.name, byteCount: entry.size, limit: limit) }
      do throws(RawDeflate.Failure) { content = try RawDeflate.inflate(content, count: entry.size)[...] } catch {
        switch error {
        case .damaged(let reason): throw .damagedData(entry: entry.name, reason: reason)
        }
      }
    }
    guard RawDeflate.checksum(content) == entry.checksum else { throw .checksum(entry: entry.name) }
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

/// Little-endian numbers out of a part of a file.
struct ZipReader {
  private(set) var bytes: ArraySlice<UInt8>
  /// What errors call it.
  private let what: String

  init(_ bytes: ArraySlice<UInt8>, _ what: String) { (self.bytes, self.what) = (bytes, what) }

  var position: Int { bytes.startIndex }
  var isAtEnd: Bool { bytes.isEmpty }

  mutating func number<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type = T.self) throws(NumPyFault) -> T {
    T(littleEndian: try take(T.bitWidth / 8).withUnsafeBytes { $0.loadUnaligned(as: T.self) })
  }

  mutating func take(_ count: Int) throws(NumPyFault) -> ArraySlice<UInt8> {
    guard count <= bytes.count else { throw .damagedArchive(reason: "\(what) is cut off") }
    defer { bytes = bytes.dropFirst(count) }
    return bytes.prefix(count)
  }

  mutating func expect(signature: UInt32) throws(NumPyFault) {
    guard try number(UInt32.self) == signature else {
      throw .damagedArchive(reason: "\(what) is not where it should be")
    }
  }
}
