import LatentKernels

/// What a cell looks like, before it is known what its column holds.
enum CellKind {
  case missing
  /// A number with a point before its fraction, or without a fraction.
  case number(Double, hasPoint: Bool)
  /// A number with a comma before its fraction.
  case comma(Double)
  /// A date, with a time of day or without.
  case time(hasClock: Bool)
  /// A time of day alone.
  case clock
  case text

  init(_ cell: UnsafeRawBufferPointer) {
    switch DelimitedText.number(in: cell, mark: UInt8(ascii: ".")) {
    case .missing: self = .missing
    case .value(let value): self = .number(value, hasPoint: cell.contains(UInt8(ascii: ".")))
    case .none:
      if case .value(let value) = DelimitedText.number(in: cell, mark: UInt8(ascii: ",")) {
        self = .comma(value)
      } else if let time = TimeText.read(cell), case .calendar(let calendar) = time.format.form {
        self = .time(hasClock: calendar.between != nil)
      } else {
        self = Self.isClock(cell) ? .clock : .text
      }
    }
  }

  /// Whether this is more than a text that nothing is known of, where `comma` may stand before a fraction or not.
  func isKnown(comma: Bool) -> Bool {
    switch self {
    case .text, .clock: false
    case .comma: comma
    case .missing, .number, .time: true
    }
  }

  private static func isClock(_ cell: UnsafeRawBufferPointer) -> Bool {
    let colon = UInt8(ascii: ":")
    return (4...18).contains(cell.count) && (cell[1] == colon || cell[2] == colon)
      && cell.allSatisfy {
        $0 == colon || $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      }
  }
}

/// What the first rows of a file have in one column.
struct ColumnSample {
  private(set) var missing = 0
  private(set) var numbers = 0
  private(set) var dates = 0
  private(set) var datesWithClock = 0
  private(set) var clocks = 0
  private(set) var texts = 0
  /// Of the numbers: the least and the largest, and whether they never fall, are whole, and go up one by one.
  private(set) var (least, largest) = (Double.infinity, -Double.infinity)
  private(set) var (neverFalls, areWhole, countUp) = (true, true, true)
  private var last: Double?

  var present: Int { numbers + dates + clocks + texts }
  /// Whether at least half of what is there is of a kind, so that what else is there is a mistake.
  var isOfNumbers: Bool { numbers > 0 && 2 * numbers >= present }
  var isOfTimes: Bool { dates > 0 && 2 * dates >= present }
  var isOfClocks: Bool { clocks > 0 && 2 * clocks >= present }
  /// Whether all cells are numbers.
  var isAllNumbers: Bool { numbers > 0 && numbers == present && missing == 0 }

  /// - Parameter comma: whether a comma stands before fractions
  mutating func add(_ kind: CellKind, comma: Bool) {
    switch kind {
    case .missing: missing += 1
    case .number(let value, let hasPoint): if comma && hasPoint { texts += 1 } else { add(value) }
    case .comma(let value): if comma { add(value) } else { texts += 1 }
    case .time(let hasClock):
      dates += 1
      if hasClock { datesWithClock += 1 }
    case .clock: clocks += 1
    case .text: texts += 1
    }
  }

  private mutating func add(_ value: Double) {
    numbers += 1
    (least, largest) = (min(least, value), max(largest, value))
    areWhole = areWhole && value == value.rounded()
    if let last {
      neverFalls = neverFalls && value >= last
      countUp = countUp && value == last + 1
    } else {
      countUp = value == 0 || value == 1
    }
    last = value
  }
}
