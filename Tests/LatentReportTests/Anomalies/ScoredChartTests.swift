import LatentAnomalies
import Testing

@testable import LatentData
@testable import LatentFiles
@testable import LatentReport

/// The picture of a scored series.
@Suite struct ScoredChartTests {
  private static func events(_ sample: ScoredSample, above threshold: Double) -> [AnomalyEvent] {
    var found = AnomalyEvents(above: threshold)
    return found.add(sample.rows) + found.finish()
  }

  /// Every value lies between the ends of its column, and each end is a value.
  @Test(arguments: [true, false], [7, 100, 5000])
  func columnsReachToEveryValue(_ hasTimes: Bool, _ count: Int) {
    let sample = ScoredSample(rows: 1000, hasTimes: hasTimes, missing: 300..<340)
    let timeline = sample.timeline()
    let columns = ChartColumns(timeline, count: count)
    let values = timeline.features.column(.valueLow, of: 0)
    let extents = columns.extents(values, values, size: 1)
    var ends: [Int: (low: Float, high: Float)] = [:]
    for row in 0..<1000 where !values[row].isNaN {
      let column = min(Int(Double(row) / 999 * Double(count)), count - 1)
      let known = ends[column] ?? (values[row], values[row])
      ends[column] = (min(known.low, values[row]), max(known.high, values[row]))
    }
    for column in 0..<count {
      #expect(extents.low[column] == ends[column]?.low || extents.low[column].isNaN && ends[column] == nil)
      #expect(extents.high[column] == ends[column]?.high || extents.high[column].isNaN && ends[column] == nil)
    }
    #expect(extents.runs.count == 2, "the missing rows are a gap")
  }

  @Test func gapsInTimeAreGaps() {
    let times = (0..<100).map { Double($0 < 50 ? $0 : $0 + 500) }
    var series = Series(columns: ["a"], values: Array(repeating: 1, count: 100), times: times)
    series.timeFormat = ScoredSample(rows: 2).series.timeFormat
    var timeline = ScoredTimeline(of: series)
    timeline.append(ScoredRows(rows: 0..<100, features: 1), of: series)
    let values = timeline.features.column(.valueLow, of: 0)
    let extents = ChartColumns(timeline, count: 600).extents(values, values, size: 1)
    #expect(extents.runs.map(\.count) == [50, 50])
  }

  /// One row in many is seen: it is shaded in all panels, and its score reaches up.
  @Test func oneRowIsSeen() throws {
    let sample = ScoredSample(rows: 20_000, features: 2, events: [10_000..<10_001])
    let events = Self.events(sample, above: 30)
    #expect(events.map(\.rows) == [10_000..<10_001])
    let with = ScoredChart(sample.timeline(), threshold: 30, events: events).picture()
    let without = ScoredChart(sample.timeline(), threshold: 30, events: []).picture()
    #expect(with.width == 2400 && with.channels == .rgb)
    var changed: Set<Int> = []
    for (place, (a, b)) in zip(with.pixels, without.pixels).enumerated() where a != b {
      changed.insert(place / 3 % with.width)
    }
    #expect(!changed.isEmpty && changed.count < 5 && changed.allSatisfy { abs($0 - 1248) < 5 }, "\(changed)")
  }

  /// Those with the greatest shares, in their order.
  @Test func featuresByShare() {
    let sample = ScoredSample(rows: 600, features: 9, events: [100..<110, 300..<320])
    let chart = ScoredChart(sample.timeline(), threshold: 50, events: Self.events(sample, above: 50))
    #expect(chart.features.count == 4 && chart.features.first == 0 && chart.features.last == 8)
  }

  @Test func nothingToDraw() {
    let series = Series(columns: ["a"], values: [])
    #expect(ScoredChart(ScoredTimeline(of: series), threshold: 1, events: []).picture().width == 2400)
    let one = Series(columns: ["a"], values: [.nan])
    var timeline = ScoredTimeline(of: one)
    timeline.append(ScoredRows(rows: 0..<1, features: 1), of: one)
    #expect(ScoredChart(timeline, threshold: .infinity, events: []).picture().width == 2400)
    PageReader(text: ScoredPage(timeline, threshold: .infinity).html()).checkStructure()
    PageReader(text: ScoredPage(ScoredTimeline(of: series), threshold: 1).html()).checkStructure()
  }

  /// Round times, as the file writes them.
  @Test(arguments: [
    (0.0, 3600.0, ["00:00", "00:10", "00:20", "00:30", "00:40", "00:50", "01:00"]),
    (0, 172_800, ["00:00", "12:00"]), (0, 864_000, ["2014-04-02", "2014-04-04"]),
  ])
  func timesAreRound(_ start: Double, _ length: Double, _ labels: [String]) throws {
    let series = ScoredSample(rows: 2).series
    let (first, format) = (try #require(series.times)[0], try #require(series.timeFormat))
    let ticks = TimeTicks.between(first + start...first + start + length, most: 7, format)
    #expect(ticks.count >= 2 && ticks.count <= 8)
    #expect(ticks.allSatisfy { (first...first + length).contains($0.value) })
    for tick in ticks {
      let text = format.text(of: tick.value)
      #expect(text.contains(tick.label), "\(tick.label) is no part of \(text)")
    }
    let found = ticks.map { $0.label == "2014-04-01" && length < 86_400 * 3 ? "00:00" : $0.label }
    #expect(found.prefix(labels.count) == labels[...], "\(found)")
  }
}
