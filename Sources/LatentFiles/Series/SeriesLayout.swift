/// Which columns a file has, and what is in them: what its first rows and the user say.
struct SeriesLayout {
  /// What stands before a fraction.
  let mark: UInt8
  /// The names of all columns.
  let names: [String]
  private(set) var time: Int?
  private(set) var timeForm = TimeFormat.Form.seconds
  private(set) var label: Int?
  private(set) var values: [Int] = []
  private(set) var notes: [String] = []
  private let columns: [ColumnSample]
  private let hasHeader: Bool

  /// Looks at the beginning of a file, and takes the line with names off it.
  init(_ records: RecordReader, _ options: SeriesOptions) throws(SeriesFault) {
    if let line = Self.separatorLine(records.beginning) {
      records.skipLine(line.length)
      records.separator = line.separator
    }
    let text = records.beginning
    if text.isEmpty { throw .content(Fault("is empty")) }
    if text.contains(0) {
      throw .content(
        Fault("is not text in UTF-8; save it as CSV in UTF-8, or in UTF-16 with a byte order mark", mayBeForeign: true))
    }
    let sample =
      records.separator.map { TableSample(text, isWhole: records.isWhole, separator: $0, mostRows: .max) }
      ?? TableSample.best(of: text, isWhole: records.isWhole)
    records.separator = sample.separator
    mark = UInt8(ascii: sample.hasCommas ? "," : ".")

    // The reader finds the fault, if there is one, or a row that is longer than the beginning.
    guard try records.next() else { throw .content(Fault("has no rows")) }
    let first = records.cells.indices.map { CellKind(records.bytes($0)) }
    let rest = sample.columns(first.count, from: 1)
    let isHeader = Self.isHeader(first, of: rest, comma: sample.hasCommas)
    let columns = isHeader ? rest : sample.columns(first.count, from: 0)
    let written = isHeader ? first.indices.map { records.text($0) } : []
    // Without what stands behind the last separator of each row, and is nothing.
    let isAlone = !isHeader && sample.rows.count < 2
    let last = first.indices.last { isAlone || columns[$0].present > 0 || isHeader && !written[$0].isEmpty } ?? 0
    names = Self.names(written, count: last + 1)
    (hasHeader, self.columns) = (isHeader, columns)
    if !hasHeader { records.stepBack() }
    try choose(options)
  }

  /// Excel's first line that names the separator: `sep=;`.
  private static func separatorLine(_ text: UnsafeRawBufferPointer) -> (separator: UInt8, length: Int)? {
    let end = text.prefix(8).firstIndex { $0 == 0x0A || $0 == 0x0D } ?? text.count
    guard end == 5, text.prefix(4).elementsEqual("sep=".utf8), text[4] < 0x80, text[4] != UInt8(ascii: "\"") else {
      return nil
    }
    return (text[4], text.dropFirst(end).starts(with: [0x0D, 0x0A]) ? end + 2 : min(end + 1, text.count))
  }

  /// Whether the first row has names: a text over numbers or times, or nothing but texts.
  private static func isHeader(_ first: [CellKind], of rest: [ColumnSample], comma: Bool) -> Bool {
    var (texts, others, over) = (0, 0, 0)
    for (kind, column) in zip(first, rest) {
      switch kind {
      case .text:
        texts += 1
        if column.isOfNumbers || column.isOfTimes { over += 1 }
      case .comma where !comma: texts += 1
      // Names may be whole numbers, as those of sensors.
      case .number(let value, hasPoint: false) where value == value.rounded() && value >= 0: others += 1
      case .missing: break
      default: return false
      }
    }
    return over > 0 || texts > 0 && others == 0
  }

  private static func names(_ written: [String], count: Int) -> [String] {
    var taken: Set<String> = []
    return (0..<count).map { column in
      let number = "column \(column + 1)"
      let name = column < written.count && !written[column].isEmpty ? written[column] : number
      return taken.insert(name).inserted ? name : "\(name) (\(number))"
    }
  }

  /// The place of a column that the user names.
  private func place(of text: String) throws(SeriesFault) -> Int {
    if let place = names.firstIndex(of: text) { return place }
    if let number = Int(text), (1...names.count).contains(number) { return number - 1 }
    let known = names.prefix(20).map { quotedName($0) }.joined(separator: ", ") + (names.count > 20 ? ", ..." : "")
    throw .content(Fault("has no column \(quotedName(text)); it has \(known)"))
  }

  /// A column as errors call it.
  func title(_ column: Int) -> String { "column \(quotedName(names[column]))" }

  private mutating func choose(_ options: SeriesOptions) throws(SeriesFault) {
    if let text = options.labelColumn { label = try place(of: text) }
    let given = try options.columns.map { texts throws(SeriesFault) in
      try texts.map { text throws(SeriesFault) in try place(of: text) }
    }
    if let text = options.timeColumn { time = try place(of: text) } else { time = findTime(given ?? []) }
    if let time { try setForm(of: time) }
    if options.labelColumn == nil { label = findLabel(given ?? []) }
    if let given { values = given } else { values = try found() }
    for column in values where column == time || column == label {
      throw .content(Fault("\(title(column)) is that of \(column == time ? "times" : "labels"), and has no values"))
    }
    if Set(values).count < values.count { throw .content(Fault("a column is given twice")) }
    if let label, label == time { throw .content(Fault("\(title(label)) can't have both times and labels")) }
  }

  private static let timeNames: Set = ["time", "timestamp", "date", "datetime", "epoch", "unix", "ts", "ds"]
  private static let labelNames: Set = ["label", "labels", "anomaly", "is_anomaly", "outlier"]

  private func findTime(_ given: [Int]) -> Int? {
    let free = names.indices.filter { $0 != label && !given.contains($0) }
    if let column = free.first(where: { columns[$0].isOfTimes }) { return column }
    return free.first { column in
      let sample = columns[column]
      guard sample.isAllNumbers && sample.neverFalls else { return false }
      if hasHeader { return Self.timeNames.contains(names[column].lowercased()) }
      let (year1980, year2100) = (315_532_800.0, 4_102_444_800.0)
      return column == 0 && sample.areWhole
        && [1, 1000].contains { sample.least >= year1980 * $0 && sample.largest <= year2100 * $0 }
    }
  }

  /// What the times of a column are, by its first rows.
  private mutating func setForm(of column: Int) throws(SeriesFault) {
    let sample = columns[column]
    if sample.isOfTimes {
      timeForm = .calendar(TimeFormat.Calendar())
      if sample.datesWithClock == 0, let clock = columns.indices.first(where: { columns[$0].isOfClocks }),
        clock < names.count
      {
        throw .content(
          Fault("has dates in \(title(column)) and times of day in \(title(clock)); join them in one column"))
      }
    } else if sample.isOfNumbers {
      // 10¹¹ seconds are beyond the year 5000, as many milliseconds are in 1973.
      timeForm = sample.largest >= 1e11 ? .milliseconds : .seconds
    } else {
      throw .content(
        Fault("\(title(column)) has no times; give dates such as 2014-04-01 00:05:00, or seconds since 1970"))
    }
  }

  private func findLabel(_ given: [Int]) -> Int? {
    names.indices.first { column in
      let (sample, name) = (columns[column], names[column].lowercased())
      guard column != time, !given.contains(column), sample.isAllNumbers && sample.areWhole, sample.least >= 0 else {
        return false
      }
      return Self.labelNames.contains(name) && sample.largest <= 255 || name == "y" && sample.largest <= 1
    }
  }

  /// All columns of numbers that are nothing else.
  private mutating func found() throws(SeriesFault) -> [Int] {
    var (values, texts): ([Int], [Int]) = ([], [])
    for column in names.indices where column != time && column != label {
      let sample = columns[column]
      if column == 0 && hasHeader && ["column 1", "unnamed: 0"].contains(names[0].lowercased()) && sample.isAllNumbers
        && sample.countUp && names.count > 1
      {
        notes.append("the first column counts the rows: it is left out")
      } else if sample.isOfNumbers || sample.present == 0 {
        values.append(column)
      } else {
        texts.append(column)
      }
    }
    if values.isEmpty { throw .content(Fault("has no column of numbers", mayBeForeign: true)) }
    if !texts.isEmpty {
      notes.append("left out, since they are no numbers: \(texts.prefix(20).map(title).joined(separator: ", "))")
    }
    return values
  }
}
