import Latent
import LatentData
import LatentFiles

/// Grey images of one size, B × height × width bytes, 0 black and 255 white.
public struct ImageStack: Sendable, Equatable {
  /// Rows of an image.
  public let height: Int
  /// Pixels of a row.
  public let width: Int
  /// B × height × width bytes.
  public let bytes: [UInt8]

  /// B, the number of images.
  public var count: Int { bytes.count / (height * width) }

  /// - Parameter bytes: B × height × width, B may be 0.
  public init(_ bytes: [UInt8], height: Int, width: Int) {
    require(height > 0 && width > 0, "ImageStack: images of \(height)×\(width) are empty")
    require(
      bytes.count.isMultiple(of: height * width),
      "ImageStack: \(bytes.count) values are no whole number of \(height)×\(width) images")
    self.height = height
    self.width = width
    self.bytes = bytes
  }

  /// - Parameter values: B × height × width, 0 black and 1 white. Values outside 0...1 are clamped; not-a-number
  ///   is drawn as mid-grey (128), so that a diverged model shows instead of stopping the program.
  public init(_ values: [Float], height: Int, width: Int) {
    self.init(values.withUnsafeBufferPointer(Self.bytes), height: height, width: width)
  }

  private static func bytes(of source: UnsafeBufferPointer<Float>) -> [UInt8] {
    Shortage.checkArray(bytes: source.count)
    return [UInt8](unsafeUninitializedCapacity: source.count) { target, count in
      var index = 0
      while index < source.count {
        let value = source[index]
        // One comparison chain that not-a-number falls through, as it is neither ≤ 0, nor ≥ 1, nor between.
        target[index] = value <= 0 ? 0 : value >= 1 ? 255 : value > 0 ? UInt8(value * 255 + 0.5) : 128
        index += 1
      }
      count = source.count
    }
  }

  /// The bytes of numbers as above.
  static func bytes(of images: Tensor) -> [UInt8] {
    images.converted(to: .float32).storage.withUnsafeBytes { bytes(of: $0.bindMemory(to: Float.self)) }
  }

  /// - Parameter images: [B, T, D], 0 for black and 1 for white; values outside, and not-a-number, as above
  public init(_ images: Tensor) {
    require(images.shape.count == 3, "ImageStack: the shape \(images.shape) is not [B, T, D]")
    self.init(Self.bytes(of: images), height: images.shape[1], width: images.shape[2])
  }

  /// The first images of a data set.
  public init(_ images: some Dataset, first count: Int) { self.init(images, Array(0..<min(count, images.count))) }

  /// The images of a data set with these numbers, as they are: see ``LatentData/Dataset/originals(_:)``.
  ///
  /// - Parameter images: of grey images
  public init(_ images: some Dataset, _ indices: [Int]) {
    self.init(images.originals(indices).reshaped(to: [indices.count, images.shape.steps, images.shape.features]))
  }
}
