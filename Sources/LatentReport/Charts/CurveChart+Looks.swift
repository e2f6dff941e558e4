import LatentFiles

extension CurveChart {
  /// A colour with a variant for each colour scheme.
  public enum Color: String, Sendable, CaseIterable {
    case blue, orange, green, purple, red, grey
    case teal, plum, sand, maroon, sky, moss, brown, navy

    /// Ten that colour-blind readers tell apart too, the first ones best; series without a colour take them in turn.
    ///
    /// Any two are at least 20 apart in CIELAB as readers without red or without green cones see them (Machado, Oliveira
    /// and Fernandes 2009), and each has a contrast of at least 3 to its background, as lines need by WCAG 2.2.
    public static let distinct: [Color] = [.blue, .orange, .teal, .plum, .sand, .maroon, .sky, .moss, .brown, .navy]
  }

  /// The shape at a curve's points.
  public enum Mark: String, Sendable, CaseIterable {
    case circle, triangle, square, diamond
  }

  /// The chart in which every series and span has its colour. Series of one name look alike; after ten names colours come
  /// again, with other marks, and after forty with dashes.
  package var withLooks: CurveChart {
    var (chart, looks) = (self, [String: CurveLook]())
    let all = panels.flatMap(\.series)
    let taken = Set(all.compactMap { $0.mark == nil ? $0.color : nil })
    var free = Self.looks.filter { $0.mark != nil || $0.isDashed || !taken.contains($0.color) }[...]
    for series in all where series.color == nil && looks[series.name] == nil {
      if free.isEmpty { free = Self.looks[...] }
      looks[series.name] = free.removeFirst()
    }
    var shades: [String: Color] = [:]
    let names = panels.flatMap(\.spans).filter { $0.color == nil }.map(\.name)
    for name in names where shades[name] == nil { shades[name] = Self.shades[shades.count % Self.shades.count] }
    for panel in chart.panels.indices {
      for index in chart.panels[panel].series.indices where chart.panels[panel].series[index].color == nil {
        let look = looks[chart.panels[panel].series[index].name]!
        chart.panels[panel].series[index].color = look.color
        chart.panels[panel].series[index].mark = chart.panels[panel].series[index].mark ?? look.mark
        chart.panels[panel].series[index].dashed = chart.panels[panel].series[index].dashed || look.isDashed
      }
      for index in chart.panels[panel].spans.indices {
        let span = chart.panels[panel].spans[index]
        chart.panels[panel].spans[index].color = span.color ?? shades[span.name]
      }
    }
    return chart
  }

  /// Of series, in turn.
  private static let looks = [false, true].flatMap { isDashed in
    [nil, Mark.triangle, .square, .diamond].flatMap { mark in
      Color.distinct.map { CurveLook(color: $0, isDashed: isDashed, mark: mark) }
    }
  }

  /// Of spans, in turn: pale ones, which no line is likely to have first.
  private static let shades: [Color] = [.grey, .red, .sky, .green, .purple, .sand]
}

/// What the line of a series looks like.
struct CurveLook: Equatable {
  var color: CurveChart.Color
  var isDashed: Bool
  var mark: CurveChart.Mark?
}

extension CurveChart.Series {
  var look: CurveLook { CurveLook(color: color ?? .blue, isDashed: dashed, mark: mark) }
}

extension CurveChart.Mark {
  var shape: MarkShape {
    switch self {
    case .circle: .circle
    case .triangle: .triangle
    case .square: .square
    case .diamond: .diamond
    }
  }
}

extension CurveChart.Color {
  /// Dark enough on white, and bright enough on near-black, for thin lines.
  var values: (light: String, dark: String) {
    switch self {
    case .blue: ("#0969da", "#58a6ff")
    case .orange: ("#bc4c00", "#f0883e")
    case .green: ("#1a7f37", "#3fb950")
    case .purple: ("#8250df", "#bc8cff")
    case .red: ("#cf222e", "#ff7b72")
    case .grey: ("#59636e", "#9198a1")
    case .teal: ("#50a0a0", "#88d0b0")
    case .plum: ("#602870", "#b808a0")
    case .sand: ("#a89060", "#f8e000")
    case .maroon: ("#401028", "#a04868")
    case .sky: ("#0898d0", "#98d8f8")
    case .moss: ("#303000", "#c8f8a0")
    case .brown: ("#805050", "#b04838")
    case .navy: ("#000088", "#0060f8")
    }
  }
}
