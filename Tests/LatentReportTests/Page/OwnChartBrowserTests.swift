import Foundation
import LatentFiles
import TestSupport
import Testing

@testable import LatentReport

/// A program's charts on a page in a real browser: where their curves lie, and what readers are told.
@Suite struct OwnChartBrowserTests {
  private static let isThere = ["/usr/bin/chromium", "/usr/bin/python3"].allSatisfy {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("scripts/parts/own_page.py").path

  static var charts: [CurveChart] {
    let steps = (0..<60).map { 50 * Double($0) }
    let loss = steps.map { 4 * exp(-$0 / 700) + 0.4 + 0.05 * sin($0) }
    let few = [0.0, 500, 1000, 2000, 2950]
    let rates = [1e-5, 1e-4, 3e-4, 1e-3, 1e-2]
    let start = 1_709_208_000.0
    let hours = (0..<300).map { start + 3600 * Double($0) }
    var load = hours.indices.map { 400 + 80 * sin(Double($0) / 12) }
    for hour in 150..<160 { load[hour] = .nan }
    let seconds = (0..<900).map { Double($0) / 10 }
    let waves = seconds.map { 1e4 * sin($0 / 5) }
    return [
      CurveChart(
        title: "Training", xTitle: "step", yTitle: "loss",
        spans: [.init("warm-up", 0...600), .init("restart", 1500...1500)],
        series: [
          .init("training", x: steps, y: loss, band: .init(loss.map { $0 - 0.3 }, loss.map { $0 + 0.3 })),
          .init("test", x: few, y: [4.4, 2.6, 1.5, 0.8, 0.5]),
        ]),
      CurveChart(
        title: "Learning rates", xTitle: "learning rate", yTitle: "error", xAxis: .logarithmic, yAxis: .logarithmic,
        series: [
          .init(
            "Adam", x: rates, y: [0.9, 0.2, 0.05, 0.04, 2],
            band: .init([0.6, 0.1, 0.03, 0.02, 1], [1, 0.5, 0.1, 0.08, 5])),
          .init("SGD", x: rates, y: [3, 2, 1.4, 0.3, 0.1]),
        ]),
      CurveChart(
        title: "Load", yTitle: "MW", xAxis: .dates,
        spans: [.init("anomaly", hours[40]...hours[52]), .init("anomaly", hours[200]...hours[204])],
        series: [.init("load", x: hours, y: load)]),
      CurveChart(
        title: "Twelve runs", yTitle: "score",
        series: (0..<12).map { run in .init("run \(run + 1)", (1...20).map { 1 - exp(-Double($0) / Double(run + 3)) }) }
      ),
      CurveChart(
        title: "Two panels",
        panels: [
          CurveChart.Panel("Long", xTitle: "second", yTitle: "V", series: [.init("wave", x: seconds, y: waves)]),
          CurveChart.Panel(
            "Cubes", xTitle: "side", yTitle: "volume", xAxis: .logarithmic, yAxis: .logarithmic,
            series: [.init("cubes", x: [1, 2, 3, 4, 5, 6, 7], y: [1, 8, 27, 64, 125, 216, 343])]),
        ]),
    ]
  }

  private static func expected(_ panel: CurveChart.Panel) -> JSON {
    let x = if case .time = panel.xAxis { "time" } else { panel.xAxis == .linear ? "linear" : "logarithmic" }
    func list(_ values: [Double]) -> JSON { .array(values.map { .number($0) }) }
    return [
      "x": .string(x), "y": .string("\(panel.yAxis)"), "same": .bool(panel.series.count > 10),
      "spans": .array(
        panel.spans.map { .array([.string($0.name), .number($0.x.lowerBound), .number($0.x.upperBound)]) }),
      "series": .array(
        panel.series.map { series in
          [
            "name": .string(series.name), "x": list(series.x ?? series.values.indices.map { Double($0 + 1) }),
            "y": list(series.values), "low": series.band.map { list($0.low) } ?? .null,
            "high": series.band.map { list($0.high) } ?? .null,
          ]
        }),
    ]
  }

  @Test(.enabled(if: isThere, "there is no /usr/bin/chromium to open a page with"), .disabled(if: isSanitized))
  func chartsInChromium() throws {
    let folder = try TemporaryFolder()
    let charts = Self.charts
    var report = RunReport(title: "Own charts")
    report.history = try RunReportTests.history()
    report.sections = [
      PageSection(
        "Charts", lead: "Of every kind.",
        charts.map { .chart($0) } + [
          .chart(CurveChart(title: "Nothing", yTitle: "", series: [.init("a", x: [], y: []), .init("b", [.nan])])),
          .text("A text of two paragraphs.\n\nThe second."),
          .picture("A chart", charts[0].picture(), alternative: "Curves"),
          .table("Scores", [("AUC", "0.98"), ("F1", "0.91")]),
          .table("Runs", columns: ["run", "rate", "error"], rows: [["a", "0.1", "2.5"], ["b", "0.01", "0.5"]]),
        ])
    ]
    report.sectionFiles = try report.sections.files()
    try folder.write(Array(report.html().utf8), as: "page.html")
    let expected: JSON = ["panels": .array(charts.flatMap(\.panels).map(Self.expected)), "empty": .bool(true)]
    try folder.write(Array(expected.text.utf8), as: "expected.json")
    let screenshots =
      ProcessInfo.processInfo.environment["LATENT_SCREENSHOTS"].map { " --screenshots '\($0)/own'" } ?? ""
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c",
      "exec /usr/bin/python3 '\(Self.script)' '\(folder.file("page.html"))' '\(folder.file("expected.json"))'\(screenshots) 2>&1",
    ]
    let output = String(decoding: try ChildProcess.output(of: process), as: UTF8.self)
    #expect(process.terminationStatus == 0, "\(output)")
    #expect(output.contains("6 charts as they were given"))
  }
}
