import Foundation
import LatentAnomalies
import LatentData
import TestSupport
import Testing

@testable import LatentFiles
@testable import LatentReport

/// The page in a real browser: what it counts is what Swift counts, at any threshold, and every control does something.
@Suite struct ScoredBrowserTests {
  private static let isThere = ["/usr/bin/chromium", "/usr/bin/python3"].allSatisfy {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("scripts/parts/scored_page.py")
    .path

  @Test(
    .enabled(if: isThere, "there is no /usr/bin/chromium to open a page with"), .disabled(if: isSanitized),
    arguments: ["features", "long", "gap"])
  func pageWorksInChromium(_ kind: String) throws {
    let sample =
      switch kind {
      case "features":
        ScoredSample(
          rows: 900, features: 4, events: [100..<120, 122..<130, 300..<310, 700..<701], missing: 200..<260)
      case "long":
        ScoredSample(
          rows: 12_000, features: 3, hasTimes: false, events: (1..<60).map { 190 * $0..<190 * $0 + 2 * $0 })
      default:
        // Rows without a score inside of an event.
        ScoredSample(rows: 800, hasTimes: false, events: [300..<330, 500..<502], missing: 310..<316)
      }
    try Self.check(
      sample, found: kind == "gap" ? [298..<312, 501..<502] : nil,
      rules: [(30, 1, 1), (2.6, 1, 1), (2.6, 2, 3), (0.7, 3, 2), (80, 4, 40), (1e9, 1, 1)])
  }

  /// - Parameters:
  ///   - found: events that the page is given; nil for none
  ///   - rules: each a threshold, the fewest rows, and the cooldown
  private static func check(_ sample: ScoredSample, found: [Range<Int>]?, rules: [(Double, Int, Int)]) throws {
    let folder = try TemporaryFolder()
    var page = ScoredPage(sample.timeline(), threshold: rules[0].0)
    (page.minLength, page.cooldown) = (rules[0].1, rules[0].2)
    page.events = found?.map { AnomalyEvent(rows: $0, peak: $0.lowerBound, score: 1, features: []) }
    try folder.write(Array(page.html().utf8), as: "page.html")
    let expected: JSON = [
      "scores": .array(sample.rows.scores.map { .number($0) }),
      "labels": .array((sample.series.labels ?? []).map { .integer(Int($0)) }),
      "ends": .array([0, sample.series.rows - 1].map { .string(sample.series.label(of: $0)) }),
      "found": found.map {
        .array($0.map { .array([$0.lowerBound, $0.upperBound, $0.lowerBound].map { .integer($0) }) })
      }
        ?? .null,
      "times": .array(try formats.map(Self.times)),
      "rules": .array(
        rules.map { threshold, minLength, cooldown in
          var found = AnomalyEvents(above: threshold, minLength: minLength, cooldown: cooldown)
          let events = found.add(sample.rows) + found.finish()
          return [
            "threshold": .number(threshold), "minLength": .integer(minLength), "cooldown": .integer(cooldown),
            "events": .array(
              events.map {
                .array([.integer($0.rows.lowerBound), .integer($0.rows.upperBound), .integer($0.peak)])
              }),
          ]
        }),
    ]
    try folder.write(Array(expected.text.utf8), as: "expected.json")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c", "exec /usr/bin/python3 '\(script)' '\(folder.file("page.html"))' '\(folder.file("expected.json"))' 2>&1",
    ]
    let output = String(decoding: try ChildProcess.output(of: process), as: UTF8.self)
    #expect(process.terminationStatus == 0, "\(output)")
    #expect(output.contains("\(rules.count) thresholds as Swift counts them"))
  }

  /// Times in files of each format.
  private static let formats = [
    ["2014-04-01 00:05:00", "2016-02-29 23:59:59"], ["2014/04/01 00:05", "2014/12/31 23:59"],
    ["2014-04-01T00:05:00.25+02:00", "2014-04-01T00:05:01.5+02:00"], ["2014-04-01T00:05:00Z", "2014-04-02T00:05:00Z"],
    ["2014-04-01", "2020-02-29"], ["1396310400", "1396310460.5"], ["1396310400000", "1396310400125"],
    ["1969-12-31 23:00:00.125", "1970-01-01 00:00:00.5"], ["2014-04-01T00:05-0330", "2014-04-01T00:06-0330"],
  ]

  private static func times(_ texts: [String]) throws -> JSON {
    let file = try SeriesFile(
      bytes: Array(("time,value\n" + texts.map { "\($0),1\n" }.joined()).utf8), name: "times.csv")
    let (format, times) = (try #require(file.timeFormat), try #require(file.times))
    let seconds = times + [times[0] + 86_400 * 365, times[0] - 1]
    let pattern = format.pattern
    return [
      "pattern": [
        "unit": .string("\(pattern.unit)"), "text": .string(pattern.text), "digits": .integer(pattern.digits),
        "offset": .integer(pattern.offset),
      ],
      "seconds": .array(seconds.map { .number($0) }),
      "texts": .array(seconds.map { .string(format.text(of: $0)) }),
    ]
  }
}
