import Latent
import LatentFiles

/// What a model says of windows that overlap, put together row by row: the mean over the windows that have a row.
///
///     var joined = JoinedWindows(windows)
///     joined.append(expected)             // [B, T, D], of the windows in their order, a few at a time
///     let rows = joined.expected(of: 0)   // [N][D], NaN where no window has a row
public struct JoinedWindows: Sendable {
  private let data: SeriesDataset
  /// Of each series, row after row.
  private var sums: [[Double]]
  /// Windows that have a row.
  private var counts: [[Int]]
  private var next = 0

  /// - Parameter data: whose windows they are
  public init(_ data: SeriesDataset) {
    self.data = data
    sums = data.series.map { Array(repeating: 0, count: $0.values.count) }
    counts = data.series.map { Array(repeating: 0, count: $0.rows) }
  }

  /// The numbers of the next windows, in the units of the data: [B, T, D] or [B, T D].
  public mutating func append(_ windows: Tensor) {
    let (size, features) = (data.shape.count, data.shape.features)
    require(
      windows.count == windows.shape[0] * size && next + windows.shape[0] <= data.count,
      "JoinedWindows: \(windows.shape) after \(next) of \(data.count) windows of \(data.shape.dimensions)")
    let values = windows.values
    for window in 0..<windows.shape[0] {
      let (series, rows) = data.place(of: next)
      for place in 0..<rows.count * features {
        sums[series][rows.lowerBound * features + place] += values[window * size + place]
      }
      for row in rows { counts[series][row] += 1 }
      next += 1
    }
  }

  /// The means of a series, row after row: [N][D]; NaN where no window has a row.
  public func expected(of series: Int) -> [[Double]] {
    let features = data.shape.features
    return counts[series].indices.map { row in
      (0..<features).map { sums[series][row * features + $0] / Double(counts[series][row]) }
    }
  }

  /// The rows of all files.
  public var rows: Int { data.series.reduce(0) { $0 + ($1.rowOfFileRow?.count ?? $1.rows) } }

  /// A table with a line for each row of each file: its series where there are several, its time or number, its values, and
  /// what is expected of them. What is missing, or in no window, is empty.
  public var csv: [UInt8] {
    let names = data.columnNames
    let many = data.series.count > 1
    var text = CSVText.line(
      (many ? ["series"] : []) + [data.series[0].times == nil ? "row" : "time"] + names + names.map { $0 + " expected" }
    )
    text += "\n"
    func cell(_ value: Double) -> String { value.isNaN ? "" : "\(value)" }
    for (number, series) in data.series.enumerated() {
      let expected = expected(of: number)
      for row in series.rowOfFileRow ?? Array(0..<series.rows) {
        let values = series.values[row * series.features..<(row + 1) * series.features]
        let label = series.cell(of: row)
        text += CSVText.line((many ? [series.name] : []) + [label] + values.map(cell) + expected[row].map(cell)) + "\n"
      }
    }
    return Array(text.utf8)
  }
}
