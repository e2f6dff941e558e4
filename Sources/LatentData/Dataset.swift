import LatentFiles
import LatentKernels

/// Grey images of one size, with their labels if they have any.
///
/// A data set is a window on pixels that are in memory once: `prefix`, `dropFirst` and `split` copy no pixels.
///
///     let images = try Dataset.fashionMNIST()
///     let (training, validation) = images.split(validationFraction: 0.3)
public struct Dataset: Sendable {
  /// Which of a data set's two collections of images.
  public enum Part: String, Sendable, CaseIterable {
    /// The images to learn from: the files whose names start with `train`.
    case training
    /// The images kept apart: the files whose names start with `t10k`.
    case test
  }

  /// "Fashion-MNIST", "MNIST", "synthetic digits", or the name of the folder.
  public let name: String
  /// One line for people: where the images are from, how many there were and their checksum.
  public let provenance: String
  /// The number of images.
  public let count: Int
  /// Rows of an image.
  public let height: Int
  /// Pixels of a row.
  public let width: Int
  /// A label for each image: [count].
  public let labels: [UInt8]?
  /// The SHA-256, as 64 hexadecimal digits, of the uncompressed IDX images file that the images are from, or that
  /// would hold them. A split keeps the one of the whole.
  public let sha256: String

  /// How batches are made black and white; nil leaves them grey. The bytes of ``withPixels(_:)`` stay grey.
  public private(set) var binarization: Binarization?

  private let storage: PixelStorage
  private let first: Int

  init(
    name: String, provenance: String, height: Int, width: Int, storage: PixelStorage, labels: [UInt8]?, sha256: String
  ) {
    self.name = name
    self.provenance = provenance
    self.count = storage.bytes.count / (height * width)
    self.height = height
    self.width = width
    self.labels = labels
    self.sha256 = sha256
    self.storage = storage
    first = 0
  }

  private init(
    _ whole: Dataset, images: Range<Int>, provenance: String? = nil, height: Int? = nil, width: Int? = nil
  ) {
    name = whole.name
    self.provenance = provenance ?? whole.provenance
    count = images.count
    self.height = height ?? whole.height
    self.width = width ?? whole.width
    labels = whole.labels.map { Array($0[images]) }
    binarization = whole.binarization
    sha256 = whole.sha256
    storage = whole.storage
    first = whole.first + images.lowerBound
  }

  /// Calls `body` with the pixels of all images: [count, height, width] bytes, 0 for black and 255 for white.
  ///
  /// The pointer must not leave `body`.
  public func withPixels<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let size = height * width
    return try body(UnsafeBufferPointer(rebasing: storage.bytes[first * size..<(first + count) * size]))
  }

  /// A copy of one image: [height, width] bytes, those of ``Binarization/threshold`` black or white.
  public func image(_ index: Int) -> [UInt8] {
    require(index >= 0 && index < count, "Dataset.image: image \(index) of \(count)")
    let grey = withPixels { Array($0[index * height * width..<(index + 1) * height * width]) }
    return binarization == .threshold ? grey.map { $0 < 128 ? 0 : 255 } : grey
  }

  /// The first images, at most `maxCount`.
  public func prefix(_ maxCount: Int) -> Dataset {
    require(maxCount >= 0, "Dataset.prefix: \(maxCount) images")
    return Dataset(self, images: 0..<min(maxCount, count))
  }

  /// All but the first `dropped` images.
  public func dropFirst(_ dropped: Int) -> Dataset {
    require(dropped >= 0, "Dataset.dropFirst: \(dropped) images")
    return Dataset(self, images: min(dropped, count)..<count)
  }

  /// Cuts off the last images for validation, before any shuffling, where Keras cuts: at the whole part of
  /// count · (1 - fraction).
  ///
  /// 60,000 images and a fraction of 0.3 give 42,000 for training and 18,000 for validation.
  ///
  /// - Parameter validationFraction: At least 0 and below 1.
  public func split(validationFraction: Double) -> (training: Dataset, validation: Dataset) {
    let cut = validationCut(count: count, validationFraction: validationFraction)
    return (prefix(cut), dropFirst(cut))
  }

  /// The same pixels in rows of another length: as many time steps for a model that reads rows.
  public func reshaped(height: Int, width: Int) -> Dataset {
    require(
      height > 0 && width > 0 && height * width == self.height * self.width,
      "Dataset.reshaped: \(self.height)x\(self.width) pixels do not make \(height)x\(width)")
    return Dataset(self, images: 0..<count, height: height, width: width)
  }

  /// The same images, of which batches are black and white.
  public func binarized(_ binarization: Binarization?) -> Dataset {
    var result = self
    result.binarization = binarization
    return result
  }

  /// The same images with another line about where they are from.
  func with(provenance: String) -> Dataset {
    Dataset(self, images: 0..<count, provenance: provenance)
  }
}

extension Dataset: CustomStringConvertible {
  /// "Fashion-MNIST: 42000 labelled images of 28x28".
  public var description: String {
    "\(name): \(count) \(labels == nil ? "" : "labelled ")images of \(height)x\(width)"
  }
}
