import LatentFiles
import LatentKernels

extension Dataset {
  /// A data set of images that the program has made itself.
  ///
  /// - Parameters:
  ///   - pixels: [count, height, width] bytes; copied once.
  ///   - labels: [count], or nil.
  public init(name: String, height: Int, width: Int, pixels: [UInt8], labels: [UInt8]? = nil) {
    require(
      height > 0 && width > 0 && pixels.count.isMultiple(of: height * width),
      "Dataset: \(pixels.count) bytes are no whole number of images of \(height)x\(width)")
    let count = pixels.count / (height * width)
    require(
      labels == nil || labels?.count == count, "Dataset: \(labels?.count ?? 0) labels for \(count) images")
    let storage = PixelStorage(count: pixels.count) { memory in _ = memory.initialize(from: pixels) }
    self.init(
      name: name, origin: "made by the program", height: height, width: width, storage: storage, labels: labels)
  }

  /// Images 0 ..< count of the synthetic digits of a seed: 28x28 and labelled, with no file and no network.
  ///
  /// The same bits on every machine; image i does not depend on `count`. The parts are independent of each other.
  ///
  /// - Parameters:
  ///   - count: At least 1; by default 60,000 for training and 10,000 for the test part.
  ///   - seed: Any number; each gives other images.
  public static func synthetic(count: Int? = nil, seed: UInt64 = 0, part: Part = .training) -> Dataset {
    let count = count ?? part.syntheticCount
    require(count > 0 && count <= 1 << 21, "Dataset.synthetic: \(count) images; 1 to 2097152 can be drawn")
    var labels = [UInt8](repeating: 0, count: count)
    let height = SyntheticDigits.height
    let width = SyntheticDigits.width
    let storage = PixelStorage(count: count * height * width) { pixels in
      labels.withUnsafeMutableBufferPointer { labels in
        SyntheticDigits.draw(seed: seed, series: part == .training ? 0 : 1, pixels: pixels, labels: labels)
      }
    }
    return Dataset(
      name: "synthetic digits", origin: "\(part) digits drawn from seed \(seed)", height: height, width: width,
      storage: storage, labels: labels)
  }

  /// Adds the checksum of the IDX file that would hold the images.
  private init(
    name: String, origin: String, height: Int, width: Int, storage: PixelStorage, labels: [UInt8]?
  ) {
    let count = storage.bytes.count / (height * width)
    var hash = SHA256()
    hash.update(IDXFile.header(sizes: [count, height, width]))
    hash.update(UnsafeRawBufferPointer(storage.bytes))
    let sha256 = hash.hexDigest()
    self.init(
      name: name, provenance: "\(origin): \(Self.summary(count: count, height: height, width: width, sha256: sha256))",
      height: height, width: width, storage: storage, labels: labels, sha256: sha256)
  }

  /// "60000 images of 28x28, sha256 c59f468a2f67".
  static func summary(count: Int, height: Int, width: Int, sha256: String) -> String {
    "\(count) \(count == 1 ? "image" : "images") of \(height)x\(width), sha256 \(sha256.prefix(12))"
  }
}

extension Dataset.Part {
  /// How many synthetic digits are drawn when no number is given: as many as MNIST has.
  var syntheticCount: Int { self == .training ? 60_000 : 10_000 }
}
