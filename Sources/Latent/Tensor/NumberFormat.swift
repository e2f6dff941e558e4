/// How the numbers of a tensor are written, all alike and as wide as the widest: NumPy's rules with four digits after the point.
struct NumberFormat {
  fileprivate enum Form {
    /// So many digits after the point.
    case fixed(Int)
    /// A digit, so many after the point, and a power of ten.
    case scientific(Int)
  }

  private let form: Form
  private let width: Int
  private static let digits = 4

  /// - Parameter numbers: all that are written
  init(for numbers: [Double]) {
    let finite = numbers.filter(\.isFinite).map(\.magnitude)
    let (largest, smallest) = (finite.max() ?? 0, finite.filter { $0 > 0 }.min() ?? 1)
    let areWhole = finite.allSatisfy { $0 == $0.rounded() }
    let isWide = largest >= 1e8 || (!areWhole && (smallest < 1e-4 || largest / smallest > 1e5))
    var form = isWide ? Form.scientific(1) : .fixed(1)
    // As few digits as show what the most show.
    for digits in 1...NumberFormat.digits {
      form = isWide ? .scientific(digits) : .fixed(digits)
      let most = isWide ? Form.scientific(NumberFormat.digits) : .fixed(NumberFormat.digits)
      if finite.allSatisfy({ form.isEnough($0, for: most) }) { break }
    }
    self.form = form
    width = numbers.map { NumberFormat.text($0, form).count }.max() ?? 0
  }

  /// A number, filled up with spaces on its left.
  func text(_ number: Double) -> String {
    let text = NumberFormat.text(number, form)
    return String(repeating: " ", count: Swift.max(0, width - text.count)) + text
  }

  private static func text(_ number: Double, _ form: Form) -> String {
    if number.isNaN { return "nan" }
    let sign = number.sign == .minus ? "-" : ""
    if number.isInfinite { return sign + "inf" }
    switch form {
    case .fixed(let digits): return sign + fixed(number.magnitude, digits)
    case .scientific(let digits):
      let (mantissa, exponent) = parts(number.magnitude, digits)
      let power = exponent.magnitude < 10 ? "0\(exponent.magnitude)" : "\(exponent.magnitude)"
      return sign + fixed(mantissa, digits) + "e" + (exponent < 0 ? "-" : "+") + power
    }
  }

  /// A number below 1e9.
  private static func fixed(_ number: Double, _ digits: Int) -> String {
    let scale = power(digits)
    let whole = UInt64((number * scale).rounded(.toNearestOrEven))
    let fraction = String(whole % UInt64(scale))
    return "\(whole / UInt64(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  /// m and e of m 10^e with 1 <= m < 10, m rounded to so many digits after the point.
  fileprivate static func parts(_ number: Double, _ digits: Int) -> (mantissa: Double, exponent: Int) {
    if number == 0 { return (0, 0) }
    // Swift writes the shortest digits that name the number: its exponent is exact.
    let text = "\(number)".lowercased()
    let pieces = text.split(separator: "e")
    var (exponent, mantissa) = (pieces.count == 2 ? Int(pieces[1])! : 0, Double(pieces[0])!)
    while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    let rounded = (mantissa * power(digits)).rounded(.toNearestOrEven) / power(digits)
    return rounded >= 10 ? (rounded / 10, exponent + 1) : (rounded, exponent)
  }

  private static func power(_ digits: Int) -> Double { (0..<digits).reduce(1) { scale, _ in 10 * scale } }
}

extension NumberFormat.Form {
  /// Whether a number looks the same with more digits, but for zeros at the end.
  fileprivate func isEnough(_ number: Double, for most: NumberFormat.Form) -> Bool {
    switch (self, most) {
    case (.fixed(let digits), .fixed(let all)): NumberFormat.isSame(number, digits, all)
    case (.scientific(let digits), .scientific(let all)):
      NumberFormat.isSame(NumberFormat.parts(number, all).mantissa, digits, all)
    default: false
    }
  }
}

extension NumberFormat {
  fileprivate static func isSame(_ number: Double, _ digits: Int, _ all: Int) -> Bool {
    let long = fixed(number, all)
    return long.dropFirst(long.count - (all - digits)).allSatisfy { $0 == "0" }
  }
}
