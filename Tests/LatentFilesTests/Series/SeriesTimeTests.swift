import Foundation
import Testing

@testable import LatentFiles

struct SeriesTimeTests {
  /// Seconds since 1970, from Python's `datetime.fromisoformat`.
  @Test(arguments: [
    ("2014-04-01 00:05:00", 1_396_310_700.0), ("2014-04-01T00:05:00Z", 1_396_310_700),
    ("2014-04-01T00:05:00+02:00", 1_396_303_500), ("2014-04-01T00:05:00-0330", 1_396_323_300),
    ("2014-04-01T00:05+05", 1_396_292_700), ("2014-04-01 00:05", 1_396_310_700), ("2014-04-01", 1_396_310_400),
    ("2014/04/01 00:05:00.25", 1_396_310_700.25), ("1969-12-31 23:59:59.5", -0.5), ("2000-02-29", 951_782_400),
    ("1900-03-01", -2_203_891_200), ("0001-01-01", -62_135_596_800), ("9999-12-31 23:59:59", 253_402_300_799),
  ])
  func timesAreReadAndWritten(text: String, seconds: Double) throws {
    let file = try read("time,a\n\(text),1\n")
    #expect(file.times == [seconds])
    let again = file.timeFormat?.text(of: seconds)
    #expect(again == (text.hasSuffix("+05") ? text + "00" : text))
  }

  @Test(arguments: [
    "2014-04-31", "2013-02-29", "1900-02-29", "2014-13-01", "2014-00-01", "2014-01-00", "2014-1-1",
    "2014-04-01 24:01:00",
    "2014-04-01 00:60:00", "2014-04-01 00:00:61", "2014-04-01 00:00:00.", "2014-04-01 00:00:00X", "2014-04-01T",
    "2014-04-01T00", "2014-04-01T00:00:00+2", "2014-04-01T00:00:00+02:", "2014-04/01", "01.04.2014",
    "2014-04-01 00:00:00ZZ",
  ])
  func whatIsNoTime(text: String) { Array(text.utf8).withUnsafeBytes { #expect(TimeText.read($0) == nil) } }

  /// Every day of 800 years is what Foundation's calendar says.
  @Test func days() {
    var calendar = Foundation.Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(secondsFromGMT: 0)!
    for day in stride(from: -141_000, through: 150_000, by: 17) {
      let parts = calendar.dateComponents(
        [.year, .month, .day], from: Date(timeIntervalSince1970: Double(day) * 86_400))
      let date = CalendarDay.date(of: day)
      #expect(date == (parts.year!, parts.month!, parts.day!))
      #expect(CalendarDay.number(year: date.year, month: date.month, day: date.day) == day)
    }
  }

  @Test func epochs() throws {
    let milliseconds = try read("timestamp,a\n1396310700000,1\n1396310700250,2\n")
    #expect(milliseconds.times == [1_396_310_700, 1_396_310_700.25])
    #expect(milliseconds.timeFormat?.text(of: 1_396_310_700.25) == "1396310700250")
    let seconds = try read("1396310700,1\n1396310701,2\n")
    #expect(seconds.times == [1_396_310_700, 1_396_310_701] && seconds.columns == ["column 2"])
    #expect(seconds.timeFormat?.text(of: 1_396_310_702) == "1396310702")
    let fractions = try read("time,a\n0.5,1\n0.75,2\n")
    #expect(fractions.times == [0.5, 0.75] && fractions.timeFormat?.text(of: 1.25) == "1.25")
    // Numbers that are like times, and fall.
    #expect(try read("1396310701,1\n1396310700,2\n").times == nil)
    #expect(try read("a,b\n1396310700,1\n1396310701,2\n").times == nil)
  }

  /// A fraction of zeros, which Python leaves out, does not change how the others are written.
  @Test func fractionsOfUnlikeLength() throws {
    let file = try read("time,a\n2014-04-01 00:00:00,1\n2014-04-01 00:00:00.5,2\n2014-04-01 00:00:00.625,3\n")
    #expect(file.times!.map { file.timeFormat!.text(of: $0) }.last == "2014-04-01 00:00:00.625")
    #expect(file.times!.map { file.timeFormat!.text(of: $0) }.first == "2014-04-01 00:00:00.000")
  }

  @Test func orderAndDuplicates() throws {
    let text = "time,a,label\n2014-01-03,3,0\n2014-01-01,1,1\n2014-01-02,2,0\n2014-01-01,4,0\n2014-01-04,5,1\n"
    let file = try read(text)
    #expect(file.values == [4, 2, 3, 5] && file.labels == [0, 0, 0, 1])
    #expect(
      file.times!.map { file.timeFormat!.text(of: $0) } == ["2014-01-01", "2014-01-02", "2014-01-03", "2014-01-04"])
    #expect(file.fileRows == 5 && file.rowOfFileRow == [2, 0, 1, 0, 3])
    #expect(
      file.notes == ["3 rows out of order were sorted by time", "1 duplicate time: the last row of each is kept"])
    #expect(
      refusal(text) { $0.isStrict = true }
        == "no.csv: line 3, column \"time\": \"2014-01-01\" is before the time above it")
    #expect(
      refusal("time,a\n2014-01-01,1\n2014-01-01,1\n") { $0.isStrict = true }
        == "no.csv: line 3, column \"time\": \"2014-01-01\" repeats the time above it")
  }
}
