import CZlib

/// An IDX file written by hand, independently of the code under test.
public func idx(type: UInt8 = 8, sizes: [UInt32], elements: [UInt8]) -> [UInt8] {
  [0, 0, type, UInt8(sizes.count)] + sizes.flatMap { size in withUnsafeBytes(of: size.bigEndian) { Array($0) } }
    + elements
}

/// The bytes as one gzip member.
public func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  var input = bytes
  var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 100)
  deflateInit2_(
    &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&stream) }
  return input.withUnsafeMutableBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output in
      stream.next_in = input.baseAddress
      stream.avail_in = uInt(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = uInt(output.count)
      precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
      return Array(output.prefix(Int(stream.total_out)))
    }
  }
}
