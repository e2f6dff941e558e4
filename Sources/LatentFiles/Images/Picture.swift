import LatentKernels

/// An 8-bit picture, rows from the top, each row from the left, the channels of a pixel side by side.
public struct Picture: Sendable, Equatable {
  /// What a pixel holds; the raw value is its number of bytes.
  public enum Channels: Int, Sendable {
    case grey = 1
    case rgb = 3
  }

  /// Pixels of a row.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// What a pixel holds.
  public let channels: Channels
  /// height × width × channels bytes.
  public private(set) var pixels: [UInt8]

  /// - Parameter pixels: height × width × channels bytes; 0 is black.
  public init(width: Int, height: Int, channels: Channels = .grey, pixels: [UInt8]) {
    require(width > 0 && height > 0, "Picture: size \(width)×\(height) is empty")
    require(
      pixels.count == width * height * channels.rawValue,
      "Picture: \(pixels.count) bytes given for \(height)×\(width)×\(channels.rawValue)")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// The bytes of the pixel in column `x` of row `y`: one for grey, three for red, green, blue.
  public subscript(x: Int, y: Int) -> ArraySlice<UInt8> {
    require(x >= 0 && x < width && y >= 0 && y < height, "Picture: no pixel (\(x), \(y)) in \(width)×\(height)")
    let start = (y * width + x) * channels.rawValue
    return pixels[start..<start + channels.rawValue]
  }

  package mutating func withUnsafeMutablePixels<R>(_ body: (UnsafeMutablePointer<UInt8>) -> R) -> R {
    pixels.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
  }
}
