import LatentFiles

extension CurveChart {
  /// The chart as an SVG document.
  ///
  /// - Parameters:
  ///   - width: of the whole picture in pixels; it scales, but text is made to be read at about this size.
  ///   - panelHeight: of one panel with its titles.
  public func svg(width: Double = 960, panelHeight: Double = 270) -> String {
    let layout = Layout(self, width: width, panelHeight: panelHeight)
    let surface = SVGSurface()
    layout.draw(on: surface)
    let size = "width=\"\(SVGText.number(width))\" height=\"\(SVGText.number(layout.height))\""
    let box = "viewBox=\"0 0 \(SVGText.number(width)) \(SVGText.number(layout.height))\""
    let label = SVGText.escaped(title)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" class="latent-chart" \(size) \(box) role="img" aria-label="\(label)">
      <title>\(label)</title>
      <desc>\(SVGText.escaped(summary))</desc>
      \(Self.style)<rect class="card" x="0.5" y="0.5" width="\(SVGText.number(width - 1))" \
      height="\(SVGText.number(layout.height - 1))" rx="8"/>
      \(surface.svg)</svg>

      """
  }

  /// The chart in words: its axes, where they are not plainly those of epochs, and where each curve ends.
  private var summary: String {
    panels.flatMap { panel in
      (panel.description.map { [$0] } ?? [])
        + panel.series.map { series in
          let name = panel.title.isEmpty ? series.name : "\(panel.title), \(series.name)"
          guard let last = series.runs(panel.xAxis, panel.yAxis).last?.last else { return "\(name): no values." }
          let band = last.band.map { ", between \(Format.measure($0.low)) and \(Format.measure($0.high))" } ?? ""
          let place = series.x == nil ? "\(Int(last.x))" : panel.xAxis.text(last.x)
          return "\(name): "
            + [Format.measure(last.y), panel.yTitle, "at", panel.xTitle, place + band + "."].filter { !$0.isEmpty }
            .joined(separator: " ")
        }
    }.joined(separator: " ")
  }
}
