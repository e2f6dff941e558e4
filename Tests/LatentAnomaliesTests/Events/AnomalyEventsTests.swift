import LatentAnomalies
import Testing

@Suite struct AnomalyEventsTests {
  /// Rows of one feature with these scores.
  private func rows(_ scores: [Double], from first: Int = 0) -> ScoredRows {
    var rows = ScoredRows(rows: first..<(first + scores.count), features: 1)
    (rows.scores, rows.shares) = (scores, scores)
    return rows
  }

  private func ranges(_ scores: [Double], above threshold: Double = 1, minLength: Int = 1, cooldown: Int = 1)
    -> [Range<Int>]
  {
    var events = AnomalyEvents(above: threshold, minLength: minLength, cooldown: cooldown)
    return (events.add(rows(scores)) + events.finish()).map(\.rows)
  }

  @Test func eventsAreRunsOfAlarms() {
    #expect(ranges([0, 2, 2, 1, 3, 0]) == [1..<3, 4..<5])
    #expect(ranges([2, 0, 2]) == [0..<1, 2..<3])
    #expect(ranges([2, 2]) == [0..<2])
    #expect(ranges([1, 0]) == [] && ranges([]) == [])
  }

  @Test func alarmsNearerThanTheCooldownAreOneEvent() {
    let scores: [Double] = [2, 0, 2, 0, 0, 2, 0, 0, 0, 2]
    #expect(ranges(scores, cooldown: 2) == [0..<3, 5..<6, 9..<10])
    #expect(ranges(scores, cooldown: 3) == [0..<6, 9..<10])
    #expect(ranges(scores, cooldown: 4) == [0..<10])
  }

  @Test func shortEventsAreLeftOut() {
    let scores: [Double] = [2, 0, 2, 2, 0, 2, 2, 2, 0, 2, 2]
    #expect(ranges(scores, minLength: 2) == [2..<4, 5..<8, 9..<11])
    #expect(ranges(scores, minLength: 3) == [5..<8])
    #expect(ranges([2, 0, 2], minLength: 3, cooldown: 2) == [0..<3])
  }

  @Test func rowsWithoutAScoreNeitherBeginNorEndAnEvent() {
    let none = Double.nan
    #expect(ranges([none, 2, none, none, 2, none, 0, none, 2, none]) == [1..<5, 8..<9])
    #expect(ranges([2, 0, none, none, 2], cooldown: 2) == [0..<5])
    #expect(ranges([none, none]) == [])
  }

  @Test func peakIsTheFirstOfTheHighestScores() {
    var events = AnomalyEvents(above: 1)
    let event = events.add(rows([0, 2, 5, 3, 5, 0], from: 10))
    #expect(event == [AnomalyEvent(rows: 11..<15, peak: 12, score: 5, features: [.init(feature: 0, share: 1)])])
    #expect(events.finish().isEmpty)
  }

  @Test func featuresHaveTheirPartsOfAllRows() {
    var rows = ScoredRows(rows: 0..<5, features: 3)
    rows.scores = [9, 4, 0.5, 6, 0]
    // The third row is quiet, but within the event; the last one is not. Shares below 0 and missing ones are none.
    rows.shares = [9, 0, 0, 1, 3, -2, 0, 0.5, .nan, .nan, 6, 0, 0, 50, 50]
    var events = AnomalyEvents(above: 3, cooldown: 2)
    _ = events.add(rows)
    let event = events.finish().first!
    #expect(event.rows == 0..<4 && event.peak == 0)
    #expect(event.features.map(\.feature) == [0, 1, 2])
    #expect(event.features.map(\.share) == [10 / 19.5, 9.5 / 19.5, 0])
  }

  @Test func featuresOfNegativeOrInfiniteScoresAreSound() {
    var rows = ScoredRows(rows: 0..<2, features: 2)
    (rows.scores, rows.shares) = ([-1, -1], [-2, -3, 0, -4])
    var events = AnomalyEvents(above: -5)
    #expect((events.add(rows) + events.finish()).first?.features.map(\.share) == [0.5, 0.5])
    (rows.scores, rows.shares) = ([.infinity, .infinity], [1, .infinity, 1, .infinity])
    let event = (events.add(ScoredRows(rows: 2..<2, features: 2)) + AnomalyEvents.all(of: rows, above: 5)).first!
    #expect(event.score == .infinity && event.features.map(\.feature) == [1, 0] && event.features[0].share == 1)
  }

  /// The same whatever the sizes of the parts, among them those of one row and of none.
  @Test func partsGiveTheEventsOfTheWhole() {
    let scores = (0..<500).map { (row: Int) -> Double in
      row % 37 == 5 ? .nan : (Double(row) * 0.618).truncatingRemainder(dividingBy: 1)
    }
    for (minLength, cooldown) in [(1, 1), (2, 1), (3, 3), (4, 7)] {
      var whole = AnomalyEvents(above: 0.6, minLength: minLength, cooldown: cooldown)
      let expected = whole.add(rows(scores)) + whole.finish()
      #expect(!expected.isEmpty)
      for size in [1, 2, 7, 100] {
        var (events, found) = (AnomalyEvents(above: 0.6, minLength: minLength, cooldown: cooldown), [AnomalyEvent]())
        for first in stride(from: 0, to: 500, by: size) {
          found += events.add(rows([], from: first))
          found += events.add(rows(Array(scores[first..<min(500, first + size)]), from: first))
        }
        #expect(found + events.finish() == expected)
      }
    }
  }

  @Test func alarmsMayComeFromElsewhere() {
    var events = AnomalyEvents(above: .infinity)
    let found = events.add(rows([5, 1, .nan, 2, 7]), alarms: [false, true, true, true, false])
    #expect(found.map(\.rows) == [1..<4])
  }
}

extension AnomalyEvents {
  fileprivate static func all(of rows: ScoredRows, above threshold: Double) -> [AnomalyEvent] {
    var events = AnomalyEvents(above: threshold)
    return events.add(rows) + events.finish()
  }
}
