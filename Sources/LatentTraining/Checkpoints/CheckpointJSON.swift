#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The parts of a checkpoint that are no tensors and more than a number: JSON, in which each double comes back as it was,
/// and the same value gives the same bytes.
enum CheckpointJSON {
  static func bytes(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // Values of numbers, strings and lists can always be encoded.
    return Array(try! encoder.encode(value))
  }

  /// Nil where the bytes are not those of such a value.
  static func value<Value: Decodable>(_ type: Value.Type, _ bytes: some Sequence<UInt8>) -> Value? {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try? decoder.decode(type, from: Data(bytes))
  }

  static func text(_ value: some Encodable) -> String { String(decoding: bytes(value), as: UTF8.self) }

  static func value<Value: Decodable>(_ type: Value.Type, _ text: String) -> Value? { value(type, text.utf8) }
}
