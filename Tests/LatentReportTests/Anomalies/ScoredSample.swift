import LatentAnomalies

@testable import LatentData
@testable import LatentFiles
@testable import LatentReport

/// Waves with a few anomalies in them, and scores as a model would give them.
struct ScoredSample {
  var series: Series
  var rows: ScoredRows

  /// - Parameters:
  ///   - events: rows that are labelled; in those of them with odd numbers only the last feature is not as usual
  ///   - missing: rows of which the first feature's value is missing
  ///   - warmUp: rows at the start that have no score
  init(
    rows count: Int, features: Int = 1, hasTimes: Bool = true, events: [Range<Int>] = [], missing: Range<Int> = 0..<0,
    warmUp: Int = 16
  ) {
    var text = (hasTimes ? "time," : "") + (0..<features).map { "feature \($0)," }.joined() + "label\n"
    rows = ScoredRows(rows: 0..<count, features: features)
    var state: UInt64 = 1
    func noise() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 40) / Double(1 << 24) - 0.5
    }
    let date = CalendarDay.date(of:)
    for row in 0..<count {
      let event = events.firstIndex { $0.contains(row) }
      if hasTimes {
        let minutes = 5 * row
        let day = date(16_161 + minutes / 1440)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        text += "\(day.year)-\(two(day.month))-\(two(day.day)) \(two(minutes / 60 % 24)):\(two(minutes % 60)):00,"
      }
      var score = 0.0
      for feature in 0..<features {
        let expected = 100 * Double(feature + 1) + 20 * Self.wave(row, 288 / (feature + 1))
        let isOdd = event.map { $0 % 2 == 1 ? feature == features - 1 : feature == 0 } ?? false
        let value = expected + 4 * noise() + (isOdd ? 25 : 0)
        let place = row * features + feature
        (rows.expected[place], rows.low[place], rows.high[place]) = (expected, expected - 3, expected + 3)
        if feature == 0 && missing.contains(row) {
          text += ","
        } else {
          text += "\(value),"
          rows.shares[place] = (value - expected) * (value - expected) / 8
          score += rows.shares[place]
        }
      }
      text += event == nil ? "0\n" : "1\n"
      // A row of which nothing is known has no score.
      if row >= warmUp && !(features == 1 && missing.contains(row)) { rows.scores[row] = score }
    }
    for place in 0..<min(warmUp, count) * features {
      (rows.expected[place], rows.low[place], rows.high[place], rows.shares[place]) = (.nan, .nan, .nan, .nan)
    }
    series = Series(try! SeriesFile(bytes: Array(text.utf8), name: "plant.csv"))
  }

  /// One turn in so many rows, of straight lines and a curve: no libm.
  private static func wave(_ row: Int, _ turn: Int) -> Double {
    let part = Double(row % turn) / Double(turn)
    return part < 0.5 ? 16 * part * (0.5 - part) : -16 * (part - 0.5) * (1 - part)
  }

  /// Given in chunks of so many rows.
  func timeline(chunk: Int = 1000, mostScores: Int = 200_000, mostNumbers: Int = 7_000_000) -> ScoredTimeline {
    var timeline = ScoredTimeline(of: series, mostScores: mostScores, mostNumbers: mostNumbers)
    for start in stride(from: 0, to: series.rows, by: chunk) {
      timeline.append(part(start..<min(start + chunk, series.rows)), of: series)
    }
    return timeline
  }

  /// What is said of some rows.
  func part(_ range: Range<Int>) -> ScoredRows {
    var part = ScoredRows(rows: range, features: rows.features)
    let numbers = range.lowerBound * rows.features..<range.upperBound * rows.features
    part.expected = Array(rows.expected[numbers])
    part.low = Array(rows.low[numbers])
    part.high = Array(rows.high[numbers])
    part.shares = Array(rows.shares[numbers])
    part.scores = Array(rows.scores[range])
    return part
  }
}
