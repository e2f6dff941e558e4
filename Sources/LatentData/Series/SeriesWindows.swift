import Latent

/// Where windows lie in some series: of one length, or up to that length where short runs are padded.
struct SeriesWindows: Sendable {
  /// One window.
  struct Place: Sendable, Equatable {
    let series: Int
    let rows: Range<Int>
  }

  /// T
  let length: Int
  /// The rows of each series that follow each other without a gap.
  let runs: [[Range<Int>]]
  /// Whether runs that are shorter than a window have one of their own.
  let isPadded: Bool
  private let places: [Place]

  /// - Parameters:
  ///   - length: T; nil for the longest run's, with which each run is a window of its own
  ///   - step: rows from a window to the next
  ///   - isPadded: whether runs that are shorter have a window, too
  init(_ series: [Series], length: Int?, stride step: Int, period: Double?, isPadded: Bool) {
    self.init(runs: series.map { $0.runs(period: period) }, length: length, stride: step, isPadded: isPadded)
  }

  /// - Parameter runs: rows of each series that windows lie in
  init(runs: [[Range<Int>]], length: Int?, stride step: Int, isPadded: Bool) {
    var places: [Place] = []
    self.runs = runs
    let length = length ?? runs.joined().map(\.count).max() ?? 0
    for (number, runs) in runs.enumerated() {
      for run in runs {
        if run.count < length && isPadded { places.append(Place(series: number, rows: run)) }
        for start in stride(from: run.lowerBound, through: run.upperBound - length, by: step) {
          places.append(Place(series: number, rows: start..<start + length))
        }
      }
    }
    (self.length, self.places, self.isPadded) = (length, places, isPadded)
  }

  private init(_ whole: SeriesWindows, _ places: [Place]) {
    (length, runs, self.places, isPadded) = (whole.length, whole.runs, places, whole.isPadded)
  }

  var count: Int { places.count }

  subscript(window: Int) -> Place {
    require((0..<count).contains(window), "SeriesDataset: window \(window) of \(count); it must be in 0..<\(count)")
    return places[window]
  }

  subscript(windows: Range<Int>) -> SeriesWindows {
    require(
      windows.lowerBound >= 0 && windows.upperBound <= count,
      "SeriesDataset: windows \(windows) of \(count)"
        + "; they must be in 0..<\(count)")
    return SeriesWindows(self, Array(places[windows]))
  }

  /// Those with these numbers, in this order.
  subscript(windows: [Int]) -> SeriesWindows { SeriesWindows(self, windows.map { self[$0] }) }

  /// Those of which a function of series and rows is true.
  func filter(_ isKept: (Int, Range<Int>) -> Bool) -> SeriesWindows {
    SeriesWindows(self, places.filter { isKept($0.series, $0.rows) })
  }

  /// The rows of each series that lie in a window, in order.
  func rows(of series: Int) -> [[Range<Int>]] {
    var rows = Array(repeating: [Range<Int>](), count: series)
    for place in places {
      let range = place.rows
      if let last = rows[place.series].last, range.lowerBound <= last.upperBound {
        rows[place.series][rows[place.series].count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        rows[place.series].append(range)
      }
    }
    return rows
  }

  /// The rows of the shortest; T of none.
  var shortest: Int { places.map(\.rows.count).min() ?? length }

  /// Whether one is shorter than the others, and padded.
  var areUnlike: Bool { isPadded && places.contains { $0.rows.count < length } }

  /// The parts between cuts, each of which leaves a fraction of the rows of each series behind it, and windows on both sides of
  /// one out. Where runs are examples of their own, the cuts leave a fraction of the windows, and what shares rows with a
  /// window before the cut is out.
  func cut(leaving fractions: [Double], rows: [Int]) -> [SeriesWindows] {
    if isPadded {
      return cuts(of: count, leaving: fractions).map { part in
        let last = part.lowerBound > 0 ? places[part.lowerBound - 1] : nil
        return SeriesWindows(
          self, places[part].filter { $0.series != last?.series || $0.rows.lowerBound >= last!.rows.upperBound })
      }
    }
    let parts = rows.map { cuts(of: $0, leaving: fractions) }
    return (0...fractions.count).map { part in
      filter { parts[$0][part].lowerBound <= $1.lowerBound && $1.upperBound <= parts[$0][part].upperBound }
    }
  }
}
