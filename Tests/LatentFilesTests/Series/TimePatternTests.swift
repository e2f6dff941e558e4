import Testing

@testable import LatentFiles

/// What other programs are told of a file's times, filled in by hand.
@Suite struct TimePatternTests {
  @Test(arguments: [
    ("2014-04-01 00:05:00", "{Y}-{M}-{D} {h}:{m}:{s}", 0, 0), ("2014/04/01 00:05", "{Y}/{M}/{D} {h}:{m}", 0, 0),
    ("2014-04-01", "{Y}-{M}-{D}", 0, 0), ("2014-04-01T00:05:00Z", "{Y}-{M}-{D}T{h}:{m}:{s}Z", 0, 0),
    ("2014-04-01T00:05:00.25+02:00", "{Y}-{M}-{D}T{h}:{m}:{s}.{f}+02:00", 2, 120),
    ("2014-04-01T00:05-0330", "{Y}-{M}-{D}T{h}:{m}-0330", 0, -210),
  ])
  func dates(_ time: String, _ text: String, _ digits: Int, _ offset: Int) throws {
    let file = try SeriesFile(bytes: Array("time,value\n\(time),1\n".utf8), name: "times.csv")
    let format = try #require(file.timeFormat)
    #expect(format.pattern == .init(unit: .calendar, text: text, digits: digits, offset: offset))
    var written = text
    for (part, number) in [
      ("{Y}", "2014"), ("{M}", "04"), ("{D}", "01"), ("{h}", "00"), ("{m}", "05"), ("{s}", "00"), ("{f}", "25"),
    ] {
      written = written.replacing(part, with: number)
    }
    #expect(written == time && format.text(of: file.times![0]) == time)
  }

  @Test(arguments: [("1396310400", false, 0), ("1396310400.125", false, 3), ("1396310400000", true, 0)])
  func numbers(_ time: String, _ isMilliseconds: Bool, _ digits: Int) throws {
    let file = try SeriesFile(bytes: Array("time,value\n\(time),1\n".utf8), name: "times.csv")
    let pattern = try #require(file.timeFormat).pattern
    #expect(pattern == .init(unit: isMilliseconds ? .milliseconds : .seconds, text: "", digits: digits, offset: 0))
  }
}
