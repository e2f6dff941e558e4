import LatentFiles

/// The labels of a grid as small pictures, and the room that they need.
struct GridLabels {
  private let title: Picture?
  private let columns: [Picture?]
  private let rows: [Picture?]

  private static let (textSize, titleSize, space) = (13.0, 15.0, 6)
  private static let lineHeight = 19

  init(_ labels: ImageGrid.Labels) {
    title = GridLabels.picture(labels.title, size: GridLabels.titleSize, weight: .bold)
    columns = labels.columns.map { GridLabels.picture($0) }
    rows = labels.rows.map { GridLabels.picture($0) }
  }

  var leftMargin: Int {
    let widest = rows.compactMap { $0?.width }.max() ?? 0
    return widest == 0 ? 0 : widest + 2 * GridLabels.space
  }

  var topMargin: Int { (title.map { $0.height + GridLabels.space } ?? 0) + columnsHeight }

  private var columnsHeight: Int { columns.contains { $0 != nil } ? GridLabels.lineHeight + 2 : 0 }

  func draw(on canvas: inout Canvas, _ layout: GridLayout) {
    if let title { canvas.paste(title, x: layout.leftMargin + layout.padding, y: GridLabels.space / 2 + 1) }
    for (column, label) in columns.prefix(layout.columns).enumerated() {
      guard let label else { continue }
      let middle = layout.x(column: column) + layout.cellWidth / 2
      canvas.paste(label, x: middle - label.width / 2, y: layout.topMargin - label.height + layout.padding - 1)
    }
    for (row, label) in rows.prefix(layout.rows).enumerated() {
      guard let label else { continue }
      let middle = layout.y(row: row) + layout.cellHeight / 2
      canvas.paste(
        label, x: layout.leftMargin - label.width - GridLabels.space + layout.padding, y: middle - label.height / 2)
    }
  }

  /// A line of dark text on white; nil for none.
  private static func picture(_ text: String, size: Double = textSize, weight: Drawing.Weight = .normal) -> Picture? {
    guard !text.isEmpty else { return nil }
    let ruler = Drawing(width: 1, height: 1)
    let text = ruler.shortened(text, to: 1200, size: size, weight: weight)
    let width = ruler.width(of: text, size: size, weight: weight)
    let drawing = Drawing(width: max(width.rounded(.up) + 1, 1), height: Double(lineHeight))
    drawing.text(text, 0, 14, size: size, .ink, weight: weight)
    return drawing.picture(.grey)
  }
}
