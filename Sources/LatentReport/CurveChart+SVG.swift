import LatentKernels

extension CurveChart {
  /// The chart as an SVG document.
  ///
  /// - Parameters:
  ///   - width: of the whole picture in pixels; it scales, but text is made to be read at about this size.
  ///   - panelHeight: of one panel with its titles.
  public func svg(width: Double = 960, panelHeight: Double = 270) -> String {
    require(width >= 240 && panelHeight >= 120, "CurveChart.svg: \(width)×\(panelHeight) leaves no room to draw")
    let margin = 22.0
    let gap = 18.0
    let columns = min(panelsPerRow, max(panels.count, 1))
    let rows = (panels.count + columns - 1) / columns
    let legend = Legend(panels)
    let inside = width - 2 * margin
    let titleWidth = SVGText.width(of: title, size: 17)
    let legendBeside = titleWidth + 2 * gap + legend.width <= inside
    let legendRows = legend.rows(within: inside)
    let headHeight = 48 + (legendBeside ? 0 : Double(legendRows.count) * Legend.rowHeight)
    let height = headHeight + Double(rows) * panelHeight + Double(max(rows - 1, 0)) * gap + margin / 2
    let panelWidth = (inside - Double(columns - 1) * gap) / Double(columns)

    let size = "width=\"\(SVGText.number(width))\" height=\"\(SVGText.number(height))\""
    let box = "viewBox=\"0 0 \(SVGText.number(width)) \(SVGText.number(height))\""
    let label = SVGText.escaped(title)
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" class="latent-chart" \(size) \(box) role="img" aria-label="\(label)">
      <title>\(label)</title>
      <desc>\(SVGText.escaped(summary))</desc>
      \(Self.style)<rect class="card" x="0.5" y="0.5" width="\(SVGText.number(width - 1))" \
      height="\(SVGText.number(height - 1))" rx="8"/>

      """
    svg += SVGText.text(SVGText.shortened(title, to: inside, size: 17), margin, 32, class: "title")
    if legendBeside {
      svg += legend.svg(x: width - margin - legend.width, y: 32)
    } else {
      for (index, row) in legendRows.enumerated() {
        svg += row.svg(x: margin, y: 54 + Double(index) * Legend.rowHeight)
      }
    }
    for (index, panel) in panels.enumerated() {
      let x = margin + Double(index % columns) * (panelWidth + gap)
      let y = headHeight + Double(index / columns) * (panelHeight + gap)
      svg += PanelDrawing(panel, x: x, y: y, width: panelWidth, height: panelHeight).svg()
    }
    return svg + "</svg>\n"
  }

  /// The chart in words: where each curve ends.
  private var summary: String {
    panels.flatMap { panel in
      panel.series.map { series in
        let name = panel.title.isEmpty ? series.name : "\(panel.title), \(series.name)"
        guard let last = series.lastDrawn else { return "\(name): no values." }
        return "\(name): \(Format.measure(last.value)) \(panel.yTitle) at \(panel.xTitle) \(last.epoch)."
      }
    }.joined(separator: " ")
  }
}

extension CurveChart.Series {
  /// The unbroken pieces of the curve, as (epoch, value).
  var runs: [[(epoch: Int, value: Double)]] {
    values.enumerated().split { !($0.element.magnitude <= AxisScale.largestValue) }
      .map { $0.map { (epoch: $0.offset + 1, value: $0.element) } }
  }

  var lastDrawn: (epoch: Int, value: Double)? { runs.last?.last }
}

extension CurveChart.Series {
  /// The classes of a line of this series.
  var look: String { "curve \(color.rawValue)" + (dashed ? " dashed" : "") }
}
