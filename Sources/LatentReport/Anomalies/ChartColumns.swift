import LatentFiles

/// Which rows of a timeline are in which column of a chart's pixels, by their times or their numbers.
struct ChartColumns {
  /// What the rows of each column come to.
  struct Extents {
    /// NaN where there are none: [columns]
    var low, high: [Float]

    var ends: [Float] { [low.filter { !$0.isNaN }.min(), high.filter { !$0.isNaN }.max()].compactMap { $0 } }
    /// The columns of each stretch of bins that has no missing one and no gap in time.
    fileprivate(set) var runs: [[Int]]
  }

  let count: Int
  private let timeline: ScoredTimeline
  /// The times of bins, or their numbers: [bins of scores]
  private let places: [Double]
  private let (start, end): (Double, Double)
  /// More than this between two rows is a gap: five times what is usual.
  private let gap: Double

  init(_ timeline: ScoredTimeline, count: Int) {
    (self.timeline, self.count) = (timeline, max(count, 1))
    let bins = timeline.scores
    let places = bins.times.isEmpty ? (0..<bins.count).map { Double($0 * bins.size) } : bins.times
    self.places = places
    (start, end) = (places.first ?? 0, places.last ?? 1)
    let steps = stride(from: 1, to: places.count, by: max(places.count / 2000, 1)).map { places[$0] - places[$0 - 1] }
    gap = 5 * (steps.sorted().dropFirst(steps.count / 2).first ?? 0)
  }

  /// The column of a bin of scores.
  func column(_ bin: Int) -> Int {
    let part = end > start ? (places[min(bin, places.count - 1)] - start) / (end - start) : 0
    return min(Int(part * Double(count)), count - 1)
  }

  /// The middle of a column.
  func x(_ column: Int, in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (Double(column) + 0.5) / Double(count) * (range.upperBound - range.lowerBound)
  }

  /// - Parameters:
  ///   - low: of each bin
  ///   - size: rows of a bin, a multiple of those of a score's
  func extents(_ low: [Float], _ high: [Float], size: Int) -> Extents {
    var extents = Extents(
      low: Array(repeating: .nan, count: count), high: Array(repeating: .nan, count: count), runs: [])
    let step = size / timeline.scores.size
    var run: [Int] = []
    func finish() {
      if !run.isEmpty { extents.runs.append(run) }
      run = []
    }
    for bin in low.indices {
      guard low[bin] <= high[bin] else {
        finish()
        continue
      }
      if bin > 0, places[bin * step] - places[(bin - 1) * step] > gap * Double(step) { finish() }
      let column = column(bin * step)
      extents.low[column] = min(extents.low[column].isNaN ? low[bin] : extents.low[column], low[bin])
      extents.high[column] = max(extents.high[column].isNaN ? high[bin] : extents.high[column], high[bin])
      if run.last != column { run.append(column) }
    }
    finish()
    return extents
  }

  /// The columns that some ascending ranges of rows reach, each once.
  func covered(by rows: [Range<Int>]) -> [Range<Int>] {
    let size = timeline.scores.size
    var covered: [Range<Int>] = []
    for range in rows where !range.isEmpty && range.lowerBound / size < places.count {
      let columns = column(range.lowerBound / size)..<column((range.upperBound - 1) / size) + 1
      if let last = covered.last, columns.lowerBound <= last.upperBound {
        covered[covered.count - 1] = last.lowerBound..<max(last.upperBound, columns.upperBound)
      } else {
        covered.append(columns)
      }
    }
    return covered
  }

  /// Round places: parts of the whole, from 0 to 1.
  func ticks(most: Int) -> [AxisScale.Tick] {
    guard end > start else { return [] }
    let ticks =
      timeline.timeFormat.map { TimeTicks.between(start...end, most: most, $0) }
      ?? AxisScale.covering(start, end, maximumTicks: max(most, 3)).ticks.filter { (start...end).contains($0.value) }
    return ticks.map { AxisScale.Tick(value: ($0.value - start) / (end - start), label: $0.label) }
  }
}
