import Latent

// Rows and columns of a convolution's kernel, of its stride, or of what it makes, in a plan.
extension Size2D {
  /// `5x1`
  var sides: String { "\(height)x\(width)" }

  /// `2` where both are the same.
  var brief: String { height == width ? "\(height)" : sides }
}

/// As JSON: `3` where both are the same, else `[5, 1]`.
extension Size2D: Codable {
  public init(from decoder: any Swift.Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let side = try? container.decode(Int.self) {
      self.init(side)
    } else if let sides = try? container.decode([Int].self), sides.count == 2 {
      self.init(height: sides[0], width: sides[1])
    } else {
      throw Size2D.refusal(decoder)
    }
    guard [height, width].allSatisfy((1...1 << 30).contains) else { throw Size2D.refusal(decoder) }
  }

  private static func refusal(_ decoder: any Swift.Decoder) -> DecodingError {
    .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "is not \(Size2D.whatItIs)"))
  }

  /// What may stand in JSON.
  static let whatItIs = "a whole number from 1 on, or two of them: [rows, columns]"

  public func encode(to encoder: any Swift.Encoder) throws {
    var container = encoder.singleValueContainer()
    if height == width { try container.encode(height) } else { try container.encode([height, width]) }
  }
}
