import Latent
import LatentData

/// Scores rows as they come, each with the bits that ``AnomalyScorer`` gives it in its series with ``ScoreAggregate/last``.
///
///     var live = LiveScorer(scorer)
///     for row in rows { print(live.append(row.values, time: row.time).scores[0]) }
public struct LiveScorer: Sendable {
  private let scorer: AnomalyScorer
  private let columns: [String]
  /// The values of the last T rows at most: [T, D]
  private var recent: [Double] = []
  private var lastTime: Double?
  /// Rows so far.
  public private(set) var count = 0

  /// - Parameter scorer: whose windows are joined by ``ScoreAggregate/last``
  public init(_ scorer: AnomalyScorer) {
    require(scorer.aggregate == .last, "LiveScorer: \(scorer.aggregate) needs rows that have not come yet")
    self.scorer = scorer
    columns = (0..<scorer.model.features).map { "\($0)" }
  }

  /// Adds a row, and says what is known of it.
  ///
  /// - Parameters:
  ///   - values: [D]; NaN where one is missing
  ///   - time: in seconds since 1970, later than the row's before; nil where rows have none
  /// - Returns: one row, whose number is that of the rows before it
  public mutating func append(_ values: [Double], time: Double? = nil) -> ScoredRows {
    let (window, features) = (scorer.model.window, scorer.model.features)
    require(values.count == features, "LiveScorer: a row of \(values.count) values for \(features) features")
    if let time, let lastTime {
      require(time > lastTime, "LiveScorer: a row at \(time) after one at \(lastTime)")
      if let period = scorer.period, time - lastTime > 1.5 * period { recent = [] }
    }
    lastTime = time ?? lastTime
    if recent.count == window * features { recent.removeFirst(features) }
    recent += values
    var row = ScoredRows(rows: 0..<1, features: features)
    if recent.count == window * features {
      let data = scorer.windows(Series(columns: columns, values: recent))
      var rows = ScoredRows(rows: window - 1..<window, features: features)
      var joiner = RowJoiner(.last, window: window, features: features, first: 0)
      joiner.append(
        scorer.part(of: data.batch([0], in: BatchContext(element: scorer.model.element))), of: recent, to: &rows)
      row = rows
    }
    defer { count += 1 }
    return row.moved(to: count)
  }
}
