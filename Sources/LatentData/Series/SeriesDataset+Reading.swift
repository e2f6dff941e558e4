import Latent
import LatentFiles

/// Windows as a user asks for them.
extension SeriesDataset {
  /// - Parameters:
  ///   - series: those of a source
  ///   - reading: what a user says of windows, gaps and the number of examples
  ///   - origin: where they are from, for people
  ///   - notes: what else is to be said of them, a few words each
  /// - Throws: `DataError` where no window fits in any of them
  init(
    reading series: [Series], _ reading: Reading, name: String, origin: String, notes: [String] = []
  ) throws(DataError) {
    let how = reading.series
    var whole = series
    var notes = notes
    if how.gaps == .missing {
      whole = try SeriesDataset.filled(series, period: how.period)
      let added = whole.reduce(0) { $0 + $1.rows } - series.reduce(0) { $0 + $1.rows }
      if added > 0 { notes.append("\(added) missing rows put into gaps of the times") }
    }
    let rows = series.reduce(0) { $0 + $1.rows }
    let all = SeriesDataset(
      whole, window: how.window, isPadded: how.isPadded, stride: how.stride ?? 1, period: how.period, name: name,
      provenance: "\(origin): \(rows) rows" + (series.count > 1 ? " of \(series.count) series" : ""))
    let gaps = all.windows.runs.reduce(0) { $0 + max($1.count - 1, 0) }
    if gaps > 0 { notes.append("\(gaps) \(gaps == 1 ? "gap" : "gaps") in the times, where windows end") }
    let window = all.shape.steps
    if all.windows.areUnlike {
      notes.append("\(all.windows.shortest) to \(window) rows in a window, filled up to \(window)")
    }
    guard all.count > 0, window > 0 else {
      let longest = all.windows.runs.joined().map(\.count).max() ?? 0
      throw .anotherFormat(
        path: name,
        help: "has no \(window) rows that follow each other, but \(longest): give a smaller window, or pad it")
    }
    let missing = series.reduce(0) { $0 + $1.values.count { $0.isNaN } }
    if missing > 0 { notes.insert("\(missing) missing values", at: 0) }
    let columns = zip(all.columnNames, all.columns()).prefix(SeriesDataset.mostNamed).map { name, values in
      let figures = FeatureFigures(values)
      return
        "\(name): mean \(SeriesDataset.text(figures.mean)), standard deviation \(SeriesDataset.text(figures.deviation))"
    }
    let limited = reading.limit.map { all.prefix($0) } ?? all
    self = limited.with(
      provenance: ([all.provenance, "\(all.count) windows of \(window)"] + notes + columns).joined(separator: "; ")
        + (limited.count < all.count ? limitNote(limited.count) : ""))
  }

  /// Series with rows of missing values in their gaps.
  static func filled(_ series: [Series], period: Double?) throws(DataError) -> [Series] {
    try series.map { one throws(DataError) in
      guard let filled = one.filled(period: period, limit: mostFilled) else {
        throw .anotherFormat(
          path: one.name,
          help: "has gaps of more than \(mostFilled) rows in its times: let them split the series")
      }
      return filled
    }
  }

  /// Rows of missing values that gaps are filled with, at most.
  private static let mostFilled = 100_000_000
  /// Features whose figures are said.
  private static let mostNamed = 4

  /// Six decimals, without zeros at the end.
  private static func text(_ value: Double) -> String { "\((value * 1e6).rounded() / 1e6)" }
}
