import LatentFiles
import LatentKernels

extension ImageDataset {
  /// A data set of images that the program has made itself.
  ///
  /// - Parameters:
  ///   - channels: numbers of a pixel, 1 of grey images.
  ///   - pixels: [count, height, width, channels] bytes; copied once.
  ///   - labels: [count], or nil.
  public init(name: String, height: Int, width: Int, channels: Int = 1, pixels: [UInt8], labels: [UInt8]? = nil) {
    require(
      height > 0 && width > 0 && channels > 0 && pixels.count.isMultiple(of: height * width * channels),
      "ImageDataset: \(pixels.count) bytes are no whole number of images of "
        + "\(ExampleShape.image(height: height, width: width, channels: channels))")
    let count = pixels.count / (height * width * channels)
    require(
      labels == nil || labels?.count == count, "ImageDataset: \(labels?.count ?? 0) labels for \(count) images")
    self.init(
      name: name, origin: "made by the program", height: height, width: width, channels: channels,
      pixels: PixelMemory(count: pixels.count) { memory in _ = memory.initialize(from: pixels) }, labels: labels)
  }

  /// Images 0 ..< count of the synthetic digits of a seed: 28x28 and labelled, with no file and no network.
  ///
  /// The same bits on every machine; image i does not depend on `count`. The parts are independent of each other.
  ///
  /// - Parameters:
  ///   - count: At least 1; by default 60,000 for training and 10,000 for the test part.
  ///   - seed: Any number; each gives other images.
  public static func synthetic(count: Int? = nil, seed: UInt64 = 0, part: DatasetPart = .training) -> ImageDataset {
    let count = count ?? part.syntheticCount
    require(count > 0 && count <= 1 << 21, "ImageDataset.synthetic: \(count) images; 1 to 2097152 can be drawn")
    var labels = [UInt8](repeating: 0, count: count)
    let height = SyntheticDigits.height
    let width = SyntheticDigits.width
    let pixels = PixelMemory(count: count * height * width) { pixels in
      labels.withUnsafeMutableBufferPointer { labels in
        SyntheticDigits.draw(seed: seed, series: part == .training ? 0 : 1, pixels: pixels, labels: labels)
      }
    }
    return ImageDataset(
      name: "synthetic digits", origin: "\(part) digits drawn from seed \(seed)", height: height, width: width,
      channels: 1, pixels: pixels, labels: labels)
  }

  /// Adds the checksum of the IDX file that would hold the images.
  private init(
    name: String, origin: String, height: Int, width: Int, channels: Int, pixels: PixelMemory, labels: [UInt8]?
  ) {
    self.init(
      name: name, origin: origin, count: pixels.bytes.count / (height * width * channels), height: height, width: width,
      channels: channels, labels: labels
    ) { hash in
      hash.update(UnsafeRawBufferPointer(pixels.bytes))
      return .memory(pixels)
    }
  }

  /// The same of images that may be elsewhere.
  ///
  /// - Parameter store: says where they are, once it has added all of their bytes to the hash
  init<Failure: Error>(
    name: String, origin: String, count: Int, height: Int, width: Int, channels: Int, labels: [UInt8]?,
    classNames: [String]? = nil,
    store: (inout SHA256) throws(Failure) -> PixelStorage
  ) throws(Failure) {
    var hash = SHA256()
    hash.update(IDXFile.header(sizes: [count, height, width] + (channels == 1 ? [] : [channels])))
    let storage = try store(&hash)
    let sha256 = hash.hexDigest()
    let shape = ExampleShape.image(height: height, width: width, channels: channels)
    self.init(
      name: name, provenance: "\(origin): \(summary(of: count, shape, sha256: sha256))", height: height, width: width,
      channels: channels, storage: storage, labels: labels, classNames: classNames, sha256: sha256)
  }
}

/// "60000 images of 28x28, sha256 c59f468a2f67".
func summary(of count: Int, _ shape: ExampleShape, sha256: String) -> String {
  "\(count) \(count == 1 ? shape.singular : shape.plural) of \(shape), sha256 \(sha256.prefix(12))"
}

extension DatasetPart {
  /// How many synthetic digits are drawn when no number is given: as many as MNIST has.
  var syntheticCount: Int { self == .training ? 60_000 : 10_000 }
}
