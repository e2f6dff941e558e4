import Latent
import LatentFiles

/// Numbers in time: rows of features, in the units that they were read in.
public struct Series: Sendable {
  /// What people call it: the name of its file.
  public let name: String
  /// The features' names: [D]
  public let columns: [String]
  /// Row after row, N rows of D values; NaN where one is missing.
  public let values: [Double]
  /// The time of each row, in seconds since 1970 (UTC), ascending: [N]; nil where there are none.
  public let times: [Double]?
  /// A label of each row: [N]; nil where there are none.
  public let labels: [UInt8]?

  /// How its file writes times; nil where nothing is known of it.
  public internal(set) var timeFormat: TimeFormat?
  /// For each row of its file which row here has its time; nil where they are the same.
  public package(set) var rowOfFileRow: [Int]?

  /// - Parameters:
  ///   - columns: the features' names: D of them
  ///   - values: N rows of D; NaN where one is missing
  ///   - times: ascending: [N]
  ///   - labels: [N]
  public init(
    name: String = "series", columns: [String], values: [Double], times: [Double]? = nil, labels: [UInt8]? = nil
  ) {
    require(
      !columns.isEmpty && values.count % columns.count == 0,
      "Series: \(values.count) values are not rows of \(columns.count) columns")
    let rows = values.count / columns.count
    require(
      times.map { $0.count == rows && zip($0, $0.dropFirst()).allSatisfy(<=) } ?? true,
      "Series: \(times?.count ?? 0) times for \(rows) rows; there must be one for each, ascending")
    require(labels.map { $0.count == rows } ?? true, "Series: \(labels?.count ?? 0) labels for \(rows) rows")
    (self.name, self.columns, self.values, self.times, self.labels) = (name, columns, values, times, labels)
  }

  /// N
  public var rows: Int { values.count / columns.count }
  /// D
  public var features: Int { columns.count }

  /// What people call a row: its time, or its number from 0.
  public func label(of row: Int) -> String {
    if let times, let timeFormat { return timeFormat.text(of: times[row]) }
    return "row \(row)"
  }

  /// The same as tables have it, where a column's name says whether it is a time.
  package func cell(of row: Int) -> String { times == nil ? "\(row)" : label(of: row) }

  /// Some of its rows.
  public subscript(rows: Range<Int>) -> Series {
    var part = Series(
      name: name, columns: columns, values: Array(values[rows.lowerBound * features..<rows.upperBound * features]),
      times: times.map { Array($0[rows]) }, labels: labels.map { Array($0[rows]) })
    part.timeFormat = timeFormat
    return part
  }

  /// The values of a feature: [N]
  public func column(_ feature: Int) -> [Double] {
    stride(from: feature, to: values.count, by: features).map { values[$0] }
  }
}

/// How regular times are.
extension Series {
  /// Seconds from a row to the next: the most frequent difference, of several the least; nil without times, or of one row.
  public var period: Double? {
    guard let times, times.count > 1 else { return nil }
    var counts: [Int: Int] = [:]
    // In milliseconds: times of day are sums that floating point rounds.
    for (a, b) in zip(times, times.dropFirst()) where b > a { counts[Int(((b - a) * 1000).rounded()), default: 0] += 1 }
    return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }.map { Double($0.key) / 1000 }
  }

  /// The runs of rows that follow each other without a gap: a difference of more than one and a half periods is one.
  package func runs(period: Double?) -> [Range<Int>] {
    guard let times, let period = period ?? self.period else { return rows > 0 ? [0..<rows] : [] }
    var runs: [Range<Int>] = []
    var start = 0
    for row in 1..<max(rows, 1) where times[row] - times[row - 1] > 1.5 * period {
      runs.append(start..<row)
      start = row
    }
    return rows > 0 ? runs + [start..<rows] : []
  }

  /// The same with rows of missing values in its gaps, a period apart.
  ///
  /// - Parameter limit: the most rows to put in
  /// - Returns: nil where that were more
  func filled(period: Double?, limit: Int) -> Series? {
    guard let times, let period = period ?? self.period else { return self }
    var (newTimes, newValues, newLabels) = ([Double](), [Double](), [UInt8]())
    newValues.reserveCapacity(values.count)
    var (added, places) = (0, [Int]())
    for row in 0..<rows {
      if row > 0, times[row] - times[row - 1] > 1.5 * period {
        let missing = ((times[row] - times[row - 1]) / period).rounded() - 1
        guard missing <= Double(limit - added) else { return nil }
        for step in 1...max(Int(missing), 1) {
          newTimes.append(times[row - 1] + Double(step) * period)
          newValues += Array(repeating: .nan, count: features)
          newLabels.append(0)
        }
        added += max(Int(missing), 1)
      }
      places.append(newTimes.count)
      newTimes.append(times[row])
      newValues += values[row * features..<(row + 1) * features]
      newLabels.append(labels?[row] ?? 0)
    }
    var filled = Series(
      name: name, columns: columns, values: newValues, times: newTimes, labels: labels == nil ? nil : newLabels)
    filled.timeFormat = timeFormat
    filled.rowOfFileRow = rowOfFileRow.map { $0.map { places[$0] } } ?? places
    return filled
  }
}
