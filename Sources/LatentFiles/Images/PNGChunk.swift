/// A chunk of a PNG file: length, name, data, and the CRC-32 of the last two.
struct PNGChunk {
  let name: String
  let data: ArraySlice<UInt8>

  /// The first bytes of a PNG file.
  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  /// The chunks after the signature, up to the first that is not whole.
  static func all(in file: [UInt8]) -> [PNGChunk] {
    var chunks: [PNGChunk] = []
    var start = 8
    while file.count - start >= 12 {
      let length = number(file[start...])
      guard length <= file.count - start - 12 else { break }
      let (body, end) = (file[start + 4..<start + 8 + length], start + 12 + length)
      guard file[end - 4..<end].elementsEqual(bigEndian(RawDeflate.checksum(body))) else { break }
      chunks.append(PNGChunk(name: String(decoding: body.prefix(4), as: UTF8.self), data: body.dropFirst(4)))
      start = end
    }
    return chunks
  }

  static func encoded(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    return bigEndian(UInt32(data.count)) + body + bigEndian(RawDeflate.checksum(body[...]))
  }

  /// The number in the first four bytes, the highest first.
  static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) } }

  static func bigEndian(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
}
