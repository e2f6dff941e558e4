import LatentAnomalies
import Testing

@testable import LatentData
@testable import LatentReport

/// What a timeline keeps of rows, beside plain loops over all of them.
@Suite struct ScoredTimelineTests {
  private static let sample = ScoredSample(
    rows: 1003, features: 2, events: [100..<120, 300..<310, 990..<1003], missing: 400..<460)

  /// The greatest of what is there; NaN where nothing is.
  private func greatest(_ values: [Double]) -> Double { values.filter { !$0.isNaN }.max() ?? .nan }

  private func equal(_ a: Double, _ b: Double) -> Bool { a == b || a.isNaN && b.isNaN }

  @Test(arguments: [(2000, 1), (128, 8), (2, 512), (100, 16)], [1, 7, 64, 2000])
  func binsAreThoseOfTheRows(_ most: (scores: Int, size: Int), chunk: Int) {
    let sample = Self.sample
    let timeline = sample.timeline(chunk: chunk, mostScores: most.scores)
    #expect(timeline.rows == 1003)
    #expect(timeline.rowsPerScore == most.size)
    let bins = timeline.scores
    #expect(bins.count == (1003 + most.size - 1) / most.size && bins.count <= most.scores)
    let wrong = (0..<bins.count).filter { bin in
      let rows = bin * most.size..<min((bin + 1) * most.size, 1003)
      return !equal(bins.scores[bin], greatest(rows.map { sample.rows.scores[$0] }))
        || bins.times[bin] != sample.series.times![rows.lowerBound]
        || bins.labels[bin] != rows.contains { sample.series.labels![$0] != 0 } || bins.rows(of: bin) != rows
    }
    #expect(wrong.isEmpty)
    #expect(timeline.ends == (sample.series.label(of: 0), sample.series.label(of: 1002)))
  }

  @Test(arguments: [(2000, 100_000, 1), (126, 100_000, 8), (100, 100_000, 16), (2000, 14, 2)], [1, 64, 2000])
  func featuresAreThoseOfTheRows(_ most: (scores: Int, numbers: Int, size: Int), chunk: Int) {
    let sample = Self.sample
    let timeline = sample.timeline(chunk: chunk, mostScores: most.scores, mostNumbers: most.numbers)
    let bins = timeline.features
    #expect(bins.size == most.size && bins.size >= timeline.rowsPerScore)
    for feature in 0..<2 {
      func numbers(_ rows: Range<Int>, _ values: [Double]) -> [Double] { rows.map { values[2 * $0 + feature] } }
      let columns = FeatureBins.Part.allCases.map { bins.column($0, of: feature) }
      for bin in 0..<bins.count {
        let rows = bin * most.size..<min((bin + 1) * most.size, 1003)
        func least(_ values: [Double]) -> Double { -greatest(numbers(rows, values).map { -$0 }) }
        func highest(_ values: [Double]) -> Double { greatest(numbers(rows, values)) }
        let scores = rows.map { sample.rows.scores[$0] }
        let best = scores.allSatisfy(\.isNaN) ? nil : rows.first { sample.rows.scores[$0] == greatest(scores) }
        let expected = [
          least(sample.series.values), highest(sample.series.values), least(sample.rows.expected),
          highest(sample.rows.expected), least(sample.rows.low), highest(sample.rows.high),
          best.map { sample.rows.shares[2 * $0 + feature] } ?? .nan,
        ].map(Float.init)
        for (part, number) in expected.enumerated() where !equal(Double(columns[part][bin]), Double(number)) {
          Issue.record("\(FeatureBins.Part.allCases[part]) of bin \(bin): \(columns[part][bin]), not \(number)")
        }
      }
    }
  }

  /// Rows that nobody has scored have values.
  @Test func rowsBetweenHaveNoScore() {
    let sample = Self.sample
    var timeline = ScoredTimeline(of: sample.series)
    timeline.append(sample.part(200..<300), of: sample.series)
    timeline.append(sample.part(500..<600), of: sample.series)
    #expect(timeline.rows == 600)
    #expect(
      timeline.scores.scores.indices.allSatisfy { row in
        timeline.scores.scores[row].isNaN == !((200..<300).contains(row) || (500..<600).contains(row))
      })
    #expect(
      timeline.features.column(.valueLow, of: 1).map(Double.init).elementsEqual(
        sample.series.column(1).prefix(600), by: { abs($0 - $1) < 1e-4 }))
  }

  @Test func labelsAreStretches() {
    let sample = Self.sample
    #expect(sample.timeline().labelledBins == [100..<120, 300..<310, 990..<1003])
    var given = ScoredTimeline(of: sample.series, labelled: [5..<6, 50..<70])
    given.append(sample.part(0..<60), of: sample.series)
    given.append(sample.part(60..<100), of: sample.series)
    #expect(given.labelledBins == [5..<6, 50..<70])
    var series = ScoredSample(rows: 10).series
    series = Series(columns: series.columns, values: series.values)
    var without = ScoredTimeline(of: series)
    without.append(ScoredRows(rows: 0..<10, features: 1), of: series)
    #expect(without.labelledBins == nil && without.timeFormat == nil && without.ends == ("row 0", "row 9"))
  }

  /// The peaks are there, however few points.
  @Test(arguments: [1, 10, 333, 5000])
  func thinnedScoresKeepPeaks(_ most: Int) {
    let sample = Self.sample
    let points = sample.timeline().thinnedScores(most: most)
    #expect(points.count <= most && !points.isEmpty)
    #expect(points.map(\.score).max() == greatest(sample.rows.scores))
    #expect(points.allSatisfy { sample.rows.scores[$0.row] == $0.score && sample.series.times![$0.row] == $0.time })
    #expect(zip(points, points.dropFirst()).allSatisfy { $0.row < $1.row })
    if most == 5000 { #expect(points.map(\.row) == (16..<1003).filter { !sample.rows.scores[$0].isNaN }) }
  }

  /// Long series take no more than short ones.
  @Test func longSeriesTakeTheSameRoom() {
    let series = Series(columns: ["a"], values: Array(repeating: 1, count: 3_000_000))
    var timeline = ScoredTimeline(of: series)
    for start in stride(from: 0, to: series.rows, by: 500_000) {
      var rows = ScoredRows(rows: start..<start + 500_000, features: 1)
      for row in 0..<500_000 { rows.scores[row] = 0 }
      if start == 1_500_000 { rows.scores[123_456] = 7 }
      timeline.append(rows, of: series)
    }
    #expect(timeline.rows == 3_000_000 && timeline.rowsPerScore == 16)
    #expect(timeline.scores.count == 187_500 && timeline.features.count == 187_500)
    #expect(timeline.scores.scores.firstIndex(of: 7) == 1_623_456 / 16)
    let html = ScoredPage(timeline, threshold: 1).html()
    #expect(html.contains("it shows bins of 16 rows"))
  }
}
