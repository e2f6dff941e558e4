import LatentFiles
import LatentReport

/// Grey images as lines of text, side by side: two pixels in each character, one above the other, each with a grey of its
/// own, or shades where the terminal has no colours.
struct TextImages {
  private(set) var lines: [String] = []

  /// The columns of an image that is so many lines high: pixels are square.
  static func columns(_ images: ImageStack, rows: Int) -> Int {
    max(1, (2 * rows * images.width + images.height / 2) / images.height)
  }

  /// The lines that an image needs to show all of its pixels.
  static func mostRows(_ images: ImageStack) -> Int { (images.height + 1) / 2 }

  /// - Parameters:
  ///   - count: how many of the first are shown
  ///   - rows: lines of an image
  init(_ images: ImageStack, count: Int, rows: Int, colors: Terminal.Colors) {
    let (width, height) = (Self.columns(images, rows: rows), 2 * rows)
    let small = (0..<count).map { Self.scaled(images, $0, width: width, height: height) }
    for row in 0..<rows {
      var line = ""
      for (index, pixels) in small.enumerated() {
        var last: (UInt8, UInt8)?
        if index > 0 { line += " " }
        for column in 0..<width {
          let (upper, lower) = (pixels[2 * row * width + column], pixels[(2 * row + 1) * width + column])
          guard colors != .none else {
            line.append(Array(" ░▒▓█")[(Int(upper) + Int(lower)) * 5 / 511])
            continue
          }
          if last == nil || last! != (upper, lower) {
            line += "\u{1B}[38;\(Self.grey(upper, colors));48;\(Self.grey(lower, colors))m"
            last = (upper, lower)
          }
          line += "▀"
        }
        if colors != .none { line += "\u{1B}[0m" }
      }
      lines.append(line)
    }
  }

  /// A grey for `ESC [ 38 ;` and `ESC [ 48 ;`: of xterm's 256 colours, 16 is black, 232...255 are greys, 231 is white.
  private static func grey(_ value: UInt8, _ colors: Terminal.Colors) -> String {
    if colors == .full { return "2;\(value);\(value);\(value)" }
    let level = (Int(value) * 25 + 127) / 255
    return "5;\(level == 0 ? 16 : level == 25 ? 231 : 231 + level)"
  }

  /// Each pixel is the mean of those that it covers.
  private static func scaled(_ images: ImageStack, _ index: Int, width: Int, height: Int) -> [UInt8] {
    let start = index * images.height * images.width
    func range(_ place: Int, of count: Int, from whole: Int) -> Range<Int> {
      let first = place * whole / count
      return first..<max((place + 1) * whole / count, first + 1)
    }
    return (0..<height * width).map { pixel in
      let rows = range(pixel / width, of: height, from: images.height)
      let columns = range(pixel % width, of: width, from: images.width)
      let sum = rows.reduce(0) { sum, row in
        columns.reduce(sum) { $0 + Int(images.bytes[start + row * images.width + $1]) }
      }
      return UInt8(sum / (rows.count * columns.count))
    }
  }
}
