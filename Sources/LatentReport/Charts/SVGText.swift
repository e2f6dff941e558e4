import LatentFiles

/// Pieces of SVG as text.
enum SVGText {
  /// `text` as XML character data or attribute value; characters that XML 1.0 forbids become U+FFFD.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n", "\r": result += " "
      case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A coordinate, to a hundredth of a pixel.
  static func number(_ value: Double) -> String { Format.fixed(value, 2) }

  /// Text with its baseline at (x, y).
  static func text(_ text: String, _ x: Double, _ y: Double, class name: String) -> String {
    "<text class=\"\(name)\" x=\"\(number(x))\" y=\"\(number(y))\">\(escaped(text))</text>\n"
  }

  static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class name: String) -> String {
    "<line class=\"\(name)\" x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\"/>\n"
  }

  static func dot(_ x: Double, _ y: Double, class name: String) -> String {
    "<circle class=\"\(name)\" cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"3\"/>\n"
  }

  /// About how wide `text` is: the mean letter of the usual sans-serif fonts is 0.56 times as wide as it is high.
  static func width(of text: String, size: Double) -> Double { Double(text.count) * size * 0.56 }

  /// `text`, or as much of its start as fits into `width`, with an ellipsis.
  static func shortened(_ text: String, to width: Double, size: Double) -> String {
    if Self.width(of: text, size: size) <= width { return text }
    return text.prefix(max(Int(width / (size * 0.56)) - 1, 0)) + "…"
  }
}
