import LatentFiles
import LatentReport

/// Images as lines of text, side by side: two pixels in each character, one above the other, each in a colour of its own, or
/// shades where the terminal has no colours.
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
        var last: (Pixel, Pixel)?
        if index > 0 { line += " " }
        for column in 0..<width {
          let (upper, lower) = (pixels[2 * row * width + column], pixels[(2 * row + 1) * width + column])
          guard colors != .none else {
            line.append(Array(" ░▒▓█")[(upper.light + lower.light) * 5 / 511])
            continue
          }
          if last == nil || last! != (upper, lower) {
            line += "\u{1B}[38;\(upper.code(colors));48;\(lower.code(colors))m"
            last = (upper, lower)
          }
          line += "▀"
        }
        if colors != .none { line += "\u{1B}[0m" }
      }
      lines.append(line)
    }
  }

  private struct Pixel: Equatable {
    var red: UInt8, green: UInt8, blue: UInt8

    /// As bright as it looks.
    var light: Int { (299 * Int(red) + 587 * Int(green) + 114 * Int(blue)) / 1000 }

    /// For `ESC [ 38 ;` and `ESC [ 48 ;`: of xterm's 256 colours, 16 is black, 232...255 are greys, 231 is white, and from 16 on
    /// there is a cube of six steps of 0, 95, 135, 175, 215 and 255 for red, green and blue.
    func code(_ colors: Terminal.Colors) -> String {
      if colors == .full { return "2;\(red);\(green);\(blue)" }
      if red == green && green == blue {
        let level = (Int(red) * 25 + 127) / 255
        return "5;\(level == 0 ? 16 : level == 25 ? 231 : 231 + level)"
      }
      func step(_ value: UInt8) -> Int { value < 48 ? 0 : value < 115 ? 1 : (Int(value) - 35) / 40 }
      return "5;\(16 + 36 * step(red) + 6 * step(green) + step(blue))"
    }
  }

  /// Each pixel is the mean of those that it covers.
  private static func scaled(_ images: ImageStack, _ index: Int, width: Int, height: Int) -> [Pixel] {
    let channels = images.channels.rawValue
    let start = index * images.height * images.width
    func range(_ place: Int, of count: Int, from whole: Int) -> Range<Int> {
      let first = place * whole / count
      return first..<max((place + 1) * whole / count, first + 1)
    }
    return (0..<height * width).map { pixel in
      let rows = range(pixel / width, of: height, from: images.height)
      let columns = range(pixel % width, of: width, from: images.width)
      func mean(_ channel: Int) -> UInt8 {
        let sum = rows.reduce(0) { sum, row in
          columns.reduce(sum) { $0 + Int(images.bytes[(start + row * images.width + $1) * channels + channel]) }
        }
        return UInt8(sum / (rows.count * columns.count))
      }
      let first = mean(0)
      return channels == 1
        ? Pixel(red: first, green: first, blue: first) : Pixel(red: first, green: mean(1), blue: mean(2))
    }
  }
}
