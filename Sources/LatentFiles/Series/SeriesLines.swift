/// Reads rows of a series that come line by line, as from `tail -f`: with a first line of names, or without.
///
///     var lines = SeriesLines(columns: ["load"])
///     while let text = readLine() { if let row = try lines.row(of: text) { … } }
///
/// The first rows say where times stand, and what separates cells, as in a ``SeriesFile``. A cell in quotes ends in its line.
package struct SeriesLines {
  /// A row.
  package struct Row: Sendable {
    /// In seconds since 1970; nil where rows have none.
    package let time: Double?
    /// The values of the columns that were asked for, in their order; NaN where one is missing: [D]
    package let values: [Double]
  }

  private let columns: [String]
  private let areNamed: Bool
  private let options: SeriesOptions
  private let name: String
  private var layout: SeriesLayout?
  private var separator: UInt8?
  /// The line of names, until the first row of values is there.
  private var names: String?
  /// Lines so far.
  private var count = 0
  /// How the rows write times; nil before the first, or without times.
  package private(set) var timeFormat: TimeFormat?

  /// - Parameters:
  ///   - columns: those to read, by their names; without a line of names, all columns of numbers must be these, in their order
  ///   - areNamed: whether a line of names has them; else they are taken in their order from it, too
  ///   - options: which column has times, and which a label that is passed over
  ///   - name: what errors call it
  package init(
    columns: [String], areNamed: Bool = true, _ options: SeriesOptions = SeriesOptions(),
    name: String = "standard input"
  ) {
    (self.columns, self.areNamed, self.options, self.name) = (columns, areNamed, options, name)
  }

  /// The row of a line; nil of an empty line, and of the one with names.
  ///
  /// - Throws: ``FileError`` that names the line, and the column where a cell is not what it should be
  package mutating func row(of line: String) throws(FileError) -> Row? {
    count += 1
    if line.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { return nil }
    do throws(SeriesFault) {
      if layout == nil {
        guard try begin(line) else { return nil }
      }
      return try read(line)
    } catch {
      switch error {
      case .file(let error): throw FileError(error, in: name)
      case .content(let fault):
        // A line alone is the first of its text.
        let reason = fault.reason.hasPrefix("line 1") ? String(fault.reason.dropFirst(6)) : ": " + fault.reason
        throw FileError(file: name, reason: "line \(count)" + reason)
      }
    }
  }

  /// Finds out what rows have in them.
  ///
  /// - Returns: whether the line is a row
  private mutating func begin(_ line: String) throws(SeriesFault) -> Bool {
    if names == nil, try isHeader(line) {
      names = line
      return false
    }
    var options = options
    let records: RecordReader
    if let names, areNamed {
      records = try reader(names + "\n" + line + "\n")
      options.columns = columns
      layout = try SeriesLayout(records, options)
    } else {
      records = try reader(line + "\n")
      options.columns = nil
      var found = try SeriesLayout(records, options)
      let others = found.names.indices.filter { $0 != found.time }
      if found.values.count != columns.count, others.count == columns.count {
        // What is missing in the first row does not look like a number.
        options.columns = others.map { "\($0 + 1)" }
        found = try SeriesLayout(try reader(line + "\n"), options)
      }
      guard found.values.count == columns.count else {
        throw .content(
          Fault(
            areNamed
              ? "a row of \(found.values.count) numbers without names, and the model reads \(columns.count): "
                + columns.map { quotedName($0) }.joined(separator: ", ") + "; begin with the line of names"
              : "a row of \(found.values.count) numbers, and the model reads \(columns.count)"))
      }
      layout = found
    }
    separator = records.separator
    return true
  }

  /// Whether a line is one of names: it has all that were asked for, or no number.
  private func isHeader(_ line: String) throws(SeriesFault) -> Bool {
    let records = try reader(line + "\n")
    records.separator = TableSample.best(of: records.beginning, isWhole: true).separator
    guard try records.next() else { return false }
    let cells = Set(records.cells.indices.map { records.text($0) })
    if areNamed && columns.allSatisfy(cells.contains) { return true }
    return records.cells.indices.allSatisfy {
      if case .text = CellKind(records.bytes($0)) { true } else { records.text($0).isEmpty }
    }
  }

  private mutating func read(_ line: String) throws(SeriesFault) -> Row {
    let records = try reader(line + "\n")
    records.separator = separator
    let rows = try SeriesRows(records, layout!, isStrict: false)
    if let format = rows.format { timeFormat = timeFormat?.merged(with: format) ?? format }
    return Row(time: rows.times?.first, values: rows.values)
  }

  private func reader(_ text: String) throws(SeriesFault) -> RecordReader {
    do { return try RecordReader(FileReader(bytes: Array(text.utf8), name: name)) } catch { throw .file(error) }
  }
}
