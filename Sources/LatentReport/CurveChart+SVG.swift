extension CurveChart {
  /// The chart as an SVG document.
  ///
  /// - Parameters:
  ///   - width: of the whole picture in pixels; it scales, but text is made to be read at about this size.
  ///   - panelHeight: of one panel with its titles.
  public func svg(width: Double = 960, panelHeight: Double = 270) -> String {
    precondition(width >= 240 && panelHeight >= 120, "CurveChart.svg: \(width)×\(panelHeight) leaves no room to draw")
    let margin = 22.0
    let gap = 18.0
    let columns = min(panelsPerRow, max(panels.count, 1))
    let rows = (panels.count + columns - 1) / columns
    let legend = Legend(panels)
    let titleWidth = SVGText.width(of: title, size: 17)
    let legendBeside = 2 * margin + titleWidth + 2 * gap + legend.width <= width
    let headHeight = legendBeside || legend.entries.isEmpty ? 48.0 : 70.0
    let height = headHeight + Double(rows) * panelHeight + Double(max(rows - 1, 0)) * gap + margin / 2
    let panelWidth = (width - 2 * margin - Double(columns - 1) * gap) / Double(columns)

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
    svg += SVGText.text(title, margin, 32, class: "title")
    svg += legend.svg(x: legendBeside ? width - margin - legend.width : margin, y: legendBeside ? 32 : 54)
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

/// The names of all curves, each look once, in one line.
private struct Legend {
  struct Entry: Equatable {
    var name: String
    var look: String
  }

  var entries: [Entry] = []
  private static let sample = 24.0
  private static let space = 18.0

  init(_ panels: [CurveChart.Panel]) {
    for series in panels.flatMap(\.series) {
      let entry = Entry(name: series.name, look: series.look)
      if !entries.contains(entry) { entries.append(entry) }
    }
  }

  private func width(_ entry: Entry) -> Double { Self.sample + 7 + SVGText.width(of: entry.name, size: 12) }

  var width: Double { entries.reduce(-Self.space) { $0 + width($1) + Self.space } }

  func svg(x: Double, y: Double) -> String {
    var (svg, x) = ("", x)
    for entry in entries {
      svg += SVGText.line(x, y - 4, x + Self.sample, y - 4, class: entry.look)
      svg += SVGText.text(entry.name, x + Self.sample + 7, y, class: "legend")
      x += width(entry) + Self.space
    }
    return svg
  }
}

extension CurveChart.Series {
  /// The classes of a line of this series.
  var look: String { "curve \(color.rawValue)" + (dashed ? " dashed" : "") }
}
