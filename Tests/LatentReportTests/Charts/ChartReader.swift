import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An SVG read back by an XML parser, as a flat list of its elements in the order of their ends.
final class ChartReader: NSObject, XMLParserDelegate {
  struct Element {
    var name: String
    var attributes: [String: String]
    var text = ""

    var classes: [Substring] { (attributes["class"] ?? "").split(separator: " ") }

    func number(_ key: String) throws -> Double { try #require(Double(attributes[key] ?? "")) }

    /// The points of a polyline.
    var points: [(x: Double, y: Double)] {
      (attributes["points"] ?? "").split(separator: " ").map { point in
        let numbers = point.split(separator: ",").map { Double($0) ?? .nan }
        return (numbers[0], numbers[1])
      }
    }
  }

  private(set) var elements: [Element] = []
  private var open: [Element] = []

  /// - Parameter svg: must be well-formed XML.
  init(_ svg: String) throws {
    super.init()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = self
    try #require(parser.parse(), "\(String(describing: parser.parserError)) in line \(parser.lineNumber)")
  }

  func all(_ name: String, class wanted: Substring? = nil) -> [Element] {
    elements.filter { element in element.name == name && (wanted.map { element.classes.contains($0) } ?? true) }
  }

  /// Both functions from pixels to values, read off the tick labels as a reader of the chart does.
  func axes() throws -> (x: (Double) -> Double, y: (Double) -> Double) {
    func line(_ ticks: [Element], _ key: String) throws -> (Double) -> Double {
      let (first, last) = (try #require(ticks.first), try #require(ticks.last))
      func value(_ tick: Element) throws -> Double {
        try #require(Double(tick.text.filter { $0 != "," }))
      }
      let (p0, p1, v0, v1) = (try first.number(key), try last.number(key), try value(first), try value(last))
      return { v0 + ($0 - p0) / (p1 - p0) * (v1 - v0) }
    }
    let y = try line(all("text", class: "y-tick"), "y")
    // The baseline of a label lies 4 pixels under the middle of its text.
    return (try line(all("text", class: "x-tick"), "x"), { y($0 + 4) })
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) { open.append(Element(name: name, attributes: attributes)) }

  func parser(_ parser: XMLParser, foundCharacters text: String) { open[open.count - 1].text += text }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    elements.append(open.removeLast())
  }
}
