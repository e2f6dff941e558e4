/// `synthetic`: what ``ImageDataset/synthetic(count:seed:part:)`` draws, at most 60,000 digits for training and 10,000 for
/// testing.
public struct SyntheticDigitsSource: ExampleSource {
  public static let usage = "synthetic"

  public init() {}

  public init?(_ text: String) {
    guard text == Self.usage else { return nil }
  }

  public var description: String { Self.usage }

  public func load(_ part: DatasetPart, _ reading: Reading) -> ImageDataset {
    ImageDataset.synthetic(count: min(reading.limit ?? .max, part.syntheticCount), seed: reading.seed, part: part)
  }
}
