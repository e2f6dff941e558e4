import LatentFiles

/// The path of an IDX file, or of a folder with files of MNIST's names, each plain or compressed.
///
/// Unsigned bytes [N, H, W] and [N, H, W, C] are images, which stay bytes. Numbers of other types are taken as they are:
/// [N, D] are vectors, [N, T, D] series, [N, H, W, C] images in 0...1, and with a window, [T] and [T, D] are one series. Labels
/// are those of the file that MNIST's names give the images. A single file is both parts.
public struct IDXSource: ExampleSource {
  public static let usage = "an IDX file or a folder of them"
  /// Whether examples are in memory or stay in their file.
  public var place = PixelPlace.bySize
  private let location: String

  /// Any text but an empty one, so that whatever lies there is named in an error.
  public init?(_ text: String) {
    if text.isEmpty { return nil }
    location = text
  }

  public var description: String { location }

  public var path: String? { location }

  public func load(_ part: DatasetPart, _ reading: Reading) throws(DataError) -> AnyDataset {
    let examples = IDXExamples(reading, place: place)
    if FileKind(path: location) == .file { return AnyDataset(try examples.load(file: location)) }
    return AnyDataset(try examples.load(folder: location, part))
  }
}
