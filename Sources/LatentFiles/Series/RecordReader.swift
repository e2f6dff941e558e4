import LatentKernels

/// What is wrong with a file of series.
enum SeriesFault: Error {
  /// It can't be read.
  case file(DataError)
  /// What is in it.
  case content(Fault)

  static func at(_ line: Int, _ reason: String) -> SeriesFault { .content(Fault("line \(line)\(reason)")) }
}

/// The records of a table as text, one after the other, and the cells of the one at hand.
///
/// A piece of the file is in memory at a time, and all of a record.
final class RecordReader {
  /// The path of the file, or the name of bytes in memory.
  let path: String
  /// What stands between the cells, once that is known.
  var separator: UInt8?
  /// The cells of the record at hand, as places in ``bytes``.
  private(set) var cells: [Range<Int>] = []
  /// The line of the record at hand, from 1.
  private(set) var line = 0
  /// Bytes of the text that are read.
  private(set) var position = 0
  /// Bytes of the text; nil for a compressed file, or for text in UTF-16.
  private(set) var size: Int?

  private let content: ContentReader
  private var memory: UnsafeMutableRawBufferPointer
  private var (start, end, isEnd) = (0, 0, false)
  /// Where the record at hand begins in memory.
  private var recordStart = 0
  private var nextLine = 1

  /// The bytes of a piece, and the most of a record: more than that is a quote that nobody closed.
  private static let (piece, longest) = (1 << 18, 1 << 24)

  init(_ file: FileReader) throws(DataError) {
    path = file.path
    content = try ContentReader(file)
    memory = .allocate(byteCount: Self.piece, alignment: 64)
    // From here on an error frees the memory.
    let head = try content.read(into: memory)
    if let text = try Self.fromUTF16(UnsafeRawBufferPointer(memory)[..<head], content) {
      memory.deallocate()
      memory = .allocate(byteCount: max(1, text.count), alignment: 64)
      memory.copyBytes(from: text)
      (end, isEnd) = (text.count, true)
    } else {
      (end, isEnd, size) = (head, head < Self.piece, content.plainSize)
      // The byte order mark of UTF-8.
      if memory[..<head].starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
    }
  }

  deinit { memory.deallocate() }

  /// The text in UTF-8, where its byte order mark says that it is in UTF-16.
  private static func fromUTF16(
    _ head: Slice<UnsafeRawBufferPointer>, _ content: ContentReader
  ) throws(DataError) -> [UInt8]? {
    guard isUTF16(head) else { return nil }
    var bytes = Array(head)
    while true {
      let more = try content.read(count: piece)
      bytes += more
      if more.count < piece { break }
    }
    return fromUTF16(bytes)
  }

  private static func isUTF16(_ head: some Collection<UInt8>) -> Bool {
    head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF])
  }

  /// The same of all bytes.
  static func fromUTF16(_ bytes: [UInt8]) -> [UInt8]? {
    guard isUTF16(bytes) else { return nil }
    let high = bytes[0] == 0xFE ? 0 : 1
    let units = (1..<bytes.count / 2).lazy.map { unit in
      UInt16(bytes[2 * unit + high]) << 8 | UInt16(bytes[2 * unit + 1 - high])
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  /// What is in memory before the first record is read: the beginning of the text, and whether it is all of it.
  var beginning: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[start..<end]) }
  var isWhole: Bool { isEnd }

  /// How many line breaks are in the whole file: 0 where it would have to be unpacked for that.
  func countLines() throws(SeriesFault) -> Int {
    guard let file = content.plainFile, size != nil else { return 0 }
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.piece, alignment: 64)
    defer { piece.deallocate() }
    var (found, place) = (0, 0)
    while true {
      let read: Int
      do { read = try file.read(at: place, into: piece) } catch { throw .file(error) }
      found += DelimitedText.count(UInt8(ascii: "\n"), in: UnsafeRawBufferPointer(rebasing: piece[..<read]))
      place += read
      if read < piece.count { return found }
    }
  }

  /// Passes over the next bytes, which are a line.
  func skipLine(_ bytes: Int) {
    start += bytes
    nextLine += 1
  }

  /// Goes to the next record that is no blank line; false where there is none.
  func next() throws(SeriesFault) -> Bool {
    while true {
      if start == end && isEnd { return false }
      var breaks = 0
      let rest = UnsafeRawBufferPointer(rebasing: memory[start..<end])
      switch DelimitedText.record(
        in: rest, isEnd: isEnd, separator: separator ?? UInt8(ascii: ","), cells: &cells, lines: &breaks)
      {
      case .bytes(let length):
        (line, recordStart) = (nextLine, start)
        nextLine += breaks
        start += length
        position += length
        if cells.count == 1 && cells[0].lowerBound == 0 && bytes(0).allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
          continue
        }
        return true
      case .unfinished:
        if isEnd { return false }
        try fill()
      case .openQuote: throw .content(Fault("line \(nextLine): a quote is not closed"))
      case .behindQuote:

        throw .content(
          Fault("line \(nextLine + breaks): something follows a quote that ends a cell; quotes inside are doubled"))
      }
    }
  }

  /// Has the record at hand be the next one too.
  func stepBack() {
    position -= start - recordStart
    (start, nextLine) = (recordStart, line)
  }

  /// A cell of the record at hand.
  func bytes(_ cell: Int) -> UnsafeRawBufferPointer {
    let place = cells[cell]
    return UnsafeRawBufferPointer(
      start: memory.baseAddress! + (recordStart + place.lowerBound), count: place.upperBound - place.lowerBound)
  }

  /// A cell of the record at hand as text.
  func text(_ cell: Int) -> String { cellText(bytes(cell)) }

  /// Reads more behind what is left, which moves to the front.
  private func fill() throws(SeriesFault) {
    let left = end - start
    if left == memory.count {
      if left >= Self.longest {
        throw .content(Fault("line \(nextLine) has more than \(Self.longest >> 20) MB; is a quote not closed?"))
      }
      let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * left, alignment: 64)
      larger.copyMemory(from: UnsafeRawBufferPointer(memory))
      memory.deallocate()
      memory = larger
    } else {
      memory.baseAddress!.copyMemory(from: memory.baseAddress! + start, byteCount: left)
    }
    let wanted = UnsafeMutableRawBufferPointer(rebasing: memory[left...])
    let read: Int
    do { read = try content.read(into: wanted) } catch { throw .file(error) }
    (start, end, isEnd) = (0, left + read, read < wanted.count)
  }
}

/// A cell as text, with its doubled quotes as one and without blanks around it.
func cellText(_ bytes: UnsafeRawBufferPointer) -> String {
  let quote = UInt8(ascii: "\"")
  var (text, isDoubled): ([UInt8], Bool) = ([], false)
  for byte in bytes {
    isDoubled = byte == quote && text.last == quote && !isDoubled
    if !isDoubled { text.append(byte) }
  }
  let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
  while let last = text.last, isBlank(last) { text.removeLast() }
  return String(decoding: text.drop(while: isBlank), as: UTF8.self)
}
