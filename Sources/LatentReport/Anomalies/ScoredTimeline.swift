import Latent
import LatentAnomalies
import LatentData
import LatentFiles

/// A scored series as people look at it: the values, what was expected of them, and the scores, in the order of time.
///
/// It is given rows as they are scored. Of a long series it keeps bins of 2, 4, 8, … neighbouring rows: the least and the
/// greatest of their values, and the highest score. So it takes the same memory for ten million rows as for some hundred
/// thousand. ``ScoredPage`` and ``ScoredChart`` show it.
///
///     var timeline = ScoredTimeline(of: series)
///     for rows in scored { timeline.append(rows, of: series) }
///     let page = ScoredPage(timeline, threshold: 12.5).html()
public struct ScoredTimeline: Sendable {
  /// The most scores that are kept: up to so many rows, alarms are counted exactly.
  public static let mostScores = 200_000
  /// The most numbers of features that are kept: those of 200,000 rows of 5 features.
  static let mostNumbers = 7_000_000

  /// What people call the series.
  public let name: String
  /// The features' names: [D]
  public let columns: [String]
  /// How the file writes times; nil where rows have numbers only.
  let timeFormat: TimeFormat?
  /// The first and the last row, as the file calls them.
  private(set) var ends: (first: String, last: String) = ("", "")
  private(set) var scores: ScoreBins
  private(set) var features: FeatureBins
  /// Rows in which something did happen, as somebody has said; nil where nobody has.
  private let labelled: [Range<Int>]?

  /// A timeline without any row yet.
  ///
  /// - Parameters:
  ///   - series: whose name, columns and times it has
  ///   - labelled: the rows in which something did happen, ascending; nil for those with a label other than 0, if the
  ///     series has labels
  public init(of series: Series, labelled: [Range<Int>]? = nil) {
    self.init(of: series, labelled: labelled, mostScores: Self.mostScores, mostNumbers: Self.mostNumbers)
  }

  init(of series: Series, labelled: [Range<Int>]? = nil, mostScores: Int, mostNumbers: Int) {
    (name, columns, self.labelled) = (series.name, series.columns, labelled)
    timeFormat = series.times == nil ? nil : series.timeFormat
    scores = ScoreBins(capacity: mostScores)
    let room = mostNumbers / (FeatureBins.Part.allCases.count * series.features)
    features = FeatureBins(features: series.features, capacity: min(mostScores, max(room, 1000)))
  }

  /// The number of rows so far.
  public var rows: Int { scores.rows }

  /// How many rows a score stands for: 1, or in a long series 2, 4, 8, …
  public var rowsPerScore: Int { scores.size }

  /// Adds what is said of the next rows of a series.
  ///
  /// - Parameters:
  ///   - rows: later than those before; what is between has no score
  ///   - series: with their values, times and labels
  public mutating func append(_ rows: ScoredRows, of series: Series) {
    require(
      rows.features == columns.count && series.features == columns.count,
      "ScoredTimeline: rows of \(rows.features) and a series of \(series.features) features, not \(columns.count)")
    require(
      rows.rows.lowerBound >= self.rows && rows.rows.upperBound <= series.rows,
      "ScoredTimeline: rows \(rows.rows) of \(series.rows), after \(self.rows)")
    if rows.rows.lowerBound > self.rows {
      add(ScoredRows(rows: self.rows..<rows.rows.lowerBound, features: rows.features), of: series)
    }
    if !rows.rows.isEmpty { add(rows, of: series) }
  }

  private mutating func add(_ new: ScoredRows, of series: Series) {
    let range = new.rows
    if rows == 0 { ends.first = series.label(of: range.lowerBound) }
    ends.last = series.label(of: range.upperBound - 1)
    let times = timeFormat == nil ? [] : series.times?[range] ?? []
    let labels = labelled.map { Self.flags(of: $0, in: range)[...] } ?? series.labels?[range] ?? []
    scores.append(new.scores[...], times: times, labels: labels)
    series.values.withUnsafeBufferPointer { values in
      let part = range.lowerBound * columns.count..<range.upperBound * columns.count
      new.withNumbers(UnsafeBufferPointer(rebasing: values[part])) { features.append($0) }
    }
  }

  /// 1 for each row that is in one of some ranges.
  private static func flags(of ranges: [Range<Int>], in rows: Range<Int>) -> [UInt8] {
    var flags = [UInt8](repeating: 0, count: rows.count)
    for range in ranges {
      let part = range.clamped(to: rows)
      for row in part { flags[row - rows.lowerBound] = 1 }
    }
    return flags
  }

  /// Points of a curve of the scores that keep its peaks: the highest of neighbours, whatever is missing left out.
  ///
  /// - Parameter most: points at the most
  /// - Returns: rows, ascending, with their times where they are known; of bins the first row
  package func thinnedScores(most: Int) -> [(row: Int, time: Double?, score: Double)] {
    let width = max((scores.count + most - 1) / most, 1)
    return stride(from: 0, to: scores.count, by: width).compactMap { start in
      let part = (start..<min(start + width, scores.count)).filter { !scores.scores[$0].isNaN }
      // The first of several.
      guard let bin = part.max(by: { (scores.scores[$0], $1) < (scores.scores[$1], $0) }) else { return nil }
      return (bin * scores.size, scores.times.isEmpty ? nil : scores.times[bin], scores.scores[bin])
    }
  }

  /// What people call a row: of bins, the first one of its bin.
  package func label(of row: Int) -> String {
    guard let timeFormat, !scores.times.isEmpty else { return "row \(row)" }
    return timeFormat.text(of: scores.times[min(row / scores.size, scores.times.count - 1)])
  }

  /// The stretches of bins with a label; nil where nothing is known.
  var labelledBins: [Range<Int>]? {
    guard !scores.labels.isEmpty else { return nil }
    var (runs, start): ([Range<Int>], Int?) = ([], nil)
    for (bin, isLabelled) in scores.labels.enumerated() where isLabelled != (start != nil) {
      if let begun = start { runs.append(begun..<bin) }
      start = isLabelled ? bin : nil
    }
    if let start { runs.append(start..<scores.labels.count) }
    return runs
  }
}

extension ScoredRows {
  fileprivate func withNumbers(_ values: UnsafeBufferPointer<Double>, _ body: (FeatureBins.Rows) -> Void) {
    expected.withUnsafeBufferPointer { expected in
      low.withUnsafeBufferPointer { low in
        high.withUnsafeBufferPointer { high in
          shares.withUnsafeBufferPointer { shares in
            scores.withUnsafeBufferPointer { scores in
              body(.init(values: values, expected: expected, low: low, high: high, shares: shares, scores: scores))
            }
          }
        }
      }
    }
  }
}
