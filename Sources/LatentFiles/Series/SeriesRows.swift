import LatentKernels

/// The rows of a file, read one after the other and then put in the order of their times.
struct SeriesRows {
  private(set) var values: [Double] = []
  private(set) var times: [Double]?
  private(set) var format: TimeFormat?
  private(set) var labels: [UInt8]?
  /// For each row of the file, which row here has its time; nil where it is the same one.
  private(set) var places: [Int]?
  private(set) var notes: [String] = []
  private(set) var count = 0

  private let width: Int
  private let isStrict: Bool
  /// Rows with a time before that of another one above them, and rows with the time of the row above.
  private var (fallen, repeated) = (0, 0)
  private var latest = -Double.infinity

  init(_ records: RecordReader, _ layout: SeriesLayout, isStrict: Bool) throws(SeriesFault) {
    (width, self.isStrict) = (layout.values.count, isStrict)
    // No array is to grow, which takes twice its memory. A row has a byte at least for each column.
    let most = min(try records.countLines(), (records.size ?? 0) / max(1, layout.names.count)) + 1
    values.reserveCapacity(most * width)
    if layout.time != nil { times = [] }
    if layout.label != nil { labels = [] }
    times?.reserveCapacity(most)
    labels?.reserveCapacity(most)
    let work = LongWork("reading \(lastName(of: records.path))", total: records.size ?? 1)
    while try records.next() {
      try add(records, layout)
      if count & 0xFFF == 0 { work.advance(to: min(records.position, records.size ?? 0)) }
    }
    if count == 0 { throw .content(Fault("has names of columns, and no rows below them")) }
    if fallen + repeated > 0 { putInOrder() }
    for (index, column) in layout.values.enumerated()
    where stride(from: index, to: values.count, by: width).allSatisfy({ values[$0].isNaN }) {
      notes.append("\(layout.title(column)) has no values")
    }
  }

  /// Adds the row at hand.
  private mutating func add(_ records: RecordReader, _ layout: SeriesLayout) throws(SeriesFault) {
    let cells = records.cells.count
    if cells != layout.names.count { try checkWidth(records, layout) }
    for column in layout.values {
      switch DelimitedText.number(in: records.bytes(column), mark: layout.mark) {
      case .value(let value): values.append(value)
      case .missing: values.append(.nan)
      case .none: throw wrong(records, layout, column, "is no number")
      }
    }
    if let column = layout.time { try addTime(records, layout, column) }
    if let column = layout.label {
      guard case .value(let value) = DelimitedText.number(in: records.bytes(column), mark: layout.mark),
        let label = UInt8(exactly: value)
      else { throw wrong(records, layout, column, "is no label, a whole number from 0 to 255") }
      labels!.append(label)
    }
    count += 1
  }

  /// Refuses a row that has not as many cells as there are columns, but for separators at its end.
  private func checkWidth(_ records: RecordReader, _ layout: SeriesLayout) throws(SeriesFault) {
    let cells = records.cells.count
    let isLonger = cells > layout.names.count
    if isLonger && (layout.names.count..<cells).allSatisfy({ records.text($0).isEmpty }) { return }
    let columns = layout.names.count == 1 ? "is 1 column" : "are \(layout.names.count) columns"
    throw .at(records.line, " has \(cells) \(cells == 1 ? "cell" : "cells"), and there \(columns)")
  }

  private mutating func addTime(
    _ records: RecordReader, _ layout: SeriesLayout, _ column: Int
  ) throws(SeriesFault) {
    let cell = records.bytes(column)
    let time: Double
    if case .calendar = layout.timeForm {
      guard let read = TimeText.read(cell) else { throw wrong(records, layout, column, "is no time") }
      time = read.seconds
      if format != read.format { format = format?.merged(with: read.format) ?? read.format }
    } else {
      guard case .value(let value) = DelimitedText.number(in: cell, mark: layout.mark) else {
        throw wrong(records, layout, column, "is no time")
      }
      time = layout.timeForm == .milliseconds ? value / 1000 : value
      let point = cell.lastIndex { $0 == layout.mark }
      let digits = min(6, point.map { cell.count - 1 - $0 } ?? 0)
      if format == nil || digits > format!.digits { format = TimeFormat(form: layout.timeForm, digits: digits) }
    }
    if time <= latest {
      if isStrict {
        throw wrong(
          records, layout, column, time == latest ? "repeats the time above it" : "is before the time above it")
      }
      if time < latest { fallen += 1 } else { repeated += 1 }
    }
    latest = max(latest, time)
    times!.append(time)
  }

  private func wrong(
    _ records: RecordReader, _ layout: SeriesLayout, _ column: Int, _ what: String
  ) -> SeriesFault {
    let text = records.text(column)
    return .at(
      records.line, ", \(layout.title(column)): " + (text.isEmpty ? "nothing there" : "\(quotedName(text)) \(what)"))
  }

  /// Sorts the rows by their times and keeps the last row of each time.
  private mutating func putInOrder() {
    let times = self.times!
    var order = Array(0..<count)
    if fallen > 0 { order.sort { times[$0] != times[$1] ? times[$0] < times[$1] : $0 < $1 } }
    var places = [Int](repeating: 0, count: count)
    var kept: [Int] = []
    kept.reserveCapacity(count)
    for row in order {
      if let last = kept.last, times[last] == times[row] { kept[kept.count - 1] = row } else { kept.append(row) }
      places[row] = kept.count - 1
    }
    self.times = kept.map { times[$0] }
    labels = labels.map { labels in kept.map { labels[$0] } }
    var ordered: [Double] = []
    ordered.reserveCapacity(kept.count * width)
    for row in kept { ordered += values[row * width..<(row + 1) * width] }
    (values, self.places) = (ordered, places)
    if fallen > 0 { notes.append("\(rows(fallen)) out of order \(fallen == 1 ? "was" : "were") sorted by time") }
    let duplicates = count - kept.count
    if duplicates > 0 {
      notes.append("\(duplicates) duplicate \(duplicates == 1 ? "time" : "times"): the last row of each is kept")
    }
    count = kept.count
  }

  private func rows(_ count: Int) -> String { "\(count) \(count == 1 ? "row" : "rows")" }
}
