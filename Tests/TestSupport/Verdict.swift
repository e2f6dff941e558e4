import Foundation

/// A small file as others write it, and what the format's own reader makes of it: see Golden/generate_verdicts.py.
public struct Verdict: Decodable, Sendable, CustomStringConvertible {
  /// A tensor of it.
  public struct Content: Decodable, Sendable, Equatable {
    public let type: String
    public let shape: [Int]
    /// Little-endian and row-major.
    public let bytes: [UInt8]

    public init(_ type: String, _ shape: [Int], _ bytes: [UInt8]) {
      (self.type, self.shape, self.bytes) = (type, shape, bytes)
    }

    public init(from decoder: any Decoder) throws {
      var values = try decoder.unkeyedContainer()
      type = try values.decode(String.self)
      shape = try values.decode([Int].self)
      bytes = Array(Data(base64Encoded: try values.decode(String.self)) ?? Data())
    }
  }

  public let reader: String
  public let name: String
  private let file: String
  /// Nil for a file that the format's own reader refuses.
  public let holds: [String: Content]?
  /// "refused" for what is refused here on purpose, although the format's own reader takes it.
  public let ours: String?

  public var bytes: [UInt8] { Array(Data(base64Encoded: file) ?? Data()) }
  public var description: String { "\(reader): \(name)" }

  /// All files for a reader.
  public static func all(of reader: String) throws -> [Verdict] {
    let folder = (Bundle.module.resourceURL ?? Bundle.module.bundleURL).appendingPathComponent("Golden")
    let data = try Data(contentsOf: folder.appendingPathComponent("verdicts.json"))
    return try JSONDecoder().decode([Verdict].self, from: data).filter { $0.reader == reader }
  }
}
