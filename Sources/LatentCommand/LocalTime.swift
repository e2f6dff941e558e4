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

  package static var now: LocalTime {
    var seconds = time(nil)
    var parts = tm()
    localtime_r(&seconds, &parts)
    return LocalTime(parts: parts)
  }

  /// `2025-01-31-235959`, which sorts by time.
  package var fileName: String { "\(date)-\(two(parts.tm_hour))\(two(parts.tm_min))\(two(parts.tm_sec))" }

  /// `2025-01-31T23:59:59+01:00` (RFC 3339).
  package var timestamp: String {
    let minutes = abs(parts.tm_gmtoff) / 60
    let zone = "\(parts.tm_gmtoff < 0 ? "-" : "+")\(two(Int32(minutes / 60))):\(two(Int32(minutes % 60)))"
    return "\(date)T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))\(zone)"
  }

  private var date: String { "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))" }

  private func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
