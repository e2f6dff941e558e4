#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A moment on the user's clock.
package struct LocalTime {
  private let parts: tm
  private let milliseconds: Int

  package static var now: LocalTime {
    var moment = timespec()
    clock_gettime(CLOCK_REALTIME, &moment)
    var parts = tm()
    localtime_r(&moment.tv_sec, &parts)
    return LocalTime(parts: parts, milliseconds: Int(moment.tv_nsec) / 1_000_000)
  }

  /// The seconds from 1970 (UTC) to the moment that a ``timestamp`` names, in whatever time zone; nil for other texts.
  package static func seconds(timestamp: String) -> Double? {
    let form =
      /([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2}(?:\.[0-9]{1,9})?)(?:Z|([+-])([0-9]{2}):([0-9]{2}))/
    guard let match = timestamp.wholeMatch(of: form)?.output, let second = Double(match.6) else { return nil }
    func number(_ text: Substring?) -> Int32 { text.flatMap { Int32($0) } ?? 0 }
    let given = [number(match.1) - 1900, number(match.2) - 1, number(match.3), number(match.4), number(match.5)]
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday, parts.tm_hour, parts.tm_min) =
      (given[0], given[1], given[2], given[3], given[4])
    let start = timegm(&parts)
    // A day or an hour that there is not becomes another one.
    guard [parts.tm_year, parts.tm_mon, parts.tm_mday, parts.tm_hour, parts.tm_min] == given, second < 61 else {
      return nil
    }
    let offset = Double(number(match.8) * 3600 + number(match.9) * 60)
    return Double(start) + second - (match.7 == "-" ? -offset : offset)
  }

  /// `2025-01-31-235959`, for people: it says no time zone.
  package var fileName: String { "\(date)-\(two(parts.tm_hour))\(two(parts.tm_min))\(two(parts.tm_sec))" }

  /// `2025-01-31T23:59:59.123+01:00` (RFC 3339).
  package var timestamp: String {
    let minutes = abs(parts.tm_gmtoff) / 60
    let zone = "\(parts.tm_gmtoff < 0 ? "-" : "+")\(two(Int32(minutes / 60))):\(two(Int32(minutes % 60)))"
    let thousandths = String("\(1000 + milliseconds)".dropFirst())
    return "\(date)T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)).\(thousandths)\(zone)"
  }

  private var date: String { "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))" }

  private func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
