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
    let places = points.map { "\(SVGText.number($0.x)),\(SVGText.number($0.y))" }.joined(separator: " ")
    svg += "<polyline class=\"\(SVGSurface.classes(look))\" points=\"\(places)\"/>\n"
  }

  func sample(_ x1: Double, _ x2: Double, _ y: Double, _ look: CurveLook) {
    svg += SVGText.line(x1, y, x2, y, class: SVGSurface.classes(look))
  }

  func dot(_ x: Double, _ y: Double, _ color: CurveChart.Color) { svg += SVGText.dot(x, y, class: "dot \(color)") }

  func group(_ draw: () -> Void) {
    svg += "<g>\n"
    draw()
    svg += "</g>\n"
  }

  private static func classes(_ look: CurveLook) -> String { "curve \(look.color)" + (look.dashed ? " dashed" : "") }

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
    case .end(let color): "end \(color)"
    }
  }
}
