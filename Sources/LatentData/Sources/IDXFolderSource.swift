import LatentFiles

/// The path of a folder with MNIST's files: what ``ImageDataset/idx(folder:part:place:)`` reads.
public struct IDXFolderSource: ExampleSource {
  public static let usage = "a folder of IDX files"
  /// Whether pixels are in memory or stay in their file.
  public var place = PixelPlace.bySize
  private let folder: String

  /// Any text but an empty one, so that whatever lies there is named in an error.
  public init?(_ text: String) {
    if text.isEmpty { return nil }
    folder = text
  }

  public var description: String { folder }

  public var path: String? { folder }

  public func load(_ part: DatasetPart, _ reading: Reading) throws(DataError) -> ImageDataset {
    try ImageDataset.idx(folder: folder, part: part, place: place).limited(to: reading.limit)
  }
}
