/// What a terminal shows after some text: a grid of characters, the alternate one of them, the cursor and its visibility.
/// It knows what a dashboard uses, and stops a test at anything else.
struct ScreenEmulator {
  private(set) var columns: Int
  private(set) var rows: Int
  private var main: [[Character]]
  private var alternate: [[Character]]
  private(set) var isAlternate = false
  private(set) var isCursorVisible = true
  private(set) var unknown: [String] = []
  private var (row, column) = (0, 0)
  private var mainCursor = (0, 0)
  private var unfinished = ""

  init(columns: Int, rows: Int) {
    (self.columns, self.rows) = (columns, rows)
    main = Self.blank(columns, rows)
    alternate = main
  }

  private static func blank(_ columns: Int, _ rows: Int) -> [[Character]] {
    Array(repeating: Array(repeating: " ", count: columns), count: rows)
  }

  /// Another size, with nothing on the screen that was not drawn since: a dashboard has to draw all of it.
  mutating func resize(columns: Int, rows: Int) {
    (self.columns, self.rows) = (columns, rows)
    (main, alternate) = (Self.blank(columns, rows), Self.blank(columns, rows))
    (row, column) = (0, 0)
  }

  /// The lines that are seen, without the spaces at their ends.
  var lines: [String] {
    (isAlternate ? alternate : main).map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  var text: String { lines.joined(separator: "\n") }

  private var grid: [[Character]] {
    get { isAlternate ? alternate : main }
    set { if isAlternate { alternate = newValue } else { main = newValue } }
  }

  mutating func feed(_ text: String) {
    var rest = (unfinished + text).unicodeScalars[...]
    unfinished = ""
    while let scalar = rest.first {
      // A sequence whose end is still to come waits for it.
      if scalar == "\u{1B}", !rest.dropFirst(2).contains(where: { ("@"..."~").contains($0) }) {
        unfinished = String(String.UnicodeScalarView(rest))
        return
      }
      rest = rest.dropFirst()
      switch scalar {
      case "\u{1B}":
        guard rest.popFirst() == "[" else {
          unknown.append("ESC")
          continue
        }
        let parameters = String(
          String.UnicodeScalarView(rest.prefix { !("@"..."~").contains($0) && $0 != "\u{1B}" }))
        rest = rest.dropFirst(parameters.unicodeScalars.count)
        // Another one that begins inside of it is the end of it.
        if rest.first == "\u{1B}" { continue }
        control(rest.popFirst() ?? "?", parameters)
      case "\r": column = 0
      case "\n": lineFeed()
      default: put(Character(scalar))
      }
    }
  }

  private mutating func lineFeed() {
    if row < rows - 1 {
      row += 1
    } else {
      grid.removeFirst()
      grid.append(Array(repeating: " ", count: columns))
    }
  }

  private mutating func put(_ character: Character) {
    if column == columns {
      column = 0
      lineFeed()
    }
    grid[row][column] = character
    column += 1
  }

  private mutating func control(_ final: Unicode.Scalar, _ parameters: String) {
    let numbers = parameters.split(separator: ";").map { Int($0) ?? 0 }
    switch (final, parameters) {
    case ("m", _): break
    case ("H", _): (row, column) = ((numbers.first ?? 1) - 1, (numbers.dropFirst().first ?? 1) - 1)
    case ("K", ""): for place in min(column, columns)..<columns { grid[row][place] = " " }
    case ("J", ""):
      for place in min(column, columns)..<columns { grid[row][place] = " " }
      for line in row + 1..<max(rows, row + 1) { grid[line] = Array(repeating: " ", count: columns) }
    case ("J", "2"): grid = Self.blank(columns, rows)
    case ("h", "?1049"):
      if !isAlternate { mainCursor = (row, column) }
      isAlternate = true
      alternate = Self.blank(columns, rows)
    case ("l", "?1049"):
      if isAlternate { (row, column) = mainCursor }
      isAlternate = false
    case ("h", "?25"): isCursorVisible = true
    case ("l", "?25"): isCursorVisible = false
    default: unknown.append("ESC[\(parameters)\(final)")
    }
  }
}
