import LatentKernels

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Many small grey images in one picture.
public enum ImageGrid {
  /// All images in rows of `columns`, the first at the top left; the last row may be short.
  ///
  /// - Parameters:
  ///   - scale: each pixel becomes scale × scale pixels.
  ///   - padding: pixels between the images and around them.
  ///   - background: grey of the padding.
  public static func picture(
    _ images: ImageStack, columns: Int, scale: Int = 3, padding: Int = 3, background: UInt8 = 255
  ) -> Picture {
    require(columns > 0 && scale > 0, "ImageGrid: \(columns) columns at scale \(scale)")
    let rows = max((images.count + columns - 1) / columns, 1)
    let layout = GridLayout(
      columns: columns, rows: rows, cellWidth: images.width * scale, cellHeight: images.height * scale,
      padding: padding)
    var canvas = Canvas(layout, background: background)
    for index in 0..<images.count {
      canvas.draw(
        images, index, x: layout.x(column: index % columns), y: layout.y(row: index / columns), scale: scale)
    }
    return canvas.picture
  }

  /// The first images of a model's samples, ten rows of ten; fewer images leave the last places empty.
  public static func samples(_ images: ImageStack, columns: Int = 10, rows: Int = 10, scale: Int = 3) -> Picture {
    let shown = min(images.count, columns * rows)
    let pixels = shown * images.height * images.width
    let first = ImageStack(Array(images.bytes[..<pixels]), height: images.height, width: images.width)
    return picture(first, columns: columns, scale: scale)
  }

  /// Originals, each with its reconstruction right below it, in bands of `columns` pairs with a clear gap between.
  ///
  /// - Parameters:
  ///   - originals: B images.
  ///   - reconstructions: B images of the same size.
  ///   - columns: pairs in one band.
  ///   - bands: at most so many bands are drawn; further images are left out.
  ///   - captions: words at the left of the upper and the lower row of each band, nil for none.
  public static func reconstructions(
    originals: ImageStack, reconstructions: ImageStack, columns: Int = 10, bands: Int = 4, scale: Int = 3,
    captions: (upper: String, lower: String)? = ("original", "decoded")
  ) -> Picture {
    require(
      originals.count == reconstructions.count && originals.height == reconstructions.height
        && originals.width == reconstructions.width,
      "ImageGrid.reconstructions: \(originals.count)×\(originals.height)×\(originals.width) originals, "
        + "\(reconstructions.count)×\(reconstructions.height)×\(reconstructions.width) reconstructions")
    require(columns > 0 && bands > 0 && scale > 0, "ImageGrid: \(columns) columns, \(bands) bands, scale \(scale)")
    let shown = min(originals.count, columns * bands)
    let textScale = (scale + 1) / 2
    let words = captions.map { max(PixelFont.width(of: $0.upper), PixelFont.width(of: $0.lower)) * textScale } ?? 0
    let padding = 3
    let layout = GridLayout(
      columns: columns, rows: 2 * max((shown + columns - 1) / columns, 1), cellWidth: originals.width * scale,
      cellHeight: originals.height * scale, padding: padding, bandRows: 2, bandGap: 6 * scale,
      leftMargin: words == 0 ? 0 : words + 2 * padding)
    var canvas = Canvas(layout, background: 255)
    for index in 0..<shown {
      let x = layout.x(column: index % columns)
      let row = index / columns * 2
      canvas.draw(originals, index, x: x, y: layout.y(row: row), scale: scale)
      canvas.draw(reconstructions, index, x: x, y: layout.y(row: row + 1), scale: scale)
    }
    if let captions {
      for row in 0..<layout.rows {
        let text = row.isMultiple(of: 2) ? captions.upper : captions.lower
        let right = layout.x(column: 0) - 2 * padding
        canvas.draw(
          text, x: right - PixelFont.width(of: text) * textScale,
          y: layout.y(row: row) + (layout.cellHeight - PixelFont.glyphHeight * textScale) / 2, scale: textScale)
      }
    }
    return canvas.picture
  }
}

/// A picture being drawn. Each source pixel is one `memset` and each source row `scale - 1` copies, so that a debug
/// build is quick as well.
private struct Canvas {
  var picture: Picture

  init(_ layout: GridLayout, background: UInt8) {
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

  /// Draws `text` in dark grey with its upper left corner at (x, y).
  mutating func draw(_ text: String, x: Int, y: Int, scale: Int) {
    let stride = picture.width
    require(x >= 0 && y >= 0 && x + PixelFont.width(of: text) * scale <= stride)
    require(y + PixelFont.glyphHeight * scale <= picture.height)
    picture.withUnsafeMutablePixels { pixels in
      for (position, character) in text.enumerated() {
        let left = x + position * PixelFont.advance * scale
        for (row, bits) in PixelFont.rows(of: character).enumerated() {
          for column in 0..<PixelFont.glyphWidth where bits >> UInt8(PixelFont.glyphWidth - 1 - column) & 1 == 1 {
            for line in 0..<scale {
              memset(pixels + (y + row * scale + line) * stride + left + column * scale, 72, scale)
            }
          }
        }
      }
    }
  }
}
