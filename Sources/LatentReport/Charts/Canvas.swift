import LatentFiles
import LatentKernels

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A grey picture being drawn. Each source pixel is one `memset` and each source row `scale - 1` copies, so that a debug
/// build is quick as well.
struct Canvas {
  private(set) var picture: Picture

  init(_ layout: GridLayout, background: UInt8) {
    Shortage.checkArray(bytes: layout.width * layout.height)
    picture = Picture(
      width: layout.width, height: layout.height,
      pixels: [UInt8](repeating: background, count: layout.width * layout.height))
  }

  mutating func draw(_ images: ImageStack, _ index: Int, x: Int, y: Int, scale: Int) {
    let (stride, width) = (picture.width, images.width)
    require(x >= 0 && y >= 0 && x + width * scale <= stride && y + images.height * scale <= picture.height)
    picture.withUnsafeMutablePixels { pixels in
      images.bytes.withUnsafeBufferPointer { bytes in
        let source = bytes.baseAddress! + index * images.height * width
        for row in 0..<images.height {
          let line = pixels + (y + row * scale) * stride + x
          var column = 0
          while column < width {
            memset(line + column * scale, Int32(source[row * width + column]), scale)
            column += 1
          }
          for copy in 1..<max(scale, 1) { memcpy(line + copy * stride, line, width * scale) }
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
    let stride = picture.width
    picture.withUnsafeMutablePixels { pixels in
      part.pixels.withUnsafeBufferPointer { source in
        for row in rows {
          let start = source.baseAddress! + (row - y) * part.width + columns.lowerBound - x
          memcpy(pixels + row * stride + columns.lowerBound, start, columns.count)
        }
      }
    }
  }
}
