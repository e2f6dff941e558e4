import LatentKernels

/// The first rows of a table as one separator cuts them, and what their cells look like.
struct TableSample {
  let separator: UInt8
  /// The cells of each row, as places in the text.
  let rows: [[Range<Int>]]
  let kinds: [[CellKind]]
  /// Whether quotes are wrong in it.
  private let isBroken: Bool

  /// - Parameters:
  ///   - text: the beginning of the file
  ///   - isWhole: whether it is all of it
  init(_ text: UnsafeRawBufferPointer, isWhole: Bool, separator: UInt8, mostRows: Int) {
    self.separator = separator
    var (rows, kinds): ([[Range<Int>]], [[CellKind]]) = ([], [])
    var isBroken = false
    var (start, lines, cells): (Int, Int, [Range<Int>]) = (0, 0, [])
    while start < text.count && rows.count < mostRows {
      let rest = UnsafeRawBufferPointer(rebasing: text[start...])
      let record = DelimitedText.record(in: rest, isEnd: isWhole, separator: separator, cells: &cells, lines: &lines)
      guard case .bytes(let length) = record else {
        isBroken = record != .unfinished
        break
      }
      if cells.count > 1 || cells[0].lowerBound > 0 || rest[cells[0]].contains(where: { $0 != 0x20 && $0 != 0x09 }) {
        rows.append(cells.map { $0.lowerBound + start..<$0.upperBound + start })
        kinds.append(cells.map { CellKind(UnsafeRawBufferPointer(rebasing: rest[$0])) })
      }
      start += length
    }
    (self.rows, self.kinds, self.isBroken) = (rows, kinds, isBroken)
  }

  /// Whether commas stand before fractions: some do, and no point does.
  var hasCommas: Bool {
    if separator == UInt8(ascii: ",") { return false }
    var commas = false
    for kind in kinds.joined() {
      switch kind {
      case .comma: commas = true
      case .number(_, hasPoint: true): return false
      default: break
      }
    }
    return commas
  }

  /// The share of cells that are known to be something, whether there are several in a row, how many rows have as many as
  /// the first, and how many cells there are; what names are is not looked at.
  private var score: (known: Double, several: Int, even: Int, cells: Int) {
    if isBroken { return (0, 0, 0, 0) }
    let comma = hasCommas
    let cells = (kinds.count > 1 ? kinds.dropFirst() : kinds[...]).joined()
    let known = cells.count { $0.isKnown(comma: comma) }
    let even = rows.count { $0.count == rows[0].count }
    return (Double(known) / Double(max(1, cells.count)), rows.contains { $0.count > 1 } ? 1 : 0, even, cells.count)
  }

  /// The sample of the separator that makes most of the text known; of two such, the one whose rows are of one length, or
  /// that makes more cells.
  static func best(of text: UnsafeRawBufferPointer, isWhole: Bool) -> TableSample {
    let separator = [",", ";", "\t"].map { UInt8(ascii: $0) }.max { a, b in
      let samples = [a, b].map { TableSample(text, isWhole: isWhole, separator: $0, mostRows: 100).score }
      return samples[0] < samples[1]
    }!
    return TableSample(text, isWhole: isWhole, separator: separator, mostRows: .max)
  }

  /// What the rows from `first` on have in each of so many columns.
  func columns(_ count: Int, from first: Int) -> [ColumnSample] {
    let comma = hasCommas
    var columns = [ColumnSample](repeating: ColumnSample(), count: count)
    for row in kinds.dropFirst(first) {
      for (column, kind) in row.prefix(count).enumerated() { columns[column].add(kind, comma: comma) }
    }
    return columns
  }
}
