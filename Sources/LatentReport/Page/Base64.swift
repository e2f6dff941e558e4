#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Bytes as text in HTML (RFC 4648).
enum Base64 {
  static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

  /// Little-endian float32, which numbers in memory are on all machines that this library runs on.
  static func encode(_ values: [Float]) -> String { values.withUnsafeBytes { Data($0).base64EncodedString() } }

  /// Little-endian float64.
  static func encode(_ values: [Double]) -> String { values.withUnsafeBytes { Data($0).base64EncodedString() } }

  /// Characters of so many bytes.
  static func count(bytes: Int) -> Int { (bytes + 2) / 3 * 4 }
}
