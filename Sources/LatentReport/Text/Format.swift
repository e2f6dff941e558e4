import LatentFiles
import LatentKernels

/// Numbers as people read them, the same on every platform and locale.
public enum Format {
  /// `value` with exactly `decimals` digits (0...15) after the point: `fixed(243.81234, 2)` is `243.81`.
  ///
  /// Rounds the exact binary value to nearest, ties to even, as C's `printf` does. A result of zero has no sign.
  /// From 2⁶³ upwards the shortest form is used (`1e+30`); not-a-number is `nan`, the infinities `inf` and `-inf`.
  public static func fixed(_ value: Double, _ decimals: Int) -> String {
    require((0...15).contains(decimals), "Format.fixed: decimals must be in 0...15, not \(decimals)")
    guard !value.isNaN else { return "nan" }
    guard value.isFinite, value.magnitude < 0x1p63 else { return "\(value)" }
    let (whole, digits) = rounded(value.magnitude, decimals)
    let sign = value < 0 && (whole > 0 || digits > 0) ? "-" : ""
    guard decimals > 0 else { return sign + "\(whole)" }
    let fraction = "\(digits)"
    return sign + "\(whole)." + String(repeating: "0", count: decimals - fraction.count) + fraction
  }

  /// `value` with thousands separators and `decimals` digits after the point: `grouped(7264)` is `7,264`.
  public static func grouped(_ value: Double, decimals: Int = 0) -> String {
    let text = fixed(value, decimals)
    guard value.isFinite, value.magnitude < 0x1p63 else { return text }
    let sign = text.hasPrefix("-") ? "-" : ""
    let parts = text.dropFirst(sign.count).split(separator: ".")
    var whole = ""
    for (index, digit) in parts[0].enumerated() {
      if index > 0 && (parts[0].count - index).isMultiple(of: 3) { whole += "," }
      whole.append(digit)
    }
    return sign + whole + parts.dropFirst().map { "." + $0 }.joined()
  }

  /// A duration in seconds: `12.3 s`, from a minute on `1:05 min`, from an hour on `2:03:04 h`.
  ///
  /// Anything that is not a duration (negative, infinite, not a number) is `–`.
  public static func duration(_ seconds: Double) -> String {
    guard seconds >= 0, seconds < 1e15 else { return "–" }
    let tenths = fixed(seconds, 1)
    if seconds < 60 && tenths != "60.0" { return tenths + " s" }
    let total = Int(seconds.rounded())
    let tail = twoDigits(total % 60)
    if total < 3600 { return "\(total / 60):\(tail) min" }
    return "\(total / 3600):\(twoDigits(total / 60 % 60)):\(tail) h"
  }

  /// A speed: `7,264 images/s`, below ten with one decimal, `3.2 images/s`; `–` when it is unknown.
  public static func rate(_ perSecond: Double, _ unit: String) -> String {
    guard perSecond >= 0, perSecond.isFinite else { return "–" }
    return grouped(perSecond, decimals: perSecond < 9.95 ? 1 : 0) + " \(unit)/s"
  }

  /// A fraction in whole per cent, rounded down so that only a finished run is `100%`; not a number counts as 0.
  public static func percent(_ fraction: Double) -> String {
    // The smallest step above rounds 0.29 · 100 = 28.999… back to the 29 that was meant.
    let percent = fraction.isNaN ? 0 : (min(max(fraction, 0), 1) * 100).nextUp.rounded(.down)
    return "\(Int(fraction < 1 ? min(percent, 99) : percent))%"
  }

  /// A measured value in about five digits: `12,346`, `243.81`, `15.70`, `0.6931`, `1.2e-05`.
  public static func measure(_ value: Double) -> String {
    let size = value.magnitude
    switch size {
    case 0: return "0"
    case 1e9...: return scientific(value)
    case 9999.995...: return grouped(value)
    case 9.995...: return fixed(value, 2)
    case 0.99995...: return fixed(value, 3)
    case 0.00095...: return fixed(value, 4)
    default: return scientific(value)
    }
  }

  /// One digit after the point and a power of ten, by rounding the digits of the shortest exact form.
  private static func scientific(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : "\(value)" }
    var mantissa = value
    var exponent = 0
    while fixed(mantissa.magnitude, 1).count > 3 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa.magnitude < 0.95 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    return fixed(mantissa, 1) + "e" + (exponent < 0 ? "-" : "+") + twoDigits(abs(exponent))
  }

  /// The whole part and the rounded decimal digits of a value in 0 ..< 2⁶³.
  private static func rounded(_ value: Double, _ decimals: Int) -> (whole: UInt64, digits: UInt64) {
    var scale: UInt64 = 1
    for _ in 0..<decimals { scale *= 10 }
    let whole = value.rounded(.towardZero)
    let fraction = value - whole  // exact: both have the same last bit
    let product = fraction * Double(scale)
    // `product` is itself rounded. Halves are representable below 2⁵², so rounding can only have moved it *onto* a
    // half; the sign of the exact rest, from one fused multiply-add, then decides.
    let rest = (-product).addingProduct(fraction, Double(scale))
    let below = product.rounded(.down)
    var digits = UInt64(below)
    let half = product - below
    let lastIsOdd = decimals > 0 ? digits % 2 == 1 : UInt64(whole) % 2 == 1
    if half > 0.5 || half == 0.5 && (rest > 0 || rest == 0 && lastIsOdd) { digits += 1 }
    return digits == scale ? (UInt64(whole) + 1, 0) : (UInt64(whole), digits)
  }

  private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
