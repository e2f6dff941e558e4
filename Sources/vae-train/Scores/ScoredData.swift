import Latent
import LatentAnomalies
import LatentCommand
import LatentData
import LatentFiles
import LatentReport
import LatentTensorBoard

/// Series that have been scored, and what was found.
struct ScoredData {
  private let columns: [String]
  /// Whether there are several series.
  private let hasSeries: Bool
  private let threshold: Threshold
  private let rule: EventRule
  /// Whether the threshold moves with the rows.
  private let isLearning: Bool
  /// What the model says of the rows of each series; empty where nobody evaluates it.
  private(set) var method = ScoreEvaluation.Method(name: "model", scores: [], alarms: [])
  /// Of each series; empty where nobody wants to see them.
  private var timelines: [ScoredTimeline] = []
  private(set) var events: [(series: Series, event: AnomalyEvent)] = []
  private(set) var rows = 0
  /// Rows with a score, and those of them above the threshold.
  private(set) var (scored, alarms) = (0, 0)

  /// Which alarms are an event.
  struct EventRule {
    let minLength: Int
    let cooldown: Int
  }

  /// Scores all rows, and writes the table while they come.
  ///
  /// - Parameter labels: of each series, where there are any
  /// - Throws: `FileError`
  init(
    _ series: [Series], _ labels: [DetectionLabels]?, by model: ScoredModel, _ rule: EventRule,
    to files: ScoreOutputOptions.Files
  ) throws {
    (columns, hasSeries) = (series[0].columns, series.count > 1)
    (threshold, self.rule) = (model.threshold, rule)
    isLearning = model.judge.isLearning
    let isShown = !files.pages.isEmpty || !files.pictures.isEmpty || files.tensorboard != nil
    let table = try files.table.map {
      try TableWriter(
        $0,
        ScoreTable(columns: columns, hasTimes: series[0].times != nil, hasSeries: hasSeries))
    }
    for (number, one) in series.enumerated() {
      var (scores, alarms) = ([Double](), [Bool]())
      var found = AnomalyEvents(above: threshold.value, minLength: rule.minLength, cooldown: rule.cooldown)
      var timeline = ScoredTimeline(of: one, labelled: labels?[number].events)
      var judge = model.judge
      var lines = TableWriter.Lines(one)
      try model.scorer.score(one, on: model.workers) { rows in
        let isAlarm = rows.scores.map { judge.isAlarm($0) }
        events += found.add(rows, alarms: isAlarm).map { (one, $0) }
        self.rows += rows.rows.count
        scored += rows.scores.count { !$0.isNaN }
        self.alarms += isAlarm.count { $0 }
        if labels != nil {
          scores += rows.scores
          alarms += isAlarm
        }
        try table?.add(rows, isAlarm, of: one, &lines)
        if isShown { timeline.append(rows, of: one) }
      }
      if isShown { timelines.append(timeline) }
      if labels != nil {
        method.scores.append(scores)
        method.alarms!.append(alarms)
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
    let shown = EventTable(events: events, hasSeries: hasSeries, columns: columns).lines(most: Self.mostShown)
    if !events.isEmpty { lines += [""] + shown }
    if events.count > Self.mostShown { lines.append("and \(events.count - Self.mostShown) with lower scores") }
    return lines
  }

  private static let mostShown = 10

  /// - Throws: `FileError`
  func writeEvents(to files: ScoreOutputOptions.Files) throws(FileError) {
    let table = EventTable(events: events, hasSeries: hasSeries, columns: columns)
    for file in files.events {
      try AtomicFile.write(Array((file.lowercased().hasSuffix(".json") ? table.json.text : table.csv).utf8), to: file)
    }
  }

  /// Writes pages and pictures.
  ///
  /// - Parameters:
  ///   - settings: what a page says of how scores were made
  ///   - evaluation: how good they are
  /// - Throws: `FileError`
  func writeViews(
    to files: ScoreOutputOptions.Files, settings: [[String]], _ evaluation: ScoreEvaluation?
  ) throws(FileError) {
    for (file, timeline) in zip(files.pages, timelines) {
      var page = ScoredPage(timeline, threshold: threshold.value)
      // What the page's threshold and its rows or bins do not give.
      if isLearning || timeline.rowsPerScore > 1 { page.events = ownEvents(of: timeline) }
      (page.minLength, page.cooldown) = (rule.minLength, rule.cooldown)
      page.lead = "Threshold \(Float(threshold.value)): \(threshold.words)."
      page.evaluation = evaluation.map { [$0.table] } ?? []
      page.settings = settings.map { ($0[0], $0[1]) }
      page.origin = "vae-train \(LatentVersion.current)"
      try AtomicFile.write(Array(page.html().utf8), to: file)
    }
    for (file, timeline) in zip(files.pictures, timelines) {
      let chart = ScoredChart(timeline, threshold: threshold.value, events: ownEvents(of: timeline))
      try AtomicFile.write(PNG.encode(chart.picture()), to: file)
    }
  }

  private func ownEvents(of timeline: ScoredTimeline) -> [AnomalyEvent] {
    events.filter { $0.series.name == timeline.name }.map(\.event)
  }

  /// Writes scores, alarms, threshold and picture, in a folder of its own for each of several series.
  ///
  /// - Throws: `FileError`
  func writeEvents(toTensorBoard folder: String) throws(FileError) {
    for timeline in timelines {
      let file = try EventFile(folder: timelines.count == 1 ? folder : AtomicFile.path(timeline.name, in: folder))
      try file.add(timeline, threshold: threshold.value, events: ownEvents(of: timeline))
      try file.flush()
    }
  }
}
