import Testing

@testable import LatentFiles

/// Files as other programs write them.
struct OddSeriesTests {
  private static let expected = [1.5, -2, 3, 4.25]

  @Test(arguments: [
    ("semicolons", "a;b\n1.5;-2\n3;4.25\n"),
    ("tabs", "a\tb\n1.5\t-2\n3\t4.25\n"),
    ("European decimals", "a;b\n1,5;-2\n3;4,25\n"),
    ("European decimals and tabs", "a\tb\n1,5\t-2\n3\t4,25\n"),
    ("European decimals without names", "1,5;-2\n3;4,25\n"),
    ("Excel's first line", "sep=;\r\na;b\r\n1,5;-2\r\n3;4,25\r\n"),
    ("byte order mark", "\u{FEFF}a,b\n1.5,-2\n3,4.25\n"),
    ("commas at the ends", "a,b,\n1.5,-2,\n3,4.25,\n"),
    ("commas at the ends of rows", "a,b\n1.5,-2,\n3,4.25,,\n"),
    ("blanks", " a , b \n 1.5 , -2\n+3,\t4.25 \n"),
    ("quotes around all", "\"a\",\"b\"\n\"1.5\",\"-2\"\n\"3\",\"4.25\"\n"),
    ("exponents", "a,b\n15e-1,-2E0\n.3e+1,4.25\n"),
    ("carriage returns", "a,b\r1.5,-2\r3,4.25\r"),
    ("no end of line", "a,b\n1.5,-2\n3,4.25"),
  ])
  func read(name: String, text: String) throws {
    let file = try SeriesFile(bytes: Array(text.utf8), name: "odd.csv")
    #expect(file.values == Self.expected, "\(name)")
    if !name.contains("without") { #expect(file.columns == ["a", "b"]) }
  }

  @Test(arguments: [false, true]) func utf16(bigEndian: Bool) throws {
    let text = "\u{FEFF}größe 🧠;b\r\n1,5;-2\r\n3;4,25\r\n"
    let bytes = text.utf16.flatMap { unit in
      let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
      return bigEndian ? [high, low] : [low, high]
    }
    let file = try SeriesFile(bytes: bytes, name: "odd.csv")
    #expect(file.values == Self.expected && file.columns == ["größe 🧠", "b"])
    // Without its mark nobody can be sure.
    #expect(
      throws: FileError(
        file: "odd.csv",
        reason: "is not text in UTF-8; save it as CSV in UTF-8, or in UTF-16 with a byte order mark")
    ) {
      try SeriesFile(bytes: Array(bytes.dropFirst(2)), name: "odd.csv")
    }
  }

  /// Thousands that are grouped are no fractions.
  @Test func grouping() {
    #expect(refusal("a,b\n1,2\n\"1,234\",3\n2,3\n") == "no.csv: line 3, column \"a\": \"1,234\" is no number")
    #expect(refusal("a;b\n1,5;2\n1.234,5;3\n2,5;3\n") == "no.csv: line 3, column \"a\": \"1.234,5\" is no number")
  }

  /// A name may be the number of a sensor, and a semicolon may stand in a text.
  @Test func likelyMistakes() throws {
    #expect(try LatentFilesTests.read("time,1,2\n2014-01-01,5,6\n2014-01-02,5,6\n").columns == ["1", "2"])
    #expect(try LatentFilesTests.read("a,b,note\n1,2,x;y\n3,4,z;w\n").values == [1, 2, 3, 4])
    #expect(try LatentFilesTests.read("a\n1\n2\n").values == [1, 2])
    // Dates of another country are a text.
    let german = try LatentFilesTests.read("Datum;Wert\n31.12.2023;1,5\n01.01.2024;2,5\n")
    #expect(german.values == [1.5, 2.5] && german.columns == ["Wert"] && german.times == nil)
    #expect(german.notes == ["left out, since they are no numbers: column \"Datum\""])
    #expect(refusal("# a remark\na,b\n1,2\n") == "no.csv: line 2 has 2 cells, and there is 1 column")
    #expect(try LatentFilesTests.read("a,a\n1,2\n").columns == ["a", "a (column 2)"])
  }
}
