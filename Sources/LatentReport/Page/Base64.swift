/// Bytes as text in HTML (RFC 4648).
enum Base64 {
  /// Four characters for three bytes.
  static func encode(_ bytes: UnsafeRawBufferPointer) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    return String(unsafeUninitializedCapacity: count(bytes: bytes.count)) { text in
      var (index, place) = (0, 0)
      while index < bytes.count {
        let left = bytes.count - index
        let group =
          UInt32(bytes[index]) << 16 | (left > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
          | (left > 2 ? UInt32(bytes[index + 2]) : 0)
        text[place] = alphabet[Int(group >> 18)]
        text[place + 1] = alphabet[Int(group >> 12 & 63)]
        text[place + 2] = left > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "=")
        text[place + 3] = left > 2 ? alphabet[Int(group & 63)] : UInt8(ascii: "=")
        (index, place) = (index + 3, place + 4)
      }
      return place
    }
  }

  static func encode(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { encode($0) } }

  /// Little-endian float32.
  static func encode(_ values: [Float]) -> String {
    values.map(\.bitPattern.littleEndian).withUnsafeBytes { encode($0) }
  }

  /// Characters of so many bytes.
  static func count(bytes: Int) -> Int { (bytes + 2) / 3 * 4 }
}
