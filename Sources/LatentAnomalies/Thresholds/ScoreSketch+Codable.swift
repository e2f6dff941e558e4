extension ScoreSketch: Codable {
  private enum Key: String, CodingKey { case count, median, medianDeviation, highest, quantiles }

  /// - Throws: `DecodingError`, also for numbers that no scores have
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    count = try container.decode(Int.self, forKey: .count)
    median = try container.decodeIfPresent(Double.self, forKey: .median) ?? .nan
    medianDeviation = try container.decodeIfPresent(Double.self, forKey: .medianDeviation) ?? .nan
    highest = try container.decode([Double].self, forKey: .highest)
    quantiles = try container.decode([Double].self, forKey: .quantiles)
    let isAscending = { (numbers: [Double]) in zip(numbers, numbers.dropFirst()).allSatisfy { $0 <= $1 } }
    guard highest.count == min(count, Self.mostHighest),
      quantiles.count == (count > Self.mostHighest ? Self.steps + 1 : 0), isAscending(highest), isAscending(quantiles),
      (highest + quantiles).allSatisfy({ abs($0) <= Self.largest }), count == 0 || medianDeviation >= 0,
      count == 0 || abs(median) <= Self.largest
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .highest, in: container, debugDescription: "are not the highest of these scores")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(count, forKey: .count)
    if count > 0 {
      try container.encode(median, forKey: .median)
      try container.encode(medianDeviation, forKey: .medianDeviation)
    }
    try container.encode(highest, forKey: .highest)
    try container.encode(quantiles, forKey: .quantiles)
  }
}
