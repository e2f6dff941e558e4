import LatentFiles
import LatentKernels

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A picture being drawn. Each source pixel is one `memset`, or a copy of its colour for each place, and each source row
/// `scale - 1` copies, so that a debug build is quick as well.
struct Canvas {
  private(set) var picture: Picture

  /// - Parameter background: a grey
  init(_ layout: GridLayout, channels: Picture.Channels, background: UInt8) {
    let bytes = layout.width * layout.height * channels.rawValue
    Shortage.checkArray(bytes: bytes)
    picture = Picture(
      width: layout.width, height: layout.height, channels: channels,
      pixels: [UInt8](repeating: background, count: bytes))
  }

  mutating func draw(_ images: ImageStack, _ index: Int, x: Int, y: Int, scale: Int) {
    let (channels, width) = (images.channels.rawValue, images.width)
    let stride = picture.width * channels
    require(
      images.channels == picture.channels && x >= 0 && y >= 0 && x + width * scale <= picture.width
        && y + images.height * scale <= picture.height)
    picture.withUnsafeMutablePixels { pixels in
      images.bytes.withUnsafeBufferPointer { bytes in
        let source = bytes.baseAddress! + index * images.height * width * channels
        for row in 0..<images.height {
          let line = pixels + (y + row * scale) * stride + x * channels
          let colours = source + row * width * channels
          var column = 0
          while column < width {
            if channels == 1 {
              memset(line + column * scale, Int32(colours[column]), scale)
            } else {
              for copy in 0..<scale {
                memcpy(line + (column * scale + copy) * channels, colours + column * channels, channels)
              }
            }
            column += 1
          }
          for copy in 1..<max(scale, 1) { memcpy(line + copy * stride, line, width * scale * channels) }
        }
      }
    }
  }

  /// Puts what fits of a grey picture here, its upper left corner at (x, y).
  mutating func paste(_ part: Picture, x: Int, y: Int) {
    let (columns, rows) = (
      max(0, x)..<min(x + part.width, picture.width), max(0, y)..<min(y + part.height, picture.height)
    )
    guard columns.lowerBound < columns.upperBound else { return }
    let (channels, stride) = (picture.channels.rawValue, picture.width)
    let bytes = picture.channels == .grey ? part.pixels : PictureBytes.rgb(part.pixels)
    picture.withUnsafeMutablePixels { pixels in
      bytes.withUnsafeBufferPointer { source in
        for row in rows {
          let start = source.baseAddress! + ((row - y) * part.width + columns.lowerBound - x) * channels
          memcpy(pixels + (row * stride + columns.lowerBound) * channels, start, columns.count * channels)
        }
      }
    }
  }
}
