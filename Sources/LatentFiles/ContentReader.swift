import CZlib
import LatentKernels

/// The content of a plain or gzip file, piece by piece: no more is inflated than was asked for.
///
/// A file is gzip if its first two bytes say so, whatever its name. Concatenated gzip members are one content
/// (RFC 1952, section 2.2). What follows the last one is padding, of zeros, or is left alone as `gzip` does.
final class ContentReader {
  /// Whether other bytes than zeros follow the gzip data; known once all of it has been read.
  var hasTrailingBytes: Bool { inflater?.hasTrailingBytes ?? false }
  /// Bytes of content if the file is plain; unknown before a gzip file has been read.
  let plainSize: Int?
  /// The file where its content is plain; nil for bytes in memory too.
  let plainFile: OpenFile?
  private let file: FileReader
  private var inflater: Inflater?

  init(_ file: FileReader) throws(DataError) {
    self.file = file
    let start = UnsafeMutableRawBufferPointer.allocate(byteCount: 2, alignment: 1)
    defer { start.deallocate() }
    let isGzip = try file.read(into: start) == 2 && start[0] == 0x1f && start[1] == 0x8b
    file.rewind()
    plainSize = isGzip ? nil : file.size
    plainFile = isGzip ? nil : file.file
    inflater = isGzip ? Inflater(file: file) : nil
  }

  /// Fills `memory` and returns the number of bytes: fewer only where the content ends.
  func read(into memory: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    if let inflater { return try inflater.read(into: memory) }
    return try file.read(into: memory)
  }

  /// The next bytes of content: fewer than `count` only where the content ends.
  func read(count: Int) throws(DataError) -> [UInt8] {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { memory.deallocate() }
    return Array(memory[..<(try read(into: memory))])
  }
}

/// zlib's inflate over a file of gzip members.
private final class Inflater {
  private let file: FileReader
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)
  // zlib keeps the stream's address, so the stream must not move.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private var betweenMembers = false
  private(set) var hasTrailingBytes = false

  init(file: FileReader) {
    self.file = file
    stream.initialize(to: z_stream())
    let code = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))  // 16: gzip only
    require(code == Z_OK, "inflateInit2: zlib returned \(code)")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  func read(into memory: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    stream.pointee.next_out = memory.baseAddress?.assumingMemoryBound(to: Bytef.self)
    stream.pointee.avail_out = uInt(memory.count)
    while stream.pointee.avail_out > 0 {
      if stream.pointee.avail_in == 0, try !refill() {
        if betweenMembers { break }
        throw .gzipTruncated(file: file.path)
      }
      if betweenMembers {
        guard try startMember() else { break }
      }
      switch inflate(stream, Z_NO_FLUSH) {
      case Z_OK, Z_BUF_ERROR: break  // needs more input, or the output is full
      case Z_STREAM_END: betweenMembers = true
      case Z_MEM_ERROR: throw .outOfMemory(file: file.path, bytes: memory.count)
      default: throw dataError()
      }
    }
    return memory.count - Int(stream.pointee.avail_out)
  }

  /// Reads more of the file; false at its end.
  private func refill() throws(DataError) -> Bool {
    let count = try file.read(into: input)
    stream.pointee.next_in = input.baseAddress!.assumingMemoryBound(to: Bytef.self)
    stream.pointee.avail_in = uInt(count)
    return count > 0
  }

  /// Goes on with the next member; false where there is none, but padding or other bytes up to the end.
  private func startMember() throws(DataError) -> Bool {
    while stream.pointee.next_in.pointee == 0 {
      stream.pointee.next_in += 1
      stream.pointee.avail_in -= 1
      if stream.pointee.avail_in == 0, try !refill() { return false }
    }
    guard try isMember() else {
      hasTrailingBytes = true
      stream.pointee.avail_in = 0
      while try refill() { stream.pointee.avail_in = 0 }
      return false
    }
    inflateReset(stream)
    betweenMembers = false
    return true
  }

  /// Whether the next two bytes are those of a member, which may lie in two pieces of the file.
  private func isMember() throws(DataError) -> Bool {
    guard stream.pointee.next_in.pointee == 0x1f else { return false }
    if stream.pointee.avail_in == 1 {
      input[0] = 0x1f
      let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: input[1...]))
      stream.pointee.next_in = input.baseAddress!.assumingMemoryBound(to: Bytef.self)
      stream.pointee.avail_in = uInt(1 + count)
    }
    return stream.pointee.avail_in > 1 && stream.pointee.next_in[1] == 0x8b
  }

  private func dataError() -> DataError {
    .gzipCorrupt(file: file.path, reason: stream.pointee.msg.map { String(cString: $0) } ?? "invalid data")
  }
}
