import LatentFiles
import LatentKernels

/// Many small images in one picture, grey or in colours.
public enum ImageGrid {
  /// What is written around the images.
  public struct Labels: Sendable, Equatable {
    /// Above all.
    public var title: String
    /// Above the columns, from the first on; an empty one leaves its place free.
    public var columns: [String]
    /// At the left of the rows, from the first on.
    public var rows: [String]

    public init(title: String = "", columns: [String] = [], rows: [String] = []) {
      (self.title, self.columns, self.rows) = (title, columns, rows)
    }
  }

  /// All images in rows of `columns`, the first at the top left; the last row may be short.
  ///
  /// - Parameters:
  ///   - scale: each pixel becomes scale × scale pixels.
  ///   - padding: pixels between the images and around them.
  ///   - background: grey of the padding.
  ///   - labels: what is written around the images, in dark letters.
  ///   - bandRows: rows that belong together, with a clear gap between one band of them and the next.
  public static func picture(
    _ images: ImageStack, columns: Int, scale: Int = 3, padding: Int = 3, background: UInt8 = 255,
    labels: Labels = Labels(), bandRows: Int? = nil
  ) -> Picture {
    draw(
      images, order: Array(0..<images.count), columns: columns, scale: scale, padding: padding, background: background,
      labels: labels, bandRows: bandRows)
  }

  /// The first images of a model's samples, ten rows of ten; fewer images leave the last places empty.
  public static func samples(
    _ images: ImageStack, columns: Int = 10, rows: Int = 10, scale: Int = 3, labels: Labels = Labels()
  ) -> Picture {
    let shown = min(images.count, columns * rows)
    return draw(images, order: Array(0..<shown), columns: columns, scale: scale, labels: labels)
  }

  /// Originals, each with its reconstruction right below it, in bands of `columns` pairs with a clear gap between.
  ///
  /// - Parameters:
  ///   - originals: B images.
  ///   - reconstructions: B images of the same size.
  ///   - columns: pairs in one band.
  ///   - bands: at most so many bands are drawn; further images are left out.
  ///   - captions: words at the left of the upper and the lower row of each band, nil for none.
  ///   - title: above all.
  public static func reconstructions(
    originals: ImageStack, reconstructions: ImageStack, columns: Int = 10, bands: Int = 4, scale: Int = 3,
    captions: (upper: String, lower: String)? = ("original", "decoded"), title: String = ""
  ) -> Picture {
    require(
      originals.count == reconstructions.count && originals.height == reconstructions.height
        && originals.width == reconstructions.width && originals.channels == reconstructions.channels,
      "ImageGrid.reconstructions: \(originals.count)×\(originals.height)×\(originals.width) originals, "
        + "\(reconstructions.count)×\(reconstructions.height)×\(reconstructions.width) reconstructions")
    require(columns > 0 && bands > 0, "ImageGrid: \(columns) columns, \(bands) bands; both must be positive")
    let (count, shown) = (originals.count, min(originals.count, columns * bands))
    var order: [Int?] = []
    for first in stride(from: 0, to: shown, by: columns) {
      let band: [Int?] = (first..<first + columns).map { $0 < shown ? $0 : nil }
      order += band + band.map { $0.map { $0 + count } }
    }
    let rows = order.count / columns
    return draw(
      ImageStack(
        originals.bytes + reconstructions.bytes, height: originals.height, width: originals.width,
        channels: originals.channels),
      order: order, columns: columns, scale: scale,
      labels: Labels(
        title: title, rows: captions.map { names in (0..<rows).map { $0 % 2 == 0 ? names.upper : names.lower } } ?? []),
      bandRows: 2)
  }

  /// How many times as large small images are drawn; large ones stay as they are.
  public static func scale(height: Int, width: Int) -> Int { max(1, min(3, 100 / max(height, width))) }

  /// - Parameter order: the image at each place, row by row; nil for none
  private static func draw(
    _ images: ImageStack, order: [Int?], columns: Int, scale: Int, padding: Int = 3, background: UInt8 = 255,
    labels: Labels, bandRows: Int? = nil
  ) -> Picture {
    require(columns > 0 && scale > 0, "ImageGrid: \(columns) columns at scale \(scale); both must be positive")
    let written = GridLabels(labels)
    let layout = GridLayout(
      columns: columns, rows: max((order.count + columns - 1) / columns, 1), cellWidth: images.width * scale,
      cellHeight: images.height * scale, padding: padding, bandRows: bandRows ?? 1,
      bandGap: bandRows == nil ? nil : 6 * scale, leftMargin: written.leftMargin, topMargin: written.topMargin)
    var canvas = Canvas(layout, channels: images.channels, background: background)
    for (place, index) in order.enumerated() {
      guard let index else { continue }
      let (row, column) = place.quotientAndRemainder(dividingBy: columns)
      canvas.draw(images, index, x: layout.x(column: column), y: layout.y(row: row), scale: scale)
    }
    written.draw(on: &canvas, layout)
    return canvas.picture
  }
}
