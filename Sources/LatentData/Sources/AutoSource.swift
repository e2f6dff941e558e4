import LatentFiles

/// `auto`: Fashion-MNIST if it is installed, else synthetic digits; the provenance says which.
public struct AutoSource: ExampleSource {
  public static let usage = "auto"
  private let fashionMNIST: FashionMNISTSource

  public init() { fashionMNIST = FashionMNISTSource() }

  init(fashionMNISTFolder: String) { fashionMNIST = FashionMNISTSource(folder: fashionMNISTFolder) }

  public init?(_ text: String) {
    guard text == Self.usage else { return nil }
    self.init()
  }

  public var description: String { Self.usage }

  public func load(_ part: DatasetPart, _ reading: Reading) throws(DataError) -> ImageDataset {
    if fashionMNIST.isInstalled { return try fashionMNIST.load(part, reading) }
    let digits = SyntheticDigitsSource().load(part, reading)
    return digits.with(
      provenance: digits.provenance + "; Fashion-MNIST (package dataset-fashion-mnist) is not installed")
  }
}
