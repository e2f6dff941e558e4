import Latent
import LatentData
import LatentFiles

/// Images of one size, grey or in colours, B × height × width × channels bytes: 0 black and 255 white.
public struct ImageStack: Sendable, Equatable {
  /// Rows of an image.
  public let height: Int
  /// Pixels of a row.
  public let width: Int
  /// What a pixel holds.
  public let channels: Picture.Channels
  /// B × height × width × channels bytes.
  public let bytes: [UInt8]

  /// B, the number of images.
  public var count: Int { bytes.count / (height * width * channels.rawValue) }

  /// - Parameter bytes: B × height × width × channels, B may be 0.
  public init(_ bytes: [UInt8], height: Int, width: Int, channels: Picture.Channels = .grey) {
    require(height > 0 && width > 0, "ImageStack: images of \(height)×\(width) are empty")
    require(
      bytes.count.isMultiple(of: height * width * channels.rawValue),
      "ImageStack: \(bytes.count) values are no whole number of \(height)×\(width)"
        + (channels == .grey ? "" : "×\(channels.rawValue)") + " images")
    self.height = height
    self.width = width
    self.channels = channels
    self.bytes = bytes
  }

  /// - Parameter values: B × height × width × channels, 0 black and 1 white. Values outside 0...1 are clamped; not-a-number
  ///   is drawn as 128, so that a diverged model shows instead of stopping the program.
  public init(_ values: [Float], height: Int, width: Int, channels: Picture.Channels = .grey) {
    self.init(values.withUnsafeBufferPointer(Self.bytes), height: height, width: width, channels: channels)
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
  package static func bytes(of images: Tensor) -> [UInt8] {
    images.converted(to: .float32).storage.withUnsafeBytes { bytes(of: $0.bindMemory(to: Float.self)) }
  }

  /// - Parameter images: [B, height, width channels], 0 for black and 1 for white; values outside, and not-a-number, as above
  public init(_ images: Tensor, channels: Picture.Channels = .grey) {
    require(
      images.shape.count == 3 && images.shape[2].isMultiple(of: channels.rawValue),
      "ImageStack: the shape \(images.shape) is not [B, height, width channels] with \(channels.rawValue) channels")
    self.init(
      Self.bytes(of: images), height: images.shape[1], width: images.shape[2] / channels.rawValue, channels: channels)
  }

  /// - Parameters:
  ///   - bytes: of any number of examples
  ///   - shape: of grey images or of colours
  package init(_ bytes: [UInt8], of shape: ExampleShape) {
    guard let size = shape.drawn else { fatalError("ImageStack: \(shape.plural) of \(shape) are not drawn as pixels") }
    self.init(bytes, height: size.height, width: size.width, channels: Picture.Channels(rawValue: size.channels)!)
  }

  /// The first images of a data set.
  public init(_ images: some Dataset, first count: Int) { self.init(images, Array(0..<min(count, images.count))) }

  /// The images of a data set with these numbers, as they are: see ``LatentData/Dataset/originals(_:)``.
  ///
  /// - Parameter images: of images, grey or in colours
  public init(_ images: some Dataset, _ indices: [Int]) {
    self.init(Self.bytes(of: images.originals(indices)), of: images.shape)
  }
}
