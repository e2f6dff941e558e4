import LatentFiles
import LatentKernels

/// Where a program's images come from, as a user names it: `auto`, `fashion-mnist`, `synthetic` or a folder.
public enum DataSource: Sendable, Equatable {
  /// Fashion-MNIST if it is installed, else synthetic digits; the provenance says which.
  case auto
  /// ``ImageDataset/fashionMNIST(_:)``.
  case fashionMNIST
  /// ``ImageDataset/synthetic(count:seed:part:)``.
  case synthetic
  /// ``ImageDataset/idx(folder:part:)``.
  case folder(String)

  /// Loads the images.
  ///
  /// - Parameters:
  ///   - part: The images for training, or those for testing.
  ///   - limit: Keep only the first so many images: at least 1; nil for all.
  ///   - seed: The seed of synthetic digits; files do not depend on it.
  /// - Throws: ``LatentFiles/DataError``, whose description is one line for the user.
  public func load(
    _ part: DatasetPart = .training, limit: Int? = nil, seed: UInt64 = 0
  ) throws(DataError) -> ImageDataset {
    try load(part, limit: limit, seed: seed, fashionMNISTFolder: ImageDataset.fashionMNISTFolder)
  }

  func load(
    _ part: DatasetPart, limit: Int?, seed: UInt64, fashionMNISTFolder: String
  ) throws(DataError) -> ImageDataset {
    require(limit.map { $0 > 0 } ?? true, "DataSource.load: a limit of \(limit ?? 0) images")
    switch self {
    case .auto where ImageDataset.hasImages(folder: fashionMNISTFolder):
      return try DataSource.fashionMNIST.load(part, limit: limit, seed: seed, fashionMNISTFolder: fashionMNISTFolder)
    case .auto:
      let digits = try DataSource.synthetic.load(part, limit: limit, seed: seed, fashionMNISTFolder: fashionMNISTFolder)
      return digits.with(
        provenance: digits.provenance + "; Fashion-MNIST (package dataset-fashion-mnist) is not installed")
    case .fashionMNIST:
      return try ImageDataset.fashionMNIST(part, folder: fashionMNISTFolder).limited(to: limit)
    case .synthetic:
      return ImageDataset.synthetic(count: min(limit ?? .max, part.syntheticCount), seed: seed, part: part)
    case .folder(let folder):
      return try ImageDataset.idx(folder: folder, part: part).limited(to: limit)
    }
  }
}

extension DataSource: LosslessStringConvertible {
  /// Reads `auto`, `fashion-mnist`, `synthetic`, or else the path of a folder; nil for an empty text.
  ///
  /// A folder with one of these names is given as `./auto`.
  public init?(_ description: String) {
    switch description {
    case "": return nil
    case "auto": self = .auto
    case "fashion-mnist": self = .fashionMNIST
    case "synthetic": self = .synthetic
    default: self = .folder(description)
    }
  }

  /// The text that names this source.
  public var description: String {
    switch self {
    case .auto: "auto"
    case .fashionMNIST: "fashion-mnist"
    case .synthetic: "synthetic"
    case .folder(let folder): folder
    }
  }
}

extension ImageDataset {
  /// The first images, with a word about it in the provenance.
  fileprivate func limited(to limit: Int?) -> ImageDataset {
    guard let limit, limit < count else { return self }
    return prefix(limit).with(provenance: provenance + "; only the first \(limit) are used")
  }
}
