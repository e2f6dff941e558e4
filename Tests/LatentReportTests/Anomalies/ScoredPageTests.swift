import Foundation
import LatentFiles
import TestSupport
import Testing

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
    if let folder = ProcessInfo.processInfo.environment["PAGE_FOLDER"] {
      try page.html().write(toFile: folder + "/small.html", atomically: true, encoding: .utf8)
      try PNG.write(ScoredChart(page.timeline, threshold: 30, events: []).picture(), to: folder + "/small.png")
    }
  }
}
