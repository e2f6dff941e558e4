import Latent
import LatentFiles
import LatentKernels

/// Images of one size, whose pixels stay bytes in memory, with their labels if they have any.
///
/// A data set is a window on pixels that are in memory once: `prefix`, `dropFirst` and `split` copy no pixels.
///
///     let images = try ImageDataset.fashionMNIST()
///     let (training, validation) = images.split(validationFraction: 0.3)
public struct ImageDataset: Dataset {
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
  /// Numbers of a pixel: 1 of grey images, 3 of red, green and blue.
  public let channels: Int
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
    name: String, provenance: String, height: Int, width: Int, channels: Int = 1, storage: PixelStorage,
    labels: [UInt8]?, sha256: String
  ) {
    self.name = name
    self.provenance = provenance
    self.count = storage.bytes.count / (height * width * channels)
    (self.height, self.width, self.channels) = (height, width, channels)
    self.labels = labels
    self.sha256 = sha256
    self.storage = storage
    first = 0
  }

  private init(
    _ whole: ImageDataset, images: Range<Int>, provenance: String? = nil, height: Int? = nil, width: Int? = nil
  ) {
    name = whole.name
    self.provenance = provenance ?? whole.provenance
    count = images.count
    self.height = height ?? whole.height
    self.width = width ?? whole.width
    channels = whole.channels
    labels = whole.labels.map { Array($0[images]) }
    binarization = whole.binarization
    sha256 = whole.sha256
    storage = whole.storage
    first = whole.first + images.lowerBound
  }

  public var shape: ExampleShape { .image(height: height, width: width, channels: channels) }

  /// The numbers of a row.
  private var columns: Int { width * channels }
  /// The bytes of an image.
  private var size: Int { height * columns }

  /// Calls `body` with the pixels of all images: [count, height, width, channels] bytes, 0 for black and 255 for white.
  ///
  /// The pointer must not leave `body`.
  public func withPixels<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeBufferPointer(rebasing: storage.bytes[first * size..<(first + count) * size]))
  }

  /// A copy of one image: [height, width, channels] bytes, those of ``Binarization/threshold`` black or white.
  public func image(_ index: Int) -> [UInt8] {
    require(index >= 0 && index < count, "ImageDataset.image: image \(index) of \(count)")
    let grey = withPixels { Array($0[index * size..<(index + 1) * size]) }
    return binarization == .threshold ? grey.map { $0 < 128 ? 0 : 255 } : grey
  }

  /// A window on these images.
  public subscript(examples: Range<Int>) -> ImageDataset { ImageDataset(self, images: examples) }

  /// The same pixels in rows of another length: as many time steps for a model that reads rows.
  public func reshaped(height: Int, width: Int) -> ImageDataset {
    require(
      height > 0 && width > 0 && height * width == self.height * self.width,
      "ImageDataset.reshaped: \(self.height)x\(self.width) pixels do not make \(height)x\(width)")
    return ImageDataset(self, images: 0..<count, height: height, width: width)
  }

  /// The same images, of which batches are black and white.
  public func binarized(_ binarization: Binarization?) -> ImageDataset {
    var result = self
    result.binarization = binarization
    return result
  }

  /// The same images with another line about where they are from.
  func with(provenance: String) -> ImageDataset {
    ImageDataset(self, images: 0..<count, provenance: provenance)
  }
}

extension ImageDataset {
  /// The images at `indices`, as numbers in 0...1, black and white where they are to be, with the noise that belongs to them.
  public func batch(_ indices: ArraySlice<Int>, in context: BatchContext = BatchContext()) -> ExampleBatch {
    let images = pixels(indices, in: context)
    binarization?.apply(to: images, streams: indices.lazy.map(UInt64.init), in: context)
    return ExampleBatch(
      values: images, labels: labels.map { labels in indices.map { labels[labels.startIndex + $0] } },
      streams: indices.map(UInt64.init), noiseKey: context.noiseKey)
  }

  /// The images as they are, but for those of ``Binarization/threshold``, which are black and white.
  public func originals(_ indices: [Int]) -> Tensor {
    let context = BatchContext()
    let images = pixels(indices[...], in: context)
    if binarization == .threshold { Binarization.threshold.apply(to: images, streams: [UInt64](), in: context) }
    return images
  }

  private func pixels(_ indices: ArraySlice<Int>, in context: BatchContext) -> Tensor {
    let images = Tensor(
      uninitialized: [indices.count, height, columns], element: context.element, workspace: context.workspace)
    withPixels { images.storage.gather($0, images: indices, columns: size, scale: 1.0 / 255) }
    return images
  }
}
