import LatentFiles

/// A chart as SVG: styles are classes of its style sheet.
final class SVGSurface: ChartSurface {
  private(set) var svg = ""

  func text(_ text: String, _ x: Double, _ y: Double, _ style: ChartText) {
    svg += SVGText.text(text, x, y, class: SVGSurface.classes(style))
  }

  func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: ChartLine) {
    svg += SVGText.line(x1, y1, x2, y2, class: "\(style)")
  }

  func curve(_ points: [(x: Double, y: Double)], _ look: CurveLook) {
    svg += "<polyline class=\"\(SVGSurface.classes(look))\" points=\"\(places(points))\"/>\n"
  }

  func sample(_ x1: Double, _ x2: Double, _ y: Double, _ look: CurveLook) {
    svg += SVGText.line(x1, y, x2, y, class: SVGSurface.classes(look))
  }

  func mark(_ x: Double, _ y: Double, _ look: CurveLook) {
    let shape = look.mark?.shape ?? .circle
    guard shape != .circle else {
      svg += SVGText.dot(x, y, class: "dot \(look.color)")
      return
    }
    svg += polygon(shape.corners.map { (x + 3.4 * $0.x, y + 3.4 * $0.y) }, class: "dot \(look.color)")
  }

  func band(_ points: [(x: Double, y: Double)], _ look: CurveLook) {
    svg += polygon(points, class: "band \(look.color)")
  }

  func shade(_ x: Double, _ y: Double, width: Double, height: Double, _ color: CurveChart.Color, name: String) {
    let place = "x=\"\(SVGText.number(x))\" y=\"\(SVGText.number(y))\""
    let size = "width=\"\(SVGText.number(width))\" height=\"\(SVGText.number(height))\""
    svg += "<rect class=\"span \(color)\" \(place) \(size)><title>\(SVGText.escaped(name))</title></rect>\n"
  }

  private func polygon(_ points: [(x: Double, y: Double)], class name: String) -> String {
    "<polygon class=\"\(name)\" points=\"\(places(points))\"/>\n"
  }

  private func places(_ points: [(x: Double, y: Double)]) -> String {
    points.map { "\(SVGText.number($0.x)),\(SVGText.number($0.y))" }.joined(separator: " ")
  }

  func group(_ draw: () -> Void) {
    svg += "<g>\n"
    draw()
    svg += "</g>\n"
  }

  private static func classes(_ look: CurveLook) -> String { "curve \(look.color)" + (look.isDashed ? " dashed" : "") }

  private static func classes(_ style: ChartText) -> String {
    switch style {
    case .title: "title"
    case .panelTitle: "panel-title"
    case .legend: "legend"
    case .xTitle: "x-title"
    case .yTitle: "y-title"
    case .xTick: "x-tick"
    case .yTick: "y-tick"
    case .noData: "no-data"
    case .span: "span-name"
    case .end(let color): "end \(color)"
    }
  }
}
