import LatentFiles

/// The names of all curves and shaded parts of a chart, each look once.
struct Legend: Equatable {
  struct Entry: Equatable {
    enum Sample: Equatable {
      case curve(CurveLook)
      case span(CurveChart.Color)
    }

    var name: String
    var sample: Sample

    var width: Double { Legend.sampleWidth + 7 + SVGText.width(of: name, size: 12) }
  }

  private(set) var entries: [Entry] = []

  static let rowHeight = 20.0
  private static let sampleWidth = 24.0
  private static let space = 18.0

  init(_ panels: [CurveChart.Panel]) {
    let curves = panels.flatMap(\.series).map { Entry(name: $0.name, sample: .curve($0.look)) }
    let spans = panels.flatMap(\.spans).map { Entry(name: $0.name, sample: .span($0.color ?? .grey)) }
    for entry in curves + spans where !entries.contains(entry) { entries.append(entry) }
  }

  private init(_ entries: [Entry]) { self.entries = entries }

  /// The width in one row.
  var width: Double { entries.reduce(-Self.space) { $0 + $1.width + Self.space } }

  /// The entries in as many rows as they need to be no wider than `width`.
  func rows(within width: Double) -> [Legend] {
    var rows: [Legend] = []
    for entry in entries {
      if let last = rows.last, Legend(last.entries + [entry]).width <= width {
        rows[rows.count - 1].entries.append(entry)
      } else {
        rows.append(Legend([entry]))
      }
    }
    return rows
  }

  /// All entries in one row from `x` on, with the baseline `y`.
  func draw(on surface: some ChartSurface, x: Double, y: Double) {
    var x = x
    for entry in entries {
      switch entry.sample {
      case .curve(let look):
        surface.sample(x, x + Self.sampleWidth, y - 4, look)
        if look.mark != nil { surface.mark(x + Self.sampleWidth / 2, y - 4, look) }
      case .span(let color):
        surface.shade(x, y - 10, width: Self.sampleWidth, height: 12, color, name: entry.name)
      }
      surface.text(entry.name, x + Self.sampleWidth + 7, y, .legend)
      x += entry.width + Self.space
    }
  }
}
