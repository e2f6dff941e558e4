import CLatentKernels

/// Short fingerprints of bytes. They find accidents; whoever wants to can make others with the same: ``SHA256`` is for
/// what must not be forged.
public enum Checksum {
  /// The CRC-32C (Castagnoli polynomial 0x1EDC6F41; RFC 3720, appendix B.4): that of records in files.
  public static func crc32c(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    bytes.baseAddress.map { latent_crc32c($0, bytes.count) } ?? 0
  }

  /// The CRC-32C of an array's bytes.
  public static func crc32c(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { crc32c($0) } }

  /// The XXH64 with seed 0 (Collet, "xxHash fast digest algorithm"), at some 15 GB/s: that of weights after each step.
  public static func xxh64(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    // An address is never followed where there are no bytes.
    withUnsafePointer(to: 0) { latent_xxh64(bytes.baseAddress ?? UnsafeRawPointer($0), bytes.count) }
  }

  /// The XXH64 of an array's bytes.
  public static func xxh64(_ bytes: [UInt8]) -> UInt64 { bytes.withUnsafeBytes { xxh64($0) } }
}

extension Storage {
  /// The XXH64 of the elements' bytes. Elements that are equal but not the same, 0 and -0, differ in it.
  public func xxh64() -> UInt64 { withUnsafeBytes { Checksum.xxh64($0) } }
}
