import LatentAnomalies
import LatentCommand
import LatentData
import LatentFiles
import LatentReport

/// Series that have been scored, and what was found.
struct ScoredData {
  private let columns: [String]
  private let threshold: Threshold
  private(set) var events: [(series: Series, event: AnomalyEvent)] = []
  private(set) var rows = 0
  /// Rows with a score, and those of them above the threshold.
  private(set) var (scored, alarms) = (0, 0)

  /// Scores all rows, and writes the table while they come.
  ///
  /// - Throws: `FileError`
  init(
    _ series: [Series], by model: ScoredModel, minLength: Int, cooldown: Int, to files: ScoreOutputOptions.Files
  ) throws {
    (columns, threshold) = (model.columns, model.threshold)
    let table = try files.table.map {
      try TableWriter(
        $0,
        ScoreTable(
          columns: columns, hasTimes: series[0].times != nil, hasSeries: series.count > 1, threshold: threshold.value))
    }
    for one in series {
      var found = AnomalyEvents(above: threshold.value, minLength: minLength, cooldown: cooldown)
      var lines = TableWriter.Lines(one)
      try model.scorer.score(one, on: model.workers) { rows in
        events += found.add(rows).map { (one, $0) }
        self.rows += rows.rows.count
        scored += rows.scores.count { !$0.isNaN }
        alarms += rows.scores.count { threshold.isAlarm($0) }
        try table?.add(rows, of: one, &lines)
      }
      events += found.finish().map { (one, $0) }
    }
    try table?.finish()
  }

  /// What was found, for people.
  var lines: [String] {
    let share = scored > 0 ? Double(alarms) / Double(scored) : 0
    var lines = [
      "\(Format.grouped(Double(rows))) rows, \(Format.grouped(Double(scored))) with a score; "
        + "\(Format.grouped(Double(alarms))) above the threshold (\(Format.fixed(100 * share, 2))%), in "
        + "\(events.count) \(events.count == 1 ? "event" : "events")"
    ]
    let shown = EventTable(events: events, columns: columns).lines(most: Self.mostShown)
    if !events.isEmpty { lines += [""] + shown }
    if events.count > Self.mostShown { lines.append("and \(events.count - Self.mostShown) with lower scores") }
    return lines
  }

  private static let mostShown = 10

  /// - Throws: `FileError`
  func writeEvents(to files: ScoreOutputOptions.Files) throws(FileError) {
    let table = EventTable(events: events, columns: columns)
    for file in files.events {
      try AtomicFile.write(Array((file.lowercased().hasSuffix(".json") ? table.json.text : table.csv).utf8), to: file)
    }
  }
}
