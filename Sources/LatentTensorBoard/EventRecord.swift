import LatentKernels

/// How event files hold a message (TensorFlow's `record_writer.h`), all numbers little-endian:
///
///     its length, 8 bytes; the length's checksum, 4; the message; its checksum, 4
enum EventRecord {
  static func framed(_ message: [UInt8]) -> [UInt8] {
    let length = bytes(of: UInt64(message.count))
    return length + bytes(of: checksum(length)) + message + bytes(of: checksum(message))
  }

  /// A CRC-32C, turned and moved: the checksum of bytes that hold a checksum themselves would always be the same else.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    let crc = Checksum.crc32c(bytes)
    return (crc >> 15 | crc << 17) &+ 0xa282_ead8
  }

  private static func bytes(of number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }
}
