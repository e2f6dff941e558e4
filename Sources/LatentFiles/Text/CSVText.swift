/// How tables of comma-separated values (RFC 4180) write what needs care.
package enum CSVText {
  private static let (quote, comma, newline) = (UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "\n"))
  private static let carriageReturn = UInt8(ascii: "\r")

  /// Cells as a line, without its end. A cell with a comma, a quote or a line break stands in quotes.
  package static func line(_ cells: [String]) -> String {
    cells.map { cell in
      guard cell.utf8.contains(where: { [quote, comma, newline, carriageReturn].contains($0) }) else { return cell }
      return "\"" + String(decoding: cell.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }, as: UTF8.self) + "\""
    }.joined(separator: ",")
  }

  /// A line of a table.
  package struct Line: Equatable {
    package let cells: [String]
    /// Whether a line break ends it: the last one of a file may have been cut off.
    package let isFinished: Bool
  }

  /// Takes the next line, with all line breaks in its quotes, off the beginning of `bytes`; nil if there is none, or
  /// where a cell is no text in UTF-8 or its quotes are wrong.
  package static func takeLine(_ bytes: inout ArraySlice<UInt8>) -> Line? {
    guard !bytes.isEmpty else { return nil }
    var (cells, cell): ([String], [UInt8]) = ([], [])
    // Whether the cell began with a quote, and whether the one that ends it has been.
    var (isQuoted, isClosed) = (false, false)
    func text() -> String? { String(validating: cell, as: UTF8.self) }
    var position = bytes.startIndex
    while position < bytes.endIndex {
      let byte = bytes[position]
      let next = position + 1 < bytes.endIndex ? bytes[position + 1] : nil
      position += 1
      if isQuoted && !isClosed {
        if byte != quote {
          cell.append(byte)
        } else if next == quote {
          cell.append(quote)
          position += 1
        } else {
          isClosed = true
        }
      } else if byte == comma || byte == newline || byte == carriageReturn && next == newline {
        guard let text = text() else { return nil }
        cells.append(text)
        (cell, isQuoted, isClosed) = ([], false, false)
        if byte == comma { continue }
        bytes = bytes[(byte == newline ? position : position + 1)...]
        return Line(cells: cells, isFinished: true)
      } else if byte == quote && cell.isEmpty && !isClosed {
        isQuoted = true
      } else if isClosed || byte == quote {
        return nil
      } else {
        cell.append(byte)
      }
    }
    guard let text = text() else { return nil }
    bytes = bytes[position...]
    return Line(cells: cells + [text], isFinished: false)
  }
}
