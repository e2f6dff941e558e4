/// Rows and columns of a convolution's kernel, of its stride, or of what it makes.
///
/// As JSON: `3` where both are the same, else `[5, 1]`.
public struct Area: Sendable, Equatable {
  /// Rows.
  public var height: Int
  /// Columns.
  public var width: Int

  public init(height: Int, width: Int) { (self.height, self.width) = (height, width) }
}

extension Area: ExpressibleByIntegerLiteral {
  /// As many columns as rows.
  public init(_ side: Int) { self.init(height: side, width: side) }
  public init(integerLiteral side: Int) { self.init(side) }
}

extension Area: CustomStringConvertible {
  /// `5x1`
  public var description: String { "\(height)x\(width)" }

  /// `2` where both are the same.
  var brief: String { height == width ? "\(height)" : description }
}

extension Area: Codable {
  public init(from decoder: any Swift.Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let side = try? container.decode(Int.self) {
      self.init(side)
    } else if let sides = try? container.decode([Int].self), sides.count == 2 {
      self.init(height: sides[0], width: sides[1])
    } else {
      throw Area.refusal(decoder)
    }
    guard [height, width].allSatisfy((1...1 << 30).contains) else { throw Area.refusal(decoder) }
  }

  private static func refusal(_ decoder: any Swift.Decoder) -> DecodingError {
    .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "is not \(Area.whatItIs)"))
  }

  /// What may stand in JSON.
  static let whatItIs = "a whole number from 1 on, or two of them: [rows, columns]"

  public func encode(to encoder: any Swift.Encoder) throws {
    var container = encoder.singleValueContainer()
    if height == width { try container.encode(height) } else { try container.encode([height, width]) }
  }
}
