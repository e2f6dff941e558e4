import TestSupport
import Testing

@testable import LatentFiles

struct SeriesFileTests {
  @Test func columnsAreFound() throws {
    let file = try read("timestamp,a,b,label\n2014-04-01 00:00:00,1,-2.5,0\n2014-04-01 00:05:00,1e3,,1\n")
    #expect(file.columns == ["a", "b"])
    #expect(file.rows == 2 && file.fileRows == 2 && file.rowOfFileRow == nil && file.notes.isEmpty)
    #expect(file.times == [1_396_310_400, 1_396_310_700])
    #expect(file.values.map(\.bitPattern) == [1, -2.5, 1000, Double.nan].map(\.bitPattern))
    #expect(file.labels == [0, 1])
  }

  @Test func namesAreNotNeeded() throws {
    let file = try read("1.5,2\n3,4\n")
    #expect(file.columns == ["column 1", "column 2"] && file.values == [1.5, 2, 3, 4])
    #expect(file.times == nil && file.timeFormat == nil && file.labels == nil)
    #expect(file.times == nil)
  }

  @Test func columnsAreGiven() throws {
    let text = "t,a,b,7,mark\n3,1,2,3,9\n4,5,6,7,8\n"
    let file = try read(text) {
      $0.timeColumn = "t"
      $0.columns = ["7", "3", "a"]
      $0.labelColumn = "5"
    }
    #expect(file.columns == ["7", "b", "a"] && file.values == [3, 2, 1, 7, 6, 5])
    #expect(file.times == [3, 4] && file.labels == [9, 8])
  }

  @Test func wrongColumns() {
    func reason(_ choose: (inout SeriesOptions) -> Void) -> String? { refusal("a,b\n1,2\n", choose) }
    #expect(reason { $0.columns = ["t"] } == "no.csv: has no column \"t\"; it has \"a\", \"b\"")
    #expect(reason { $0.timeColumn = "0" } == "no.csv: has no column \"0\"; it has \"a\", \"b\"")
    #expect(reason { $0.columns = ["a", "1"] } == "no.csv: a column is given twice")
    let both = reason { ($0.timeColumn, $0.labelColumn) = ("a", "a") }
    #expect(both == "no.csv: column \"a\" can't have both times and labels")
    let values = reason { ($0.timeColumn, $0.columns) = ("a", ["a"]) }
    #expect(values == "no.csv: column \"a\" is that of times, and has no values")
  }

  @Test func missingValues() throws {
    let words = ["", "NaN", "nan", "NA", "null", "NULL", "?", "N/A", "#N/A", "None", " ", "\"\""]
    let file = try read("a,b\n" + words.map { "1,\($0)\n" }.joined())
    #expect(file.rows == words.count)
    for row in words.indices { #expect(file.values[2 * row] == 1 && file.values[2 * row + 1].isNaN, "\(words[row])") }
  }

  @Test func quotesAndLineBreaks() throws {
    let file = try read("\"a \"\"b\"\"\",\"c\nd\"\r\n\"1\",\"2\"\r\n\r\n3,4\r5,6")
    #expect(file.columns == ["a \"b\"", "c\nd"] && file.values == [1, 2, 3, 4, 5, 6])
  }

  @Test(arguments: [
    ("a,b\n1,2\n3,x4\n", "no.csv: line 3, column \"b\": \"x4\" is no number"),
    ("a,b\n1,2\n\n3,1e999\n", "no.csv: line 4, column \"b\": \"1e999\" is no number"),
    ("a,b\n1,2\n3,4\n3\n", "no.csv: line 4 has 1 cell, and there are 2 columns"),
    ("a,b\n1,2\n3,4,5\n", "no.csv: line 3 has 3 cells, and there are 2 columns"),
    ("a,b\n\"1\n2\",3\n\"1,4\n", "no.csv: line 4: a quote is not closed"),
    ("a,b\n1,2\n\"1\"2,4\n", "no.csv: line 3: something follows a quote that ends a cell; quotes inside are doubled"),
    ("", "no.csv: is empty"), ("\n\n", "no.csv: has no rows"),
    ("a,b\n", "no.csv: has names of columns, and no rows below them"),
    ("a,b\nx,y\n", "no.csv: has no column of numbers"),
    ("date,a\n2014-01-01,1\n2014-02-30,2\n", "no.csv: line 3, column \"date\": \"2014-02-30\" is no time"),
    ("date,a\n2014-01-01,1\n,2\n", "no.csv: line 3, column \"date\": nothing there"),
    (
      "date,time,a\n2014-01-01,00:05:00,1\n2014-01-01,00:10:00,2\n",
      "no.csv: has dates in column \"date\" and times of day in column \"time\"; join them in one column"
    ),
  ])
  func whatIsWrongIsNamed(text: String, message: String) { #expect(refusal(text) == message) }

  @Test func textColumnsAreLeftOut() throws {
    let file = try read(",sensor,a\n0,x,1\n1,y,2\n")
    #expect(file.columns == ["a"])
    #expect(
      file.notes == [
        "the first column counts the rows: it is left out", "left out, since they are no numbers: column \"sensor\"",
      ])
  }

  /// A file that is longer than what its layout is found from, and than a piece of it in memory.
  @Test func longFiles() throws {
    let rows = 100_000
    let text = "a,b\n" + (0..<rows).map { "\($0),\(Double($0) / 8)\n" }.joined()
    for bytes in [Array(text.utf8), gzip(Array(text.utf8))] {
      let file = try SeriesFile(bytes: bytes, name: "no.csv")
      #expect(
        file.rows == rows
          && file.values == (0..<rows).flatMap { (row: Int) -> [Double] in [Double(row), Double(row) / 8] })
    }
    let broken = Array((text + "1,z\n").utf8)
    #expect(throws: FileError(file: "no.csv", reason: "line 100002, column \"b\": \"z\" is no number")) {
      try SeriesFile(bytes: broken, name: "no.csv")
    }
  }

  @Test func aFileOnDisk() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/series.csv"
      try AtomicFile.write(Array("a\n1\n2\n".utf8), to: path)
      #expect(try SeriesFile(contentsOf: path).values == [1, 2])
      #expect(throws: FileError(file: path + "x", reason: "cannot be read: No such file or directory")) {
        try SeriesFile(contentsOf: path + "x")
      }
    }
  }
}

func read(
  _ text: String, _ choose: (inout SeriesOptions) -> Void = { _ in }
) throws(FileError) -> SeriesFile {
  var options = SeriesOptions()
  choose(&options)
  return try SeriesFile(bytes: Array(text.utf8), name: "no.csv", options)
}

/// The error's line; nil where the text is read.
func refusal(_ text: String, _ choose: (inout SeriesOptions) -> Void = { _ in }) -> String? {
  do throws(FileError) {
    _ = try read(text, choose)
    return nil
  } catch { return error.description }
}
