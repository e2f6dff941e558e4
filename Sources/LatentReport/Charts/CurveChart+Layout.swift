import LatentFiles
import LatentKernels

extension CurveChart {
  /// Where title, legend and panels lie.
  struct Layout {
    let height: Double
    private let chart: CurveChart
    private let width: Double
    private let panelHeight: Double
    private let columns: Int
    private let headHeight: Double
    private let legend: Legend
    private let legendIsBeside: Bool

    private static let (margin, gap) = (22.0, 18.0)

    init(_ chart: CurveChart, width: Double, panelHeight: Double) {
      require(width >= 240 && panelHeight >= 120, "CurveChart: \(width)×\(panelHeight) leaves no room to draw")
      let chart = chart.withLooks
      (self.chart, self.width, self.panelHeight) = (chart, width, panelHeight)
      columns = min(chart.panelsPerRow, max(chart.panels.count, 1))
      let rows = (chart.panels.count + columns - 1) / columns
      legend = Legend(chart.panels)
      let inside = width - 2 * Layout.margin
      legendIsBeside = SVGText.width(of: chart.title, size: 17) + 2 * Layout.gap + legend.width <= inside
      headHeight = 48 + (legendIsBeside ? 0 : Double(legend.rows(within: inside).count) * Legend.rowHeight)
      height = headHeight + Double(rows) * panelHeight + Double(max(rows - 1, 0)) * Layout.gap + Layout.margin / 2
    }

    func draw(on surface: some ChartSurface) {
      let (margin, gap, inside) = (Layout.margin, Layout.gap, width - 2 * Layout.margin)
      surface.text(SVGText.shortened(chart.title, to: inside, size: 17), margin, 32, .title)
      if legendIsBeside {
        legend.draw(on: surface, x: width - margin - legend.width, y: 32)
      } else {
        for (index, row) in legend.rows(within: inside).enumerated() {
          row.draw(on: surface, x: margin, y: 54 + Double(index) * Legend.rowHeight)
        }
      }
      let panelWidth = (inside - Double(columns - 1) * gap) / Double(columns)
      for (index, panel) in chart.panels.enumerated() {
        let x = margin + Double(index % columns) * (panelWidth + gap)
        let y = headHeight + Double(index / columns) * (panelHeight + gap)
        PanelDrawing(panel, x: x, y: y, width: panelWidth, height: panelHeight).draw(on: surface)
      }
    }
  }
}
