import Foundation
import LatentAnomalies
import LatentFiles
import LatentReport
import TestSupport
import Testing

@testable import LatentData
@testable import LatentTensorBoard

/// A scored series in an event file.
@Suite struct ScoreEventTests {
  /// Rows that score 1, and some more.
  private func timeline(_ rows: Int, high: [Int: Double]) -> (timeline: ScoredTimeline, events: [AnomalyEvent]) {
    let series = Series(columns: ["load", "heat|x"], values: Array(repeating: 1, count: 2 * rows))
    var scored = ScoredRows(rows: 0..<rows, features: 2)
    for row in 0..<rows {
      let score = high[row] ?? 1
      scored.scores[row] = score
      (scored.shares[2 * row], scored.shares[2 * row + 1]) = (score / 4, score * 3 / 4)
    }
    scored.scores[3] = .nan
    var timeline = ScoredTimeline(of: series)
    timeline.append(scored, of: series)
    var found = AnomalyEvents(above: 5, cooldown: 2)
    return (timeline, found.add(scored) + found.finish())
  }

  @Test func everythingIsThere() throws {
    let folder = try TemporaryFolder()
    let file = try EventFile(folder: folder.file("logs"))
    let (timeline, found) = timeline(40, high: [10: 9, 11: 8, 13: 7, 20: 6])
    try file.add(timeline, threshold: 5, events: found)
    try file.flush()
    let events = try events(in: file.path)
    let rows = (0..<40).filter { $0 != 3 }
    #expect(events.steps("score") == rows && events.steps("alarm") == rows)
    #expect(events.scalars("score")[9] == 9)
    #expect(zip(rows, events.scalars("alarm")).filter { $1 == 1 }.map(\.0) == [10, 11, 12, 13, 20])
    #expect(events.steps("threshold") == [0, 39] && events.scalars("threshold") == [5, 5])
    let image = try #require(events.values("scores").first).value.image
    #expect(image.width == 2400)
    let text = try #require(events.values("events").first).value
    #expect(text.metadata.pluginData.pluginName == "text" && text.tensor.dtype == 7)
    let table = String(decoding: text.tensor.stringVal[0], as: UTF8.self)
    #expect(table.contains("| row 10 | row 13 | 4 | row 10 | 9.000 | heat\\|x 75%, load 25% |"), "\(table)")
  }

  /// A long series is thinned, and keeps its peaks.
  @Test func longSeries() throws {
    let folder = try TemporaryFolder()
    let file = try EventFile(folder: folder.file("logs"))
    let (timeline, found) = timeline(123_456, high: [77_777: 9])
    try file.add(timeline, threshold: 5, events: found)
    try file.flush()
    let events = try events(in: file.path)
    #expect(events.steps("score").count <= 10_000)
    #expect(zip(events.steps("score"), events.scalars("score")).filter { $1 == 9 }.map(\.0) == [77_777])
    #expect(zip(events.steps("alarm"), events.scalars("alarm")).filter { $1 == 1 }.map(\.0) == [77_777])
  }

  /// Events are at the times of their rows.
  @Test func timesOfRows() throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("time,load,x\n2020-01-01 00:00,1,2\n2020-01-01 00:05,2,3\n".utf8), as: "plant.csv")
    let series = Series(try SeriesFile(contentsOf: folder.file("plant.csv")))
    var timeline = ScoredTimeline(of: series)
    var scored = ScoredRows(rows: 0..<2, features: 2)
    scored.scores = [1, 2]
    timeline.append(scored, of: series)
    let file = try EventFile(folder: folder.file("logs"))
    try file.add(timeline, threshold: 5, events: [])
    try file.flush()
    let times = try events(in: file.path).filter { $0.summary.value.first?.tag == "score" }.map(\.wallTime)
    #expect(times == [1_577_836_800, 1_577_837_100])
  }
}
