import LatentFiles
import LatentMeasures
import LatentReport

/// Tables of measures in the terminal.
enum MeasureText {
  /// A title, and a line for each row: name, value, and what it means.
  static func lines(_ table: MeasureTable) -> [String] {
    [table.title] + aligned(table.rows.map { [$0.name, $0.value, $0.explanation] }, indentation: 2)
  }

  /// Rows of cells, each column as wide as its widest; the last ragged.
  static func aligned(_ rows: [[String]], indentation: Int = 0) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      var line = String(repeating: " ", count: indentation)
      for (column, cell) in row.enumerated() {
        line += column == 0 ? "" : "  "
        line += column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
