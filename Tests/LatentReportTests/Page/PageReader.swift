import Foundation
import Testing

/// A page's text, taken apart far enough to see whether it is sound.
struct PageReader {
  let text: String

  /// What an element of this kind of script holds.
  func json(_ id: String) throws -> [String: Any] {
    let start = try #require(text.range(of: "<script type=\"application/json\" id=\"\(id)\">"))
    let end = try #require(text[start.upperBound...].range(of: "</script"))
    let data = Data(text[start.upperBound..<end.lowerBound].utf8)
    let object = try JSONSerialization.jsonObject(with: data)
    return try #require(object as? [String: Any])
  }

  /// The values of an attribute in the page's own elements, not in what its program makes.
  func values(of attribute: String) -> [String] {
    let pattern = try! NSRegularExpression(pattern: "<[a-z][^<>]*? \(attribute)=\"([^\"]*)\"")
    let markup = self.markup
    return pattern.matches(in: markup, range: NSRange(markup.startIndex..., in: markup)).map {
      String(markup[Range($0.range(at: 1), in: markup)!])
    }
  }

  /// The page without its program and data.
  var markup: String {
    text.replacingOccurrences(
      of: "(?s)<script[^>]*>.*?</script>|<style>.*?</style>", with: "", options: .regularExpression)
  }

  /// Integers one after the other, their lowest bytes first.
  static func integers<T: FixedWidthInteger>(_ data: Data, of type: T.Type) -> [T] {
    data.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: T.bitWidth / 8).map {
        T(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: type))
      }
    }
  }

  /// Float32 numbers from base64.
  static func floats(_ value: Any?) throws -> [Float] {
    let text = try #require(value as? String)
    let data = try #require(Data(base64Encoded: text))
    return integers(data, of: UInt32.self).map { Float(bitPattern: $0) }
  }

  /// Elements are closed in the order in which they are opened, and identifiers and references to them fit.
  func checkStructure(sourceLocation: SourceLocation = #_sourceLocation) {
    let empty: Set = ["meta", "link", "img", "input", "br", "wbr", "hr"]
    let pattern = try! NSRegularExpression(pattern: "<(/?)([a-z][a-z0-9]*)[^<>]*?(/?)>")
    let markup = self.markup
    var open: [String] = []
    for match in pattern.matches(in: markup, range: NSRange(markup.startIndex..., in: markup)) {
      func part(_ index: Int) -> String { String(markup[Range(match.range(at: index), in: markup)!]) }
      if empty.contains(part(2)) || part(3) == "/" { continue }
      if part(1).isEmpty {
        open.append(part(2))
      } else if open.popLast() != part(2) {
        Issue.record("</\(part(2))> closes something else", sourceLocation: sourceLocation)
        return
      }
    }
    #expect(open.isEmpty, "\(open) stay open", sourceLocation: sourceLocation)
    let ids = values(of: "id")
    #expect(Set(ids).count == ids.count, "an identifier comes twice", sourceLocation: sourceLocation)
    let references =
      values(of: "aria-labelledby") + values(of: "aria-describedby") + values(of: "for")
      + values(of: "href").filter { $0.hasPrefix("#") }.map { String($0.dropFirst()) }
    #expect(Set(references).subtracting(ids).isEmpty, sourceLocation: sourceLocation)
    #expect(values(of: "src").allSatisfy { $0.hasPrefix("data:") }, sourceLocation: sourceLocation)
    #expect(
      values(of: "href").allSatisfy { $0.hasPrefix("#") || $0.hasPrefix("data:") }, sourceLocation: sourceLocation)
    #expect(!text.contains("https://"), "the page asks for nothing", sourceLocation: sourceLocation)
  }
}
