import Latent
import LatentFiles
import LatentKernels

/// Images of one size, whose pixels are bytes, with their labels if they have any.
///
/// A data set is a window on pixels that are there once: `prefix`, `dropFirst` and `split` copy none. Pixels of large files
/// stay in the file (``LatentFiles/PixelPlace``), and a batch reads its own: such a set may be larger than memory, and every
/// process of a machine shares what the system keeps of it. Where the file can't be read any more or is written to, the
/// process stops with one line, since a batch can't be made of what has been lost; what is on disk stays as it is.
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
  /// What the labels stand for, by their numbers; nil where that is not known.
  public let classNames: [String]?
  /// The SHA-256, as 64 hexadecimal digits, of the uncompressed IDX images file that the images are from, or that
  /// would hold them. A split keeps the one of the whole.
  public let sha256: String

  /// How batches are made black and white; nil leaves them grey. The bytes of ``withPixels(of:_:)`` stay grey.
  public private(set) var binarization: Binarization?

  let storage: PixelStorage
  /// Which of those that are stored these are.
  private let places: StoredPlaces

  init(
    name: String, provenance: String, height: Int, width: Int, channels: Int = 1, storage: PixelStorage,
    labels: [UInt8]?, classNames: [String]? = nil, sha256: String
  ) {
    self.name = name
    self.classNames = classNames ?? knownClassNames(of: name)
    self.provenance = provenance
    self.count = storage.count / (height * width * channels)
    (self.height, self.width, self.channels) = (height, width, channels)
    self.labels = labels
    self.sha256 = sha256
    self.storage = storage
    places = .neighbours(0..<count)
  }

  private init(
    _ whole: ImageDataset, images: StoredPlaces? = nil, provenance: String? = nil, height: Int? = nil,
    width: Int? = nil
  ) {
    (name, classNames) = (whole.name, whole.classNames)
    self.provenance = provenance ?? whole.provenance
    places = images.map { whole.places[$0] } ?? whole.places
    count = places.count
    self.height = height ?? whole.height
    self.width = width ?? whole.width
    channels = whole.channels
    labels = whole.labels.map { labels in images.map { $0.map { labels[$0] } } ?? labels }
    binarization = whole.binarization
    sha256 = whole.sha256
    storage = whole.storage
  }

  public var shape: ExampleShape { .image(height: height, width: width, channels: channels) }

  /// The numbers of a row.
  private var columns: Int { width * channels }
  /// The bytes of an image.
  private var size: Int { height * columns }

  /// Calls `body` with the pixels of some images: [images.count, height, width, channels] bytes, 0 for black and 255 for
  /// white.
  ///
  /// The pointer must not leave `body`. What is in a file is read into memory for as long as `body` takes.
  public func withPixels<Result, Failure: Error>(
    of images: Range<Int>, _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    require(
      images.lowerBound >= 0 && images.upperBound <= count,
      "ImageDataset.withPixels: images \(images) of \(count)"
        + "; they must be in 0..<\(count)")
    return try storage.withBytes(of: places[.neighbours(images)], size: size, body)
  }

  /// A copy of one image: [height, width, channels] bytes, those of ``Binarization/threshold`` black or white.
  public func image(_ index: Int) -> [UInt8] {
    require(index >= 0 && index < count, "ImageDataset.image: image \(index) of \(count); it must be in 0..<\(count)")
    let grey = withPixels(of: index..<index + 1) { Array($0) }
    return binarization == .threshold ? grey.map { $0 < 128 ? 0 : 255 } : grey
  }

  /// A window on these images.
  public subscript(examples: Range<Int>) -> ImageDataset { ImageDataset(self, images: .neighbours(examples)) }

  /// A window on the images with these numbers, in this order.
  public func chosen(_ indices: [Int]) -> AnyDataset { AnyDataset(ImageDataset(self, images: .chosen(indices))) }

  /// The same pixels in rows of another length: as many time steps for a model that reads rows.
  public func reshaped(height: Int, width: Int) -> ImageDataset {
    require(
      height > 0 && width > 0 && height * width == self.height * self.width,
      "ImageDataset.reshaped: \(self.height)x\(self.width) pixels do not make \(height)x\(width)")
    return ImageDataset(self, height: height, width: width)
  }

  /// The same images, of which batches are black and white.
  public func binarized(_ binarization: Binarization?) -> ImageDataset {
    var result = self
    result.binarization = binarization
    return result
  }

  /// The same images with another line about where they are from.
  func with(provenance: String) -> ImageDataset {
    ImageDataset(self, provenance: provenance)
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

  /// Has the system fetch the images, where they are in a file.
  public func prefetch(_ indices: ArraySlice<Int>) {
    if case .file(let file) = storage { file.prefetch(places.stored(indices), size: size) }
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
    storage.gather(
      places.stored(indices), size: size, scale: 1.0 / 255, into: images.storage, workspace: context.workspace)
    return images
  }
}
