/// The text of a file, plain or compressed by gzip: in UTF-8, or in UTF-16 with a byte order mark.
package struct TextFile {
  /// In UTF-8, without a byte order mark; whatever the file's bytes are where it was read as bytes.
  package let bytes: [UInt8]

  /// - Parameter areAny: whether any bytes will do, which stay as they are
  /// - Throws: `DataError`, also for a file that is no text
  package init(contentsOf path: String, areAny: Bool = false) throws(DataError) {
    let content = try ContentReader(FileReader(path: path))
    var bytes: [UInt8] = []
    while true {
      let more = try content.read(count: Self.piece)
      bytes += more
      if more.count < Self.piece { break }
    }
    if !areAny {
      if let text = RecordReader.fromUTF16(bytes) { bytes = text }
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
      if String(validating: bytes, as: UTF8.self) == nil {
        throw .anotherFormat(
          path: path,
          help: "is no text in UTF-8, from line \(Self.firstFault(in: bytes)) on: save it as UTF-8, or read it as "
            + "bytes")
      }
    }
    self.bytes = bytes
  }

  private static let piece = 1 << 20

  /// The line, from 1, where bytes stop to be UTF-8.
  private static func firstFault(in bytes: [UInt8]) -> Int {
    var (decoder, iterator, line) = (Unicode.UTF8(), bytes.makeIterator(), 1)
    while case .scalarValue(let scalar) = decoder.decode(&iterator) { if scalar == "\n" { line += 1 } }
    return line
  }
}
