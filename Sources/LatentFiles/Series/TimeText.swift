/// Reads the text of a date with or without a time of day.
struct TimeText {
  private let text: UnsafeRawBufferPointer
  private var place = 0

  /// The time in seconds since 1970, and how it is written; nil for another text.
  static func read(_ cell: UnsafeRawBufferPointer) -> (seconds: Double, format: TimeFormat)? {
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    var (first, last) = (0, cell.count)
    while first < last, isBlank(cell[first]) { first += 1 }
    while first < last, isBlank(cell[last - 1]) { last -= 1 }
    var reader = TimeText(text: UnsafeRawBufferPointer(rebasing: cell[first..<last]))
    return reader.time()
  }

  private mutating func time() -> (seconds: Double, format: TimeFormat)? {
    var calendar = TimeFormat.Calendar()
    guard let year = digits(4), let mark = take(oneOf: "-/"), let month = digits(2), take(oneOf: mark) != nil,
      let day = digits(2), (1...12).contains(month), day >= 1, day <= CalendarDay.count(year: year, month: month)
    else { return nil }
    calendar.dateMark = mark
    let days = CalendarDay.number(year: year, month: month, day: day)
    guard place < text.count else { return (Double(days * 86_400), TimeFormat(form: .calendar(calendar))) }

    guard let between = take(oneOf: "T t"), let hour = digits(2), take(oneOf: ":") != nil, let minute = digits(2),
      hour < 24 || (hour == 24 && minute == 0), minute < 60
    else { return nil }
    calendar.between = between
    var (whole, fraction, width) = (days * 86_400 + hour * 3600 + minute * 60, 0.0, 0)
    if take(oneOf: ":") != nil {
      // 60 is a leap second.
      guard let second = digits(2), second <= 60, hour < 24 || second == 0 else { return nil }
      calendar.hasSeconds = true
      whole += second
      if take(oneOf: ".,") != nil {
        guard let part = fractionOfSecond() else { return nil }
        (fraction, width) = part
      }
    }
    if place < text.count {
      guard let zone = zone() else { return nil }
      calendar.zone = zone
      if case .offset(let minutes, _) = zone { whole -= 60 * minutes }
    }
    return (Double(whole) + fraction, TimeFormat(form: .calendar(calendar), digits: width))
  }

  private mutating func zone() -> TimeFormat.Zone? {
    _ = take(oneOf: " ")
    if take(oneOf: "Zz") != nil { return place == text.count ? .universal : nil }
    guard let sign = take(oneOf: "+-"), let hours = digits(2), hours <= 18 else { return nil }
    let hasColon = take(oneOf: ":") != nil
    var minutes = 0
    if place < text.count || hasColon {
      guard let more = digits(2), more < 60 else { return nil }
      minutes = more
    }
    guard place == text.count else { return nil }
    let offset = hours * 60 + minutes
    return .offset(minutes: sign == UInt8(ascii: "-") ? -offset : offset, hasColon: hasColon)
  }

  private mutating func digits(_ count: Int) -> Int? {
    guard place + count <= text.count else { return nil }
    var number = 0
    for _ in 0..<count {
      let digit = text[place] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      number = number * 10 + Int(digit)
      place += 1
    }
    return number
  }

  /// Digits behind a point: their value, and how many there are.
  private mutating func fractionOfSecond() -> (value: Double, width: Int)? {
    var (number, unit, width) = (0, 1, 0)
    while place < text.count, text[place] &- UInt8(ascii: "0") < 10 {
      // More than 15 are beyond what a time can tell.
      if width < 15 { (number, unit) = (number * 10 + Int(text[place] - UInt8(ascii: "0")), unit * 10) }
      (width, place) = (width + 1, place + 1)
    }
    return width > 0 ? (Double(number) / Double(unit), width) : nil
  }

  private mutating func take(oneOf bytes: StaticString) -> UInt8? {
    bytes.withUTF8Buffer { bytes in
      guard place < text.count, bytes.contains(text[place]) else { return nil }
      place += 1
      return text[place - 1]
    }
  }

  private mutating func take(oneOf byte: UInt8) -> UInt8? {
    guard place < text.count, text[place] == byte else { return nil }
    place += 1
    return byte
  }
}
