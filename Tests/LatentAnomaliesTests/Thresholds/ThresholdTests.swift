import Foundation
import LatentAnomalies
import Testing

@Suite struct ThresholdTests {
  @Test(arguments: ["quantile=0.999", "pot=0.0001", "mad=6.0", "3.5", "-2.0"])
  func rulesAreReadAsTheyAreWritten(text: String) throws {
    let rule = try Threshold.Rule(text)
    #expect("\(rule)" == text)
    #expect(try JSONDecoder().decode([Threshold.Rule].self, from: JSONEncoder().encode([rule])) == [rule])
  }

  @Test func rulesAreReadAsPeopleWriteThem() throws {
    #expect(try Threshold.Rule("pot=1e-4") == .peaksOverThreshold(1e-4))
    #expect(try Threshold.Rule("mad=6") == .medianDeviations(6))
    #expect(try Threshold.Rule("17") == .number(17))
  }

  @Test(arguments: ["", "pot", "quantile=", "=3", "mad=x", "nan", "inf", "pot=1=2", "sigma=3", "quantile=nan"])
  func otherTextsAreNone(text: String) {
    #expect(throws: ThresholdError.notARule(text)) { try Threshold.Rule(text) }
  }

  @Test(arguments: ["quantile=1", "quantile=0", "quantile=99.9", "pot=0.02", "pot=0", "pot=-1", "mad=0", "mad=-6"])
  func numbersOutsideOfARuleAreRefused(text: String) {
    let error = #expect(throws: ThresholdError.self) { try Threshold.Rule(text) }
    #expect(error?.description.hasPrefix("threshold \(text): give ") == true)
  }

  /// By NumPy's quantile and median.
  @Test func quantilesAndDeviationsAreThoseOfNumPy() throws {
    let scores = SampleScores.exponential.scores
    #expect(try Threshold(.quantile(0.999), scores: scores).value.isClose(to: 6.73723482732595))
    #expect(
      try Threshold(.medianDeviations(6), scores: scores).value
        .isClose(to: 0.6932541888093224 + 6 * 1.4826 * 0.48121182505978966))
    #expect(try Threshold(.quantile(0.5), scores: [1, .nan, 2, 4, 3]).value == 2.5)
    #expect(try Threshold(.medianDeviations(2), scores: [9, .nan, 1, 3, 2]).value == 2.5 + 2 * 1.4826 * 1)
  }

  @Test func wordsSayWhatItMeans() throws {
    let scores = SampleScores.exponential.scores
    func words(_ rule: String) throws -> String { try Threshold(Threshold.Rule(rule), scores: scores).words }
    #expect(try words("pot=1e-4") == "alarms on about 1 row in 10,000 of normal data")
    #expect(try words("quantile=0.999") == "alarms on about 1 row in 1,000 of normal data")
    #expect(try words("quantile=0.6") == "alarms on about 1 row in 2.5 of normal data")
    #expect(try words("4.6") == "alarms on about 1 row in 100 of normal data (30 of 3,000)")
    #expect(try words("100") == "alarms on none of the 3,000 rows of normal data")
    #expect(try words("-1") == "alarms on every one of the 3,000 rows of normal data")
    #expect(Threshold(4.5).words == "alarms on rows with a score above 4.5")
  }

  @Test func shareIsThatOfTheScoresAbove() throws {
    let threshold = try Threshold(.number(2), scores: [1, 2, 3, .nan, 4])
    #expect(threshold.count == 4 && threshold.share == 0.5)
    #expect(threshold.isAlarm(2.1) && !threshold.isAlarm(2) && !threshold.isAlarm(.nan) && threshold.isAlarm(.infinity))
    #expect(try JSONDecoder().decode(Threshold.self, from: JSONEncoder().encode(threshold)) == threshold)
  }

  @Test func tooFewScoresAreRefusedWithWhatIsNeeded() throws {
    func error(_ rule: Threshold.Rule, _ scores: [Double]) -> String? {
      do { _ = try Threshold(rule, scores: scores) } catch { return error.description }
      return nil
    }
    #expect(
      error(.quantile(0.999), Array(SampleScores.heavy.scores.prefix(999)) + [.nan])
        == "threshold quantile=0.999 needs at least 1,000 scores of normal data, and there are 999: give more rows, or take "
        + "mad=6 or a number")
    #expect(error(.quantile(0.999), Array(SampleScores.heavy.scores.prefix(1000))) == nil)
    #expect(
      error(.peaksOverThreshold(1e-4), Array(SampleScores.heavy.scores.prefix(1499)))?
        .contains("needs at least 1,500 scores of normal data, and there are 1,499") == true)
    #expect(error(.peaksOverThreshold(1e-4), Array(SampleScores.heavy.scores.prefix(1500))) == nil)
    #expect(
      error(.peaksOverThreshold(1e-4), SampleScores.even.scores.map { $0 > 0.999 ? 2 : $0 > 0.5 ? 1 : $0 })?
        .contains("needs at least 25 scores above their 98% quantile, and of 3,000 there are 3") == true)
    #expect(error(.medianDeviations(6), [3])?.contains("at least 2 scores of normal data, and there is 1") == true)
    #expect(error(.medianDeviations(6), [.nan])?.contains("there are 0") == true)
    #expect(error(.medianDeviations(6), [3, 3, 3, 4])?.contains("more than half of them are 3.0") == true)
    #expect(error(.number(6), []) == nil)
  }
}

extension Double {
  func isClose(to other: Double, within tolerance: Double = 1e-12) -> Bool {
    abs(self - other) <= tolerance * max(1, abs(other))
  }
}
