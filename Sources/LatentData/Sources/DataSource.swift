import Latent
import LatentFiles

/// The source that a text names, found among the kinds of sources that a program knows.
public struct DataSource: Sendable, Equatable {
  /// The source itself.
  public let source: any ExampleSource

  /// The kinds of sources that Latent has, in the order in which they are asked whether a text is theirs. The last takes any
  /// path.
  public static let kinds: [any ExampleSource.Type] = [
    AutoSource.self, FashionMNISTSource.self, SyntheticDigitsSource.self, NumPySource.self,
    SafetensorsSource.self, SeriesSource.self, ImageFolderSource.self, IDXSource.self,
  ]

  /// Fashion-MNIST if it is installed, else synthetic digits.
  public static let auto = DataSource(AutoSource())

  /// A source that need not be found.
  public init(_ source: any ExampleSource) { self.source = source }

  /// The source that a text names: `auto`, `fashion-mnist`, `synthetic`, or else the path of a file or folder; nil for an
  /// empty text. A folder with one of these names is given as `./auto`.
  ///
  /// - Parameter kinds: those to look through, the first first
  public init?(_ text: String, among kinds: [any ExampleSource.Type]) {
    for kind in kinds {
      if let source = kind.init(text) {
        self.init(source)
        return
      }
    }
    return nil
  }

  /// What help says of such sources: `auto, fashion-mnist, synthetic, a .npy or .npz file, or a folder of IDX files`.
  public static func usage(of kinds: [any ExampleSource.Type] = kinds) -> String {
    let names = kinds.map { $0.usage }
    return names.count < 2 ? names.joined() : names.dropLast().joined(separator: ", ") + ", or " + names.last!
  }

  /// The file or folder that the examples are read from, where the text names one.
  public var path: String? { source.path }

  /// Loads the examples; see ``ExampleSource/load(_:_:)``.
  ///
  /// - Throws: ``LatentFiles/DataError``
  public func load(_ part: DatasetPart = .training, _ reading: Reading) throws(DataError) -> any Dataset {
    let limit = reading.limit
    require(limit.map { $0 > 0 } ?? true, "DataSource.load: a limit of \(limit ?? 0) examples; it must be positive")
    if reading.text != nil, let text = source.path.flatMap({ TextSource($0) }) { return try text.load(part, reading) }
    let examples = try source.load(part, reading)
    return AnyDataset(examples).base
  }

  /// The same with defaults.
  ///
  /// - Throws: ``LatentFiles/DataError``
  public func load(
    _ part: DatasetPart = .training, limit: Int? = nil, seed: UInt64 = 0
  ) throws(DataError) -> any Dataset {
    try load(part, Reading(limit: limit, seed: seed))
  }

  /// Loads the examples where they are grey images.
  ///
  /// - Throws: ``LatentFiles/DataError``, for examples of another shape too
  public func loadImages(
    _ part: DatasetPart = .training, limit: Int? = nil, seed: UInt64 = 0
  ) throws(DataError) -> ImageDataset {
    let examples = try load(part, limit: limit, seed: seed)
    if let images = examples as? ImageDataset, images.channels == 1 { return images }
    throw .anotherFormat(
      path: description,
      help: "holds \(examples.shape.plural) of \(examples.shape), and this takes grey images, whose pixels are bytes")
  }

  public static func == (a: DataSource, b: DataSource) -> Bool {
    type(of: a.source) == type(of: b.source) && a.description == b.description
  }
}

extension DataSource: LosslessStringConvertible {
  /// The source that a text names among ``kinds``.
  public init?(_ description: String) { self.init(description, among: Self.kinds) }

  /// The text that names this source.
  public var description: String { source.description }
}
