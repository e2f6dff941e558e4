import LatentAnomalies
import LatentCommand
import LatentData
import LatentFiles

/// `vae-train score --follow`: rows from standard input, each scored as it comes.
struct FollowedScores {
  private let model: ScoredModel
  private let reading: SeriesReading

  /// - Throws: ``Failure`` where scores need rows that have not come yet
  init(_ model: ScoredModel) throws(Failure) {
    guard model.settings.aggregate == .last else {
      throw Failure(
        "--follow: --aggregate \(model.settings.aggregate.rawValue) needs rows that have not come yet; take last",
        code: Failure.usage)
    }
    (self.model, reading) = (model, model.saved.reading.series)
  }

  /// Until standard input ends.
  func run() throws {
    for warning in model.warnings { Console.error("Warning: \(warning)") }
    var options = SeriesOptions()
    (options.timeColumn, options.labelColumn) = (reading.timeColumn, reading.labelColumn)
    var lines = SeriesLines(columns: model.columns, areNamed: model.saved.featureNames != nil, options)
    var live = LiveScorer(model.scorer)
    var judge = model.judge
    var table: ScoreTable?
    var lastTime = -Double.infinity
    while let text = readLine() {
      guard let row = try lines.row(of: text) else { continue }
      if table == nil {
        table = ScoreTable(columns: model.columns, hasTimes: row.time != nil)
        Console.print(table!.header)
      }
      let label = row.time.flatMap { lines.timeFormat?.text(of: $0) } ?? "\(live.count)"
      if let time = row.time, time <= lastTime {
        Console.error("Warning: \(label) is not after the row before it: it has no score")
        continue
      }
      if let time = row.time { fillGap(of: &live, from: lastTime, to: time) }
      lastTime = row.time ?? lastTime
      let scored = live.append(row.values, time: row.time)
      let isAlarm = judge.isAlarm(scored.scores[0])
      Console.print(table!.line(label: label, values: row.values[...], scored, at: 0, isAlarm: isAlarm))
      if Console.isOutputLost { return }
    }
  }

  /// Puts missing rows into a gap, where the model's data had them: as many as there are, or as its window has.
  private func fillGap(of live: inout LiveScorer, from last: Double, to time: Double) {
    guard reading.gaps == .missing, let period = model.scorer.period, last.isFinite, time - last > 1.5 * period else {
      return
    }
    let window = model.scorer.model.window
    let missing = max(Int(min(((time - last) / period).rounded() - 1, Double(window))), 1)
    let row = Array(repeating: Double.nan, count: model.scorer.model.features)
    for step in (1...missing).reversed() { _ = live.append(row, time: max(time - Double(step) * period, last.nextUp)) }
  }
}
