import LatentAnomalies
import LatentFiles
import LatentReport

extension EventFile {
  /// Points of the curve of scores at the most.
  static let mostScores = 10_000
  /// Events in the table at the most: those with the highest scores.
  static let mostEvents = 200

  /// Adds a scored series: `score`, `alarm` (1 in an event, else 0) and `threshold` over the numbers of its rows, at the times
  /// that they have; the chart of it all as the image `scores`; and the events as the text `events`.
  ///
  ///     let file = try EventFile(folder: "logs/plant")
  ///     try file.add(timeline, threshold: 12.5, events: events)
  ///     try file.flush()
  ///
  /// A long series has 10,000 points, each the highest score of neighbours, so that no peak is lost.
  ///
  /// - Parameter events: ascending
  /// - Throws: ``LatentFiles/FileError`` where the picture cannot be written as PNG
  public func add(_ timeline: ScoredTimeline, threshold: Double, events: [AnomalyEvent]) throws(FileError) {
    let points = timeline.thinnedScores(most: Self.mostScores)
    var next = 0
    for (number, point) in points.enumerated() {
      while next < events.count && events[next].rows.upperBound <= point.row { next += 1 }
      // Of a bin, the row that is in an event may be a later one.
      let end = point.row + timeline.rowsPerScore
      let isAlarm = next < events.count && events[next].rows.lowerBound < end
      try add(.scalar("score", point.score), step: point.row, time: point.time)
      try add(.scalar("alarm", isAlarm ? 1 : 0), step: point.row, time: point.time)
      // A straight line has two ends.
      if number == 0 || number == points.count - 1 {
        try add(.scalar("threshold", threshold), step: point.row, time: point.time)
      }
    }
    let last = points.last
    let chart = ScoredChart(timeline, threshold: threshold, events: events)
    try add(.image("scores", chart.picture()), step: last?.row ?? 0, time: last?.time)
    try add(.text("events", Self.table(of: events, timeline)), step: last?.row ?? 0, time: last?.time)
  }

  /// A table in Markdown, in the order of time.
  private static func table(of events: [AnomalyEvent], _ timeline: ScoredTimeline) -> String {
    guard !events.isEmpty else { return "No events." }
    let chosen = events.indices.sorted { (-events[$0].score, $0) < (-events[$1].score, $1) }.prefix(mostEvents).sorted()
    let lines = chosen.map { index in
      let event = events[index]
      let cells = [
        timeline.label(of: event.rows.lowerBound), timeline.label(of: event.rows.upperBound - 1),
        "\(event.rows.count)", timeline.label(of: event.peak), Format.measure(event.score),
        event.words(timeline.columns),
      ]
      return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
    let rest = events.count > chosen.count ? "\n\nand \(events.count - chosen.count) with lower scores" : ""
    return "| start | end | rows | peak | score | features |\n| --- | --- | --- | --- | --- | --- |\n"
      + lines.joined(separator: "\n") + rest
  }
}
