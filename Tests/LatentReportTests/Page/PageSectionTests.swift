import Foundation
import Latent
import LatentFiles
import Testing

@testable import LatentReport

/// Sections of a program's own on a page.
@Suite struct PageSectionTests {
  private static let picture = Picture(width: 3, height: 2, pixels: [0, 1, 2, 3, 4, 5])

  private static let chart = CurveChart(
    title: "Sweep", xTitle: "learning rate", yTitle: "error", xAxis: .logarithmic,
    spans: [.init("usable", 1e-3...1e-2)],
    series: [.init("a", x: [1e-4, 1e-3, 1e-1], y: [3, 1, 2], band: .init([2, 0, 1], [4, 2, 3]))])

  private func report(_ sections: [PageSection]) throws -> RunReport {
    var report = RunReport(title: "A run")
    report.history = try RunReportTests.history()
    report.settings = [.init("Model", [("Size", "256")])]
    report.notes = ["A note."]
    (report.sections, report.sectionFiles) = (sections, try sections.files())
    return report
  }

  private func everything(_ word: String) -> [PageSection] {
    [
      PageSection(
        word, lead: word,
        [
          .text("\(word) one\n\n\(word) two"), .picture(word, Self.picture, caption: word, alternative: word),
          .picture("Second", Self.picture, alternative: "Other rows"), .chart(Self.chart),
          .table(word, [(word, "0.98"), ("F1", word)]),
          .table(word, columns: [word, "b"], rows: [[word, "2"], ["3", word]]),
        ]),
      PageSection("Last", [.table("Only", [("x", "y")])]),
    ]
  }

  @Test func everythingIsThere() throws {
    let page = PageReader(text: try report(everything("Words")).html())
    page.checkStructure()
    let ids = page.values(of: "id").filter { $0.hasPrefix("own-") || ["curves", "settings", "notes"].contains($0) }
    #expect(
      ids.filter { !$0.hasSuffix("title") } == ["curves", "own-1", "own-chart-0", "own-2", "settings", "notes"])
    #expect(page.values(of: "alt") == ["Words", "Other rows"])
    #expect(page.markup.contains("<p>Words one</p>") && page.markup.contains("<p>Words two</p>"))
    #expect(page.markup.components(separatedBy: "width=\"3\" height=\"2\"").count == 3)
    let cells = page.markup.matches(of: /<t[hd][^>]*>([^<]*)<\/t[hd]>/).map { String($0.1) }
    #expect(cells.starts(with: ["Words", "0.98", "F1", "Words", "Words", "b", "Words", "2", "3", "Words", "x", "y"]))
    #expect(page.markup.contains("<a href=\"#own-1\">Words</a>") && page.markup.contains("<a href=\"#own-2\">Last</a>"))
    let charts = try #require(try page.json("own-data")["charts"] as? [[String: Any]])
    let panel = try #require((charts[0]["panels"] as? [[String: Any]])?.first)
    #expect(charts.count == 1 && panel["xAxis"] as? String == "logarithmic" && panel["yAxis"] as? String == "linear")
    let series = try #require((panel["series"] as? [[String: Any]])?.first)
    #expect(series["x"] as? [Double] == [1e-4, 1e-3, 1e-1] && series["high"] as? [Double] == [4, 2, 3])
    #expect((panel["spans"] as? [[String: Any]])?.first?["to"] as? Double == 0.01)
    // Without JavaScript too.
    #expect(page.markup.contains("aria-label=\"Sweep\""))
  }

  @Test func textIsEscaped() throws {
    let evil = "</script><script>alert(1)</script><!-- \"&'"
    let page = PageReader(text: try report(everything(evil)).html())
    page.checkStructure()
    #expect(!page.text.contains("alert(1)</script>") && !page.text.contains("<!--"))
  }

  @Test func filesHaveNamesOfTheirOwn() throws {
    let names = ["Digits", "digits", "Digits", "../../etc/passwd", "a  b/c", "", "Größe"]
    let sections = [PageSection("s", names.map { .picture($0, Self.picture, alternative: "") } + [.chart(Self.chart)])]
    let files = try sections.files()
    #expect(
      files.map(\.name) == [
        "Digits.png", "digits-2.png", "Digits-3.png", "etc-passwd.png", "a-b-c.png", "picture.png", "Größe.png",
        "Sweep.svg",
      ])
    #expect(files[0].bytes == (try PNG.encode(Self.picture)) && files.last!.bytes == Array(Self.chart.svg().utf8))
  }

  @Test(arguments: PagePart.allCases)
  func anythingCanBeLeftOut(part: PagePart) throws {
    var report = try report(everything("Words"))
    report.findings = [.init(.good, "All is well.")]
    report.measures = [MeasureTable("Quality", [.init("error", "1")])]
    report.pictures = [.init("Samples", caption: "", alternative: "", .text("abc"))]
    report.playground = nil
    let sections = { (page: PageReader) in page.values(of: "aria-labelledby").map { $0.replacing("-title", with: "") } }
    let whole = PageReader(text: report.html())
    report.leavesOut = [part]
    let page = PageReader(text: report.html())
    page.checkStructure()
    #expect(sections(page) == sections(whole).filter { $0 != part.rawValue })
    if part == .curves { #expect(!page.text.contains("id=\"curves-data\"")) }
  }

  /// What there is no room for is a note, with the file that has it.
  @Test func pageStaysSmall() throws {
    let numbers = Tensor.normalNoise(key: RandomKey(seed: 1), streams: Array(0..<600), columns: 600).floats
    let noise = Picture(width: 600, height: 600, pixels: numbers.map { UInt8(truncatingIfNeeded: Int($0 * 1000)) })
    let values = (0..<4000).map { sin(Double($0) * 1.3) }
    let series = (0..<4).map { CurveChart.Series("s\($0)", x: values.indices.map(Double.init), y: values) }
    let charts = (0..<3).map { PageSection.Part.chart(CurveChart(title: "Chart \($0)", yTitle: "", series: series)) }
    var parts = Array(charts[..<2])
    for number in 0..<5 { parts.append(.picture("Noise \(number)", noise, alternative: "noise")) }
    parts += [charts[2], .table("Small", [("a", "b")])]
    let page = PageReader(text: try report([PageSection("Much", parts)]).html())
    page.checkStructure()
    #expect(page.text.utf8.count < RunReport.mostBytes && page.text.utf8.count > 2_000_000)
    #expect(page.values(of: "alt").count > 0 && page.values(of: "alt").count < 5)
    #expect(
      page.markup.contains("The picture “Noise 4” is too large for this page; it is the file pictures/Noise-4.png"))
    #expect(page.markup.contains(">Small<"), "what is small has room")
    #expect(page.markup.contains("The chart “Chart 2” is too large for this page; it is the file pictures/Chart-2.svg"))
    #expect(page.values(of: "id").filter { $0.hasPrefix("own-chart") } == ["own-chart-0", "own-chart-1"])
    #expect((try page.json("own-data")["charts"] as? [Any])?.count == 2)
  }
}
