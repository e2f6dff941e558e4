import LatentFiles

/// `fashion-mnist`: what ``ImageDataset/fashionMNIST(_:)`` reads.
public struct FashionMNISTSource: ExampleSource {
  public static let usage = "fashion-mnist"
  private let folder: String

  public init() { self.init(folder: ImageDataset.fashionMNISTFolder) }

  init(folder: String) { self.folder = folder }

  public init?(_ text: String) {
    guard text == Self.usage else { return nil }
    self.init()
  }

  public var description: String { Self.usage }

  var isInstalled: Bool { ImageDataset.hasImages(folder: folder) }

  public func load(_ part: DatasetPart, _ reading: Reading) throws(DataError) -> ImageDataset {
    try ImageDataset.fashionMNIST(part, folder: folder).limited(to: reading.limit)
  }
}
