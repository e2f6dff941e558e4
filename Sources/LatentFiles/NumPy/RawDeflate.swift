import CZlib
import LatentKernels

/// Deflate (RFC 1951) without a header of its own, as zip archives hold it, and their checksum.
package enum RawDeflate {
  /// Memory grows by what the data proves to hold, in pieces, and not by what a header declares.
  private static let piece = 1 << 18
  /// zlib counts in 32 bits.
  private static let largestInput = 1 << 30

  /// Inflates data that must give exactly `count` bytes and take all of `data`.
  static func inflate(_ data: ArraySlice<UInt8>, count: Int) throws(Fault) -> [UInt8] {
    let stream = makeStream()
    let code = inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    require(code == Z_OK, "inflateInit2: zlib returned \(code)")
    defer {
      inflateEnd(stream)
      stream.deallocate()
    }
    var result: [UInt8] = []
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: piece)
    defer { buffer.deallocate() }
    var failure: Fault?
    data.withUnsafeBufferPointer { input in
      stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      var unread = input.count
      var status = Z_OK
      repeat {
        let given = min(unread, largestInput)
        stream.pointee.avail_in = uInt(given)
        // One byte more than there should be shows whether the data goes on.
        let left = count - result.count
        let wanted = left < piece ? left + 1 : piece
        stream.pointee.next_out = buffer
        stream.pointee.avail_out = uInt(wanted)
        status = CZlib.inflate(stream, Z_NO_FLUSH)
        unread -= given - Int(stream.pointee.avail_in)
        let produced = wanted - Int(stream.pointee.avail_out)
        result.append(contentsOf: UnsafeBufferPointer(start: buffer, count: produced))
        switch status {
        case Z_OK, Z_STREAM_END:
          if result.count > count { failure = Fault("it continues after \(count) bytes") }
        case Z_BUF_ERROR: failure = Fault("it is cut off")
        default: failure = Fault(stream.pointee.msg.map { String(cString: $0) } ?? "zlib returned \(status)")
        }
      } while status != Z_STREAM_END && failure == nil
      if failure == nil {
        if result.count < count { failure = Fault("it has \(result.count) bytes, not \(count)") }
        if unread > 0 { failure = Fault("\(unread) bytes follow it") }
      }
    }
    if let failure { throw failure }
    return result
  }

  /// The first bytes that data inflates to: fewer than `count` where it is damaged or has no more.
  static func beginning(of data: ArraySlice<UInt8>, count: Int) -> [UInt8] {
    let stream = makeStream()
    let code = inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    require(code == Z_OK, "inflateInit2: zlib returned \(code)")
    defer {
      inflateEnd(stream)
      stream.deallocate()
    }
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, produced in
      data.withUnsafeBufferPointer { input in
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = uInt(min(input.count, largestInput))
        stream.pointee.next_out = buffer.baseAddress
        stream.pointee.avail_out = uInt(count)
        _ = CZlib.inflate(stream, Z_SYNC_FLUSH)
      }
      produced = count - Int(stream.pointee.avail_out)
    }
  }

  /// Deflates at zlib's default level: the same input gives the same bytes with the same zlib.
  package static func deflate(_ data: [UInt8]) -> [UInt8] {
    let stream = makeStream()
    let code = deflateInit2_(
      stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    require(code == Z_OK, "deflateInit2: zlib returned \(code)")
    defer {
      deflateEnd(stream)
      stream.deallocate()
    }
    var result: [UInt8] = []
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: piece)
    defer { buffer.deallocate() }
    data.withUnsafeBufferPointer { input in
      stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      var left = input.count
      var status = Z_OK
      while status != Z_STREAM_END {
        let given = min(left, largestInput)
        stream.pointee.avail_in = uInt(given)
        stream.pointee.next_out = buffer
        stream.pointee.avail_out = uInt(piece)
        status = CZlib.deflate(stream, given == left ? Z_FINISH : Z_NO_FLUSH)
        require(status == Z_OK || status == Z_STREAM_END, "deflate: zlib returned \(status)")
        left -= given - Int(stream.pointee.avail_in)
        result.append(contentsOf: UnsafeBufferPointer(start: buffer, count: piece - Int(stream.pointee.avail_out)))
      }
    }
    return result
  }

  /// zlib keeps a stream's address, so the stream must not move.
  private static func makeStream() -> UnsafeMutablePointer<z_stream> {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    return stream
  }

  /// The CRC-32 of zip archives.
  package static func checksum(_ data: ArraySlice<UInt8>) -> UInt32 {
    data.withUnsafeBufferPointer { bytes in
      UInt32(crc32_z(crc32(0, nil, 0), bytes.baseAddress, bytes.count))
    }
  }
}
