import Foundation
import LatentAnomalies
import LatentFiles
import TestSupport
import Testing

@testable import LatentData
@testable import LatentReport

/// The page of a scored series as text. That it does what it should is checked in a browser: `scripts/check-report`.
@Suite struct ScoredPageTests {
  @Test func everythingIsOnThePage() throws {
    let sample = ScoredSample(rows: 500, features: 3, events: [100..<120, 300..<310], missing: 200..<205)
    var page = ScoredPage(sample.timeline(), threshold: 30)
    page.lead = "A lead."
    page.evaluation = [
      .init("Ranking", methods: ["model", "PCA"], rows: [.init("AUC-PR", ["0.9", "0.4"], "of rows")])
    ]
    page.settings = [("score", "probability")]
    page.notes = ["A note."]
    page.origin = "Made by a test."
    let reader = PageReader(text: page.html())
    reader.checkStructure()
    for words in [
      "plant.csv", "A lead.", "AUC-PR", "0.4", "of rows", "PCA", "probability", "A note.", "Made by a test.",
    ] {
      #expect(reader.markup.contains(words), "\(words)")
    }
    let data = try reader.json("scored-data")
    #expect(data["rows"] as? Int == 500)
    #expect(data["labelled"] as? [Int] == [100, 120, 300, 310])
    #expect(data["features"] as? [String] == ["feature 0", "feature 1", "feature 2"])
  }

  /// The numbers in the page are those of the rows: scores to the last bit, features in single precision.
  @Test func numbersAreThoseOfTheRows() throws {
    let sample = ScoredSample(rows: 300, features: 2, missing: 50..<60)
    let page = ScoredPage(sample.timeline(), threshold: 3.25)
    let text = page.html()
    func bytes(_ id: String) throws -> Data {
      let start = try #require(text.range(of: "<script type=\"text/plain\" id=\"\(id)\">"))
      let end = try #require(text[start.upperBound...].range(of: "</script"))
      return try #require(Data(base64Encoded: String(text[start.upperBound..<end.lowerBound])))
    }
    func doubles(_ id: String) throws -> [UInt64] { PageReader.integers(try bytes(id), of: UInt64.self) }
    #expect(try doubles("scores") == sample.rows.scores.map(\.bitPattern))
    #expect(try doubles("times") == sample.series.times!.map(\.bitPattern))
    for (id, numbers) in [
      ("valueLow", sample.series.values), ("expectedLow", sample.rows.expected), ("low", sample.rows.low),
      ("high", sample.rows.high), ("share", sample.rows.shares),
    ] {
      for feature in 0..<2 {
        let found = try PageReader.floats(try bytes("\(id)-\(feature)").base64EncodedString())
        let expected = (0..<300).map { Float(numbers[2 * $0 + feature]) }
        #expect(zip(found, expected).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }, "\(id) of \(feature)")
      }
    }
    // Rows have one value each.
    #expect(!text.contains("id=\"valueHigh-0\"") && !text.contains("too many for a page"))
    let bins = ScoredPage(sample.timeline(mostScores: 100), threshold: 3.25).html()
    #expect(bins.contains("id=\"valueHigh-0\"") && bins.contains("300 rows are too many for a page"))
    #expect(bins.contains("it shows bins of 4 rows") && bins.contains("Alarms are counted by bins."))
  }

  @Test func eventsThatWereFound() throws {
    let sample = ScoredSample(rows: 300)
    var page = ScoredPage(sample.timeline(mostScores: 100), threshold: 3)
    #expect(try PageReader(text: page.html()).json("scored-data")["events"] is NSNull)
    page.events = [AnomalyEvent(rows: 17..<33, peak: 20, score: 9, features: [.init(feature: 0, share: 1)])]
    #expect(try PageReader(text: page.html()).json("scored-data")["events"] as? [Int] == [17, 33, 20])
  }

  /// What a file calls its columns ends no element.
  @Test func textIsEscaped() {
    let evil = "</script><script>alert(1)</script><!-- \"&'"
    let series = Series(name: evil, columns: [evil], values: [1, 2])
    var timeline = ScoredTimeline(of: series)
    timeline.append(ScoredRows(rows: 0..<2, features: 1), of: series)
    var page = ScoredPage(timeline, threshold: 1)
    (page.lead, page.notes, page.origin, page.settings) = (evil, [evil], evil, [(evil, evil)])
    page.evaluation = [.init(evil, methods: [evil], rows: [.init(evil, [evil], evil)])]
    let reader = PageReader(text: page.html())
    reader.checkStructure()
    #expect(!reader.text.contains("<script>alert") && !reader.text.contains("<!-- "))
  }
}
