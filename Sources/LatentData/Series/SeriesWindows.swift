import Latent

/// Where windows of one length lie in some series.
struct SeriesWindows: Sendable {
  /// One window.
  struct Place: Sendable, Equatable {
    let series: Int
    /// Its first row.
    let start: Int
  }

  /// T
  let length: Int
  /// The rows of each series that follow each other without a gap.
  let runs: [[Range<Int>]]
  private let places: [Place]

  /// - Parameter stride: rows from a window to the next
  init(_ series: [Series], length: Int, stride step: Int, period: Double?) {
    var places: [Place] = []
    runs = series.map { $0.runs(period: period) }
    for (number, runs) in runs.enumerated() {
      for run in runs where run.count >= length {
        for start in stride(from: run.lowerBound, through: run.upperBound - length, by: step) {
          places.append(Place(series: number, start: start))
        }
      }
    }
    (self.length, self.places) = (length, places)
  }

  private init(_ whole: SeriesWindows, _ places: [Place]) {
    (length, runs, self.places) = (whole.length, whole.runs, places)
  }

  var count: Int { places.count }

  subscript(window: Int) -> Place {
    require((0..<count).contains(window), "SeriesDataset: window \(window) of \(count)")
    return places[window]
  }

  subscript(windows: Range<Int>) -> SeriesWindows {
    require(
      windows.lowerBound >= 0 && windows.upperBound <= count, "SeriesDataset: windows \(windows) of \(count)")
    return SeriesWindows(self, Array(places[windows]))
  }

  /// Those with these numbers, in this order.
  subscript(windows: [Int]) -> SeriesWindows { SeriesWindows(self, windows.map { self[$0] }) }

  /// Those of which a function of series and rows is true.
  func filter(_ isKept: (Int, Range<Int>) -> Bool) -> SeriesWindows {
    SeriesWindows(self, places.filter { isKept($0.series, $0.start..<$0.start + length) })
  }

  /// The rows of each series that lie in a window, in order.
  func rows(of series: Int) -> [[Range<Int>]] {
    var rows = Array(repeating: [Range<Int>](), count: series)
    for place in places {
      let range = place.start..<place.start + length
      if let last = rows[place.series].last, range.lowerBound <= last.upperBound {
        rows[place.series][rows[place.series].count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        rows[place.series].append(range)
      }
    }
    return rows
  }
}
