import LatentFiles
import LatentKernels

extension CurveChart {
  /// The chart as a picture in the light colour scheme, two pixels to a unit.
  ///
  /// - Parameters:
  ///   - width: of the whole picture in units
  ///   - panelHeight: of one panel with its titles
  public func picture(width: Double = 960, panelHeight: Double = 270) -> Picture {
    let layout = Layout(self, width: width, panelHeight: panelHeight)
    let drawing = Drawing(width: width, height: layout.height, scale: PlotFrame.scale)
    layout.draw(on: drawing)
    return drawing.picture()
  }
}

extension Drawing: ChartSurface {
  func text(_ text: String, _ x: Double, _ y: Double, _ style: ChartText) {
    switch style {
    case .title: self.text(text, x, y, size: 16, .ink, weight: .bold)
    case .panelTitle: self.text(text, x, y, size: 13, .ink, weight: .bold)
    case .legend: self.text(text, x, y, size: 12, .text)
    case .yTitle: self.text(text, x, y, size: 11, .text)
    case .xTitle, .xTick, .noData: self.text(text, x, y, size: 11, .text, .middle)
    case .span: self.text(text, x, y, size: 11, .text, .middle, halo: .white)
    case .yTick: self.text(text, x, y, size: 11, .text, .end)
    case .end(let color): self.text(text, x, y, size: 11, color.onWhite, weight: .bold)
    }
  }

  func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: ChartLine) {
    line([(x1, y1), (x2, y2)], style == .grid ? .grid : .axis)
  }

  func curve(_ points: [(x: Double, y: Double)], _ look: CurveLook) {
    line(points, look.color.onWhite, width: 2, dashes: look.isDashed ? [5, 5] : [], isRound: true)
  }

  func sample(_ x1: Double, _ x2: Double, _ y: Double, _ look: CurveLook) { curve([(x1, y), (x2, y)], look) }

  func mark(_ x: Double, _ y: Double, _ look: CurveLook) {
    mark(look.mark?.shape ?? .circle, x, y, radius: look.mark == nil ? 3 : 3.4, look.color.onWhite)
  }

  func band(_ points: [(x: Double, y: Double)], _ look: CurveLook) {
    area(points, look.color.onWhite, opacity: 0.18)
  }

  func shade(_ x: Double, _ y: Double, width: Double, height: Double, _ color: CurveChart.Color, name: String) {
    area(
      [(x, y), (x + width, y), (x + width, y + height), (x, y + height)], color.onWhite, opacity: CurveChart.shading)
  }

  func group(_ draw: () -> Void) { draw() }
}

extension CurveChart.Color {
  fileprivate var onWhite: Color { Color(UInt32(values.light.dropFirst(), radix: 16)!) }
}
