import LatentFiles
import Testing

/// Rows that come line by line.
@Suite struct SeriesLinesTests {
  private static func rows(_ text: String, _ columns: [String] = ["a", "b"]) throws -> [[Double]] {
    var lines = SeriesLines(columns: columns)
    return try text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).compactMap {
      try lines.row(of: String($0)).map { ($0.time.map { [$0] } ?? []) + $0.values }
    }
  }

  /// The same rows as in a file, whatever their separators, times and order of columns.
  @Test(arguments: [
    "time,a,b\n2014-04-01 00:00:00,1,-2.5\n2014-04-01 00:05:00,1e3,7\n",
    "b;time;note;a\r\n-2,5;2014-04-01 00:00:00;x;1\r\n7;2014-04-01 00:05:00;y;1000\r\n",
    "2014-04-01T00:00:00Z\t1\t-2.5\n\n2014-04-01T00:05:00Z\t1000\t7\n", "1396310400,1,-2.5\n1396310700,1000,7\n",
  ])
  func rowsAreThoseOfAFile(_ text: String) throws {
    var options = SeriesOptions()
    if text.contains("a") { options.columns = ["a", "b"] }
    let file = try SeriesFile(bytes: Array(text.utf8), name: "f", options)
    let rows = try Self.rows(text)
    #expect(rows.map { $0[0] } == file.times)
    #expect(rows.flatMap { $0.dropFirst() } == file.values)
    let first: [Double] = [1_396_310_400, 1, -2.5]
    #expect(rows[0] == first)
  }

  @Test func missingValuesAndRowsWithoutTimes() throws {
    let rows = try Self.rows("a,b\n1,NA\n,2\n")
    #expect(rows[0][0] == 1 && rows[0][1].isNaN)
    #expect(rows[1][0].isNaN && rows[1][1] == 2)
    let first = try Self.rows("2014-04-01 00:00:00,NA,3\n2014-04-01 00:01:00,4,5\n")
    #expect(first[0][1].isNaN && first[0][2] == 3)
    #expect(Array(first[1][1...]) == [4, 5])
  }

  @Test(arguments: [
    ("time,a,b\n2014-04-01 00:00:00,1\n", "line 2"),
    ("time,a,b\n2014-04-01 00:00:00,1,2\n2014-04-01 00:01:00,x,2\n", "line 3"),
    ("2014-04-01 00:00:00,1,2,3\n", "3 numbers without names"), ("c,d\n1,2\n", "no column"),
  ])
  func whatIsNoRowIsNamedWithItsLine(_ text: String, _ words: String) throws {
    let error = #expect(throws: FileError.self) { try Self.rows(text) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  /// Columns that nobody knows by names are taken in their order.
  @Test func columnsWithoutKnownNames() throws {
    for text in ["x,y\n1,2\n3,4\n", "1,2\n3,4\n"] {
      var lines = SeriesLines(columns: ["column 1", "column 2"], areNamed: false)
      let rows = try text.split(separator: "\n").compactMap { try lines.row(of: String($0))?.values }
      #expect(rows == [[1, 2], [3, 4]])
    }
  }
}
