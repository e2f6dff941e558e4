import Latent
import LatentData
import LatentTraining

/// Scores the rows of series: how little a model expected each.
///
///     let scorer = AnomalyScorer(try AutoencoderScores(saved), scaling: saved.scaling)
///     let rows = scorer.scores(of: series, on: DataParallel(threads: 2, shards: 1))
///     let worst = rows.scores.indices.max { rows.scores[$0] < rows.scores[$1] }
///
/// Windows follow each other by one row and never reach over a gap in the times. A row's bits are the same however many rows
/// are scored at once, on any number of threads: `live` scores each as it comes.
public struct AnomalyScorer: Sendable {
  /// What says how little windows were expected.
  public let model: any ScoringModel
  /// How windows that overlap are joined.
  public let aggregate: ScoreAggregate
  /// How numbers become those that the model reads; nil where they are those.
  public let scaling: Scaling?
  /// Seconds from a row to the next: a difference of more than one and a half of it is a gap. nil where each series says it.
  public package(set) var period: Double?

  /// Windows that are scored before their rows are handed over.
  private static let chunk = 8192

  public init(
    _ model: any ScoringModel, aggregate: ScoreAggregate = .last, scaling: Scaling? = nil, period: Double? = nil
  ) {
    require(
      model.window > 0 && model.features > 0 && scaling?.features ?? model.features == model.features,
      "AnomalyScorer: windows of \(model.window) rows and \(model.features) features, a scaling of "
        + "\(scaling?.features ?? 0); a model needs both, and its scaling as many")
    (self.model, self.aggregate, self.scaling, self.period) = (model, aggregate, scaling, period)
  }

  /// What is said of all rows.
  public func scores(of series: Series, on workers: DataParallel) -> ScoredRows {
    var all = ScoredRows(rows: 0..<0, features: model.features)
    all.reserve(series.rows)
    score(series, on: workers) { all.append($0) }
    return all
  }

  /// What is said of rows, some thousands at a time, in order: each is in one of them. Memory does not grow with the series.
  ///
  /// Where the workers' sum is over several processes, each calls this with the same series, and all get the same rows.
  public func score(_ series: Series, on workers: DataParallel, _ take: (ScoredRows) throws -> Void) rethrows {
    require(
      series.features == model.features,
      "AnomalyScorer: a series of \(series.features) features, a model of \(model.features); both must have as many")
    var end = 0
    for run in series.runs(period: period) {
      try score(run, of: series, on: workers, take)
      end = run.upperBound
    }
    if end < series.rows { try take(ScoredRows(rows: end..<series.rows, features: model.features)) }
  }

  /// The rows of a run without a gap.
  private func score(
    _ run: Range<Int>, of series: Series, on workers: DataParallel, _ take: (ScoredRows) throws -> Void
  ) rethrows {
    let window = model.window
    guard run.count >= window else { return try take(ScoredRows(rows: run, features: model.features)) }
    var joiner = RowJoiner(aggregate, window: window, features: model.features, first: run.lowerBound)
    let last = run.upperBound - window
    // Rows before the first one that is not whole.
    var done = run.lowerBound
    for start in stride(from: run.lowerBound, through: last, by: Self.chunk) {
      let end = min(start + Self.chunk, last + 1)
      // Of windows start ..< end, what is whole: with the last one's end, or before the first row of the next.
      let whole = end > last ? run.upperBound : aggregate == .last ? end + window - 1 : end
      let rows = ScoredRows(rows: done..<whole, features: model.features)
      let windows = self.windows(series[start..<end + window - 1])
      var found = workers.fold(
        windows, as: "scoring", in: BatchContext(element: model.element), into: Joined(joiner: joiner, rows: rows)
      ) { batch in
        part(of: batch)
      } add: {
        $0.joiner.append($1, of: series.values, to: &$0.rows)
      }
      if end > last { found.joiner.finishAll(to: &found.rows) }
      joiner = found.joiner
      done = whole
      try take(found.rows)
    }
  }

  /// Rows as windows that the model reads.
  func windows(_ rows: Series) -> SeriesDataset {
    let windows = SeriesDataset([rows], window: model.window)
    return scaling.map { windows.scaled(by: $0) } ?? windows
  }

  /// What is kept of what the model says of windows.
  func part(of batch: ExampleBatch) -> WindowPart {
    WindowPart(
      model.scores(of: batch), lastAlone: aggregate == .last, window: model.window, features: model.features,
      scaling: scaling)
  }
}

/// What a fold over windows makes.
private struct Joined: Sendable {
  var joiner: RowJoiner
  var rows: ScoredRows
}
