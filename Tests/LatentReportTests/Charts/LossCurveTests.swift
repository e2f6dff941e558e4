import Foundation
import LatentFiles
import LatentReport
import TestSupport
import Testing

@Suite struct LossCurveTests {
  private let training = CurveChart.Losses(
    total: [300, 260, 243.81], reconstruction: [295, 247, 228.11], kl: [5, 13, 15.7])
  private let validation = CurveChart.Losses(
    total: [301, 262, 246], reconstruction: [296, 249, 230.5], kl: [5, 13, 15.5])

  @Test func threePanelsOfTwoCurves() throws {
    let reader = try ChartReader(CurveChart.lossCurves(training: training, validation: validation).svg())
    #expect(reader.all("g").count == 3)
    #expect(
      reader.all("text", class: "panel-title").map(\.text) == ["Total (−ELBO)", "Reconstruction", "KL divergence"])
    #expect(reader.all("text", class: "y-title").map(\.text) == Array(repeating: "nats per image", count: 3))
    #expect(reader.all("polyline").count == 6)
    #expect(reader.all("polyline", class: "dashed").count == 3)
    #expect(reader.all("text", class: "legend").map(\.text) == ["training", "validation"])
    #expect(
      reader.all("text", class: "end").map(\.text) == ["246.00", "243.81", "230.50", "228.11", "15.70", "15.50"])
    // The panels share the width without touching: each lies left of the next.
    let lefts = reader.all("polyline").map { $0.points[0].x }
    let rights = reader.all("polyline").map { $0.points[2].x }
    #expect(rights[0] < lefts[2] && rights[2] < lefts[4] && rights[4] < 960)
  }

  @Test func withoutValidation() throws {
    let reader = try ChartReader(CurveChart.lossCurves(training: training).svg())
    #expect(reader.all("polyline").count == 3)
    #expect(reader.all("text", class: "legend").map(\.text) == ["training"])
  }

  @Test func isReadByEveryOne() throws {
    let svg = CurveChart.lossCurves(training: training, validation: validation, title: "Run 7").svg()
    let reader = try ChartReader(svg)
    let root = try #require(reader.all("svg").first)
    #expect(root.attributes["role"] == "img")
    #expect(root.attributes["aria-label"] == "Run 7")
    #expect(reader.all("title").map(\.text) == ["Run 7"])
    let words = try #require(reader.all("desc").first?.text)
    #expect(words.contains("KL divergence, training: 15.70 nats per image at epoch 3."))
    #expect(words.contains("Total (−ELBO), validation: 246.00 nats per image at epoch 3."))
    #expect(svg.contains("@media (prefers-color-scheme: dark)"))
    // Self-contained: nothing is fetched, nothing runs.
    #expect(!svg.contains("href") && !svg.contains("url(") && !svg.contains("<script"))
  }

  @Test func rowsOfPanels() throws {
    let panel = CurveChart.Panel("p", yTitle: "y", series: [.init("a", [1, 2])])
    let reader = try ChartReader(CurveChart(title: "t", panels: Array(repeating: panel, count: 5)).svg())
    let starts = reader.all("polyline").map { $0.points[0] }
    #expect(starts[3].x == starts[0].x && starts[4].x == starts[1].x && starts[3].y > starts[0].y)
    let height = try #require(try reader.all("svg").first?.number("height"))
    #expect(starts[3].y < height)
  }

  @Test func isWrittenAsItIs() throws {
    try withTemporaryFolder { folder in
      let chart = CurveChart.lossCurves(training: training)
      try chart.write(to: folder + "/loss.svg")
      #expect(try String(contentsOfFile: folder + "/loss.svg", encoding: .utf8) == chart.svg())
    }
  }

  /// A second reader of the format, where it is installed.
  @Test func isDrawnByARenderer() throws {
    try withTemporaryFolder { folder in
      let (svg, png) = (folder + "/loss.svg", folder + "/loss.png")
      try CurveChart.lossCurves(training: training, validation: validation).write(to: svg)
      guard try ChildProcess.output(of: "rsvg-convert", [svg, "-o", png]) != nil else { return }
      let picture = try ImageFile.read(png)
      #expect(picture.width == 960 && picture.channels == .rgb)
      // Both curve colours are on it.
      let pixels = Set(stride(from: 0, to: picture.pixels.count, by: 3).map { Array(picture.pixels[$0..<$0 + 3]) })
      #expect(pixels.contains([0x09, 0x69, 0xda]) && pixels.contains([0xbc, 0x4c, 0x00]))
    }
  }
}
