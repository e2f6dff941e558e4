import LatentFiles
import Testing

@Suite struct IntervalFileTests {
  private func file(_ text: String, series: String? = nil) throws -> IntervalFile {
    try IntervalFile(bytes: Array(text.utf8), name: "labels", series: series)
  }

  private func reason(_ text: String, series: String? = nil) -> String? {
    do { _ = try file(text, series: series) } catch { return (error as? FileError)?.reason }
    return nil
  }

  private static let benchmark = """
    {
      "artificialNoAnomaly/art_flat.csv": [],
      "realKnownCause/nyc_taxi.csv": [
        ["2014-10-30 15:30:00.000000", "2014-11-02 22:30:00.000000"], ["2014-11-25 12:00:00.000000", "2014-11-29 19:00:00.000000"]
      ],
      "realTweets/a.csv": [], "realAds/a.csv": [["2011-07-01", "2011-07-02"]]
    }
    """

  @Test(arguments: ["realKnownCause/nyc_taxi.csv", "nyc_taxi.csv", "nyc_taxi", "data/nyc_taxi.csv"])
  func aSeriesIsFoundByItsNameOrItsEnd(series: String) throws {
    let intervals = try file(Self.benchmark, series: series).intervals
    #expect(intervals == [1_414_683_000...1_414_967_400, 1_416_916_800...1_417_287_600])
  }

  @Test func seriesMayHaveNone() throws {
    #expect(try file(Self.benchmark, series: "art_flat").intervals == [])
    #expect(try file("").intervals == [] && file("[]").intervals == [] && file("start,end\n").intervals == [])
  }

  @Test func tablesAreReadWithAndWithoutNames() throws {
    let expected = [1_396_310_400.0...1_396_396_800, 5...7]
    #expect(try file("2014-04-01,2014-04-02T00:00:00Z\n5,7\n").intervals == expected)
    #expect(try file("start,end\r\n1396310400,1396396800000\r\n\r\n 5 , 7").intervals == expected)
    #expect(try file("note,End,Start\n\"a, b\",2014-04-02,2014-04-01 00:00\nx,7,5\n").intervals == expected)
    #expect(try file("from,to\n2014-04-01,2014-04-02\n5,7\n").intervals == expected)
  }

  @Test func pairsAloneAreRead() throws {
    #expect(
      try file("[[1, 2.5], [\"2014-04-01\", \"2014-04-01\"]]").intervals == [1...2.5, 1_396_310_400...1_396_310_400])
    #expect(try file("{\"only\": [[1, 2]]}").intervals == [1...2])
  }

  @Test func mistakesAreOneLine() {
    #expect(
      reason(Self.benchmark, series: "taxi")
        == "has no series \"taxi\": it has \"artificialNoAnomaly/art_flat.csv\", \"realKnownCause/nyc_taxi.csv\", "
        + "\"realTweets/a.csv\" and 1 more")
    #expect(
      reason(Self.benchmark, series: "a") == "has 2 series \"a\": say which, \"realTweets/a.csv\", \"realAds/a.csv\"")
    #expect(reason(Self.benchmark)?.hasPrefix("has 4 series: say which, ") == true)
    #expect(reason("start,end\n7,5\n") == "line 2 ends before it starts: 7 to 5")
    #expect(reason("{\"a\": [[1, 2], [2, 1]]}") == "interval of \"a\" 2 ends before it starts: 2 to 1")
    #expect(reason("start,end\n7\n") == "line 2 has 1 cell: give start,end")
    #expect(reason("start,end\n7,x\n") == "line 2: \"x\" is no time")
    #expect(reason("1,2\nstart,end\n") == "line 2: \"start\" is no time")
    #expect(reason("[[1, 2, 3]]") == "interval 1 is no [start, end]")
    #expect(reason("[[1, 2]")?.hasPrefix("is no JSON") == true)
    #expect(reason("{\"a\": 3}", series: "a") == "interval of \"a\": give a list of [start, end]")
    #expect(throws: FileError.self) { try IntervalFile(contentsOf: "/nowhere/labels.csv") }
  }
}
