import LatentAnomalies
import LatentData
import LatentFiles

/// Writes the table of scores while they come: a line for each row of each file, in the file's order.
final class TableWriter {
  private let file: StreamedFile
  private let table: ScoreTable

  /// - Throws: `FileError`
  init(_ path: String, _ table: ScoreTable) throws(FileError) {
    (file, self.table) = (try StreamedFile(path), table)
    try file.write((table.header + "\n").utf8)
  }

  /// The rows of a series, which come in order.
  struct Lines {
    private let series: Series
    /// For each line of its file, in order, which row it is; nil where they are the same.
    private let places: [Int]?
    /// Whether lines are of rows in order, and can be written as these come.
    private let isInOrder: Bool
    private var next = 0
    /// All rows so far, where lines have to wait for later ones.
    private var kept: ScoredRows
    private var keptAlarms: [Bool] = []

    init(_ series: Series) {
      (self.series, places) = (series, series.rowOfFileRow)
      isInOrder = places.map { zip($0, $0.dropFirst()).allSatisfy(<=) } ?? true
      kept = ScoredRows(rows: 0..<0, features: series.features)
    }

    /// The lines that can be written once these rows are known.
    mutating func add(
      _ rows: ScoredRows, _ alarms: [Bool],
      _ write: (_ row: Int, ScoredRows, _ place: Int, _ isAlarm: Bool) throws -> Void
    ) rethrows {
      guard isInOrder else {
        kept.append(rows)
        keptAlarms += alarms
        if rows.rows.upperBound == series.rows { for row in places! { try write(row, kept, row, keptAlarms[row]) } }
        return
      }
      let first = rows.rows.lowerBound
      guard let places else {
        for row in rows.rows { try write(row, rows, row - first, alarms[row - first]) }
        return
      }
      while next < places.count, places[next] < rows.rows.upperBound {
        try write(places[next], rows, places[next] - first, alarms[places[next] - first])
        next += 1
      }
    }
  }

  /// Writes the lines of some rows.
  ///
  /// - Throws: `FileError`
  func add(_ scored: ScoredRows, _ alarms: [Bool], of series: Series, _ lines: inout Lines) throws {
    var text: [UInt8] = []
    lines.add(scored, alarms) { row, rows, place, isAlarm in
      let values = series.values[row * series.features..<(row + 1) * series.features]
      text +=
        table.line(series: series.name, label: series.cell(of: row), values: values, rows, at: place, isAlarm: isAlarm)
        .utf8
      text.append(UInt8(ascii: "\n"))
    }
    try file.write(text)
  }

  /// - Throws: `FileError`
  func finish() throws(FileError) { try file.finish() }
}
