import Latent

/// A table in plain text or Markdown: the first column to the left, the others to the right.
struct TextTable {
  private let head: [String]
  private var rows: [[String]] = []
  private let leftColumns: Set<Int>

  init(_ head: [String], leftColumns: Set<Int> = [0]) {
    self.head = head
    self.leftColumns = leftColumns
  }

  mutating func add(_ cells: [String]) {
    require(cells.count == head.count, "TextTable: \(cells.count) cells under \(head.count) heads")
    rows.append(cells)
  }

  func text(isMarkdown: Bool) -> String {
    let all = [head] + rows
    let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      let padded = cells.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - cells[column].count)
        return leftColumns.contains(column) ? cells[column] + space : space + cells[column]
      }
      if isMarkdown { return "| " + padded.joined(separator: " | ") + " |\n" }
      var text = padded.joined(separator: "  ")
      while text.last == " " { text.removeLast() }
      return text + "\n"
    }
    let rule = head.indices.map { column in
      let dashes = String(repeating: "-", count: max(widths[column], isMarkdown ? 3 : 1))
      return isMarkdown && !leftColumns.contains(column) ? dashes.dropLast() + ":" : dashes
    }
    let ruleLine = isMarkdown ? "| " + rule.joined(separator: " | ") + " |\n" : rule.joined(separator: "  ") + "\n"
    return line(head) + ruleLine + rows.map(line).joined()
  }
}
