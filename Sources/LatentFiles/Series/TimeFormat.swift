/// How a file writes times, so that others are written in the same way.
public struct TimeFormat: Sendable, Equatable {
  /// What a text of a time has in it.
  enum Form: Sendable, Equatable {
    /// A date, and perhaps a time of day.
    case calendar(Calendar)
    /// Seconds since 1970.
    case seconds
    /// Milliseconds since 1970.
    case milliseconds
  }

  struct Calendar: Sendable, Equatable {
    /// What stands between year, month and day.
    var dateMark = UInt8(ascii: "-")
    /// What stands before the time of day; nil without one.
    var between: UInt8?
    var hasSeconds = false
    var zone = Zone.none
  }

  enum Zone: Sendable, Equatable {
    case none
    case universal
    case offset(minutes: Int, hasColon: Bool)
  }

  var form: Form
  /// Digits of a fraction.
  var digits = 0

  /// 2014-04-01 00:05:00
  package static let calendar = TimeFormat(
    form: .calendar(Calendar(between: UInt8(ascii: " "), hasSeconds: true)))

  /// The same for a file that has times of both formats.
  func merged(with other: TimeFormat) -> TimeFormat {
    var result = self
    result.digits = max(digits, other.digits)
    if case .calendar(var calendar) = form, case .calendar(let second) = other.form {
      calendar.between = calendar.between ?? second.between
      calendar.hasSeconds = calendar.hasSeconds || second.hasSeconds
      if calendar.zone == .none { calendar.zone = second.zone }
      result.form = .calendar(calendar)
    }
    return result
  }

  /// The time as the file would write it.
  ///
  /// - Parameter seconds: since 1970; a `Double` of today tells microseconds apart
  public func text(of seconds: Double) -> String {
    let fraction = min(digits, 6)
    let unit = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000][fraction]
    let scaled = (form == .milliseconds ? seconds * 1000 : seconds) * Double(unit)
    guard scaled.magnitude < 1e18 else { return "\(seconds)" }
    let ticks = Int(scaled.rounded())
    guard case .calendar(let calendar) = form else {
      let digits = fraction > 0 ? "." + Self.padded(abs(ticks) % unit, fraction) : ""
      return (ticks < 0 ? "-" : "") + "\(abs(ticks) / unit)" + digits
    }
    return calendar.text(ticks: ticks, unit: unit, fraction: fraction) ?? "\(seconds)"
  }

  /// What a program that is not Swift needs to write times in the same way.
  package var pattern: Pattern {
    guard case .calendar(let calendar) = form else {
      return Pattern(
        unit: form == .milliseconds ? .milliseconds : .seconds, text: "", digits: min(digits, 6), offset: 0)
    }
    return calendar.pattern(digits: min(digits, 6))
  }

  /// How times are written, in words that other languages read.
  package struct Pattern: Sendable, Equatable {
    package enum Unit: Sendable { case calendar, seconds, milliseconds }

    /// What a time is: a date, or a number.
    package let unit: Unit
    /// Of a date: `{Y}-{M}-{D} {h}:{m}:{s}.{f}`, each of {…} being a number with leading zeros: four digits of a year,
    /// two of the others, and ``digits`` of the fraction of a second.
    package let text: String
    package let digits: Int
    /// Minutes that its zone is ahead of universal time.
    package let offset: Int
  }

  fileprivate static func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}

extension TimeFormat.Calendar {
  fileprivate func pattern(digits: Int) -> TimeFormat.Pattern {
    let mark = String(UnicodeScalar(dateMark))
    var (text, offset) = ("{Y}" + mark + "{M}" + mark + "{D}", 0)
    if case .offset(let minutes, _) = zone { offset = minutes }
    if let between {
      text += String(UnicodeScalar(between)) + "{h}:{m}" + (hasSeconds ? ":{s}" : "")
      text += (hasSeconds && digits > 0 ? ".{f}" : "") + zoneText
    }
    return TimeFormat.Pattern(unit: .calendar, text: text, digits: digits, offset: offset)
  }

  private var zoneText: String {
    switch zone {
    case .none: return ""
    case .universal: return "Z"
    case .offset(let minutes, let hasColon):
      let (away, padded) = (abs(minutes), TimeFormat.padded)
      return (minutes < 0 ? "-" : "+") + padded(away / 60, 2) + (hasColon ? ":" : "") + padded(away % 60, 2)
    }
  }

  /// The text of a time in parts of a second since 1970; nil where its year has no four digits.
  fileprivate func text(ticks: Int, unit: Int, fraction: Int) -> String? {
    var (whole, part) = ticks.quotientAndRemainder(dividingBy: unit)
    if part < 0 { (whole, part) = (whole - 1, part + unit) }
    if case .offset(let minutes, _) = zone { whole += 60 * minutes }
    var (day, second) = whole.quotientAndRemainder(dividingBy: 86_400)
    if second < 0 { (day, second) = (day - 1, second + 86_400) }
    let date = CalendarDay.date(of: day)
    guard (0...9999).contains(date.year) else { return nil }
    let padded = TimeFormat.padded
    let mark = String(UnicodeScalar(dateMark))
    var text = [padded(date.year, 4), padded(date.month, 2), padded(date.day, 2)].joined(separator: mark)
    guard let between else { return text }
    text += String(UnicodeScalar(between)) + padded(second / 3600, 2) + ":" + padded(second / 60 % 60, 2)
    if hasSeconds { text += ":" + padded(second % 60, 2) }
    if hasSeconds && fraction > 0 { text += "." + padded(part, fraction) }
    return text + zoneText
  }
}

/// Days since 1970-01-01 in the Gregorian calendar (Hinnant: chrono-Compatible Low-Level Date Algorithms).
enum CalendarDay {
  static func number(year: Int, month: Int, day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  static func date(of number: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = number + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    return (
      yearOfEra + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9,
      dayOfYear - (153 * month + 2) / 5 + 1
    )
  }

  static func count(year: Int, month: Int) -> Int {
    month == 2
      ? (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }
}
