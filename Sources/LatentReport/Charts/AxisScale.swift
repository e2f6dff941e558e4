import LatentFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The range of one axis and its tick marks, at multiples of 1, 2 or 5 times a power of ten; or of logarithms, at some of the
/// multiples of powers of ten.
struct AxisScale: Equatable {
  struct Tick: Equatable {
    var value: Double
    var label: String
  }

  let lower: Double
  let upper: Double
  let ticks: [Tick]
  var isLogarithmic = false

  /// Values beyond this size are not drawn: differences of values below it cannot overflow.
  static let largestValue = 1e100
  /// Nor are smaller ones on a logarithmic axis.
  static let smallestPositive = 1e-100

  /// The smallest range from tick to tick that covers both values, with at most `maximumTicks` (3 or more) ticks.
  ///
  /// One single value gets a range around it.
  static func covering(_ lowest: Double, _ highest: Double, maximumTicks: Int = 6) -> AxisScale {
    var (low, high) = (lowest, highest)
    let size = max(low.magnitude, high.magnitude)
    // Closer than this, the ticks would differ only in digits that a Double hardly has.
    if high - low <= size * 1e-9 {
      let margin = size == 0 ? 1 : size * 0.1
      (low, high) = (low - margin, high + margin)
    }
    // k steps cover a range only if it starts at a tick, so one more step may be needed than range / step.
    var step = Step(atLeast: (high - low) / Double(maximumTicks - 1))
    while step.ceiling(high) - step.floor(low) + 1 > maximumTicks { step = step.next }
    let (first, last) = (step.floor(low), step.ceiling(high))
    return AxisScale(
      lower: step.value(first), upper: step.value(last),
      ticks: (first...last).map { Tick(value: step.value($0), label: step.label($0)) })
  }

  /// Epochs 1...count, with ticks at whole epochs; one single epoch stands in the middle.
  static func epochs(_ count: Int, maximumTicks: Int = 7) -> AxisScale {
    guard count > 1 else { return AxisScale(lower: 0.5, upper: 1.5, ticks: [Tick(value: 1, label: "1")]) }
    var step = Step(atLeast: 1)
    while count / step.whole > maximumTicks { step = step.next }
    var epochs = Array(stride(from: step.whole, through: count, by: step.whole))
    // From 1, 2, 4, … the eye would read a kink; from 1, 5, 10, … it does not.
    if step.whole >= 5 { epochs.insert(1, at: 0) }
    return AxisScale(
      lower: 1, upper: Double(count),
      ticks: epochs.map { Tick(value: Double($0), label: Format.grouped(Double($0))) })
  }

  /// An axis of the logarithms of two positive numbers, or of what lies around them where they are one.
  ///
  /// - Parameter isCovered: whether the range goes from tick to tick; else from the first number to the second
  static func logarithmic(
    _ lowest: Double, _ highest: Double, maximumTicks: Int = 6, isCovered: Bool
  ) -> AxisScale {
    let isOne = highest <= lowest * (1 + 1e-9)
    let (low, high) = isOne ? (lowest / 2, highest * 2) : (lowest, highest)
    let decades = (power(of: low) - 1)...(power(of: high) + 1)
    var best: [Step]?
    // From the most ticks to the fewest: nine in each decade, five, three, one, one in two decades, …
    let choices = [Array(1...9), [1, 2, 3, 5, 7], [1, 2, 5]].map { (1, $0) } + (1...200).map { ($0, [1]) }
    for (stride, mantissas) in choices where best == nil {
      let steps = decades.filter { $0 % stride == 0 }.flatMap { decade in
        mantissas.map { Step(mantissa: $0, exponent: decade) }
      }
      var inside = steps.filter { ($0.value(1) >= low * (1 - 1e-9)) && ($0.value(1) <= high * (1 + 1e-9)) }
      if isCovered {
        let below = steps.last { $0.value(1) <= low * (1 + 1e-9) } ?? Step(mantissa: 1, exponent: decades.lowerBound)
        let above = steps.first { $0.value(1) >= high * (1 - 1e-9) } ?? Step(mantissa: 1, exponent: decades.upperBound)
        inside = [below] + inside.filter { $0 != below && $0 != above } + [above]
      }
      if inside.count <= max(maximumTicks, 2) { best = inside }
    }
    let ticks = (best ?? []).map { Tick(value: $0.value(1), label: $0.label(1)) }
    return AxisScale(
      lower: isCovered ? ticks.first?.value ?? low : low, upper: isCovered ? ticks.last?.value ?? high : high,
      ticks: ticks, isLogarithmic: true)
  }

  /// The power of ten that begins the decade of a positive number.
  private static func power(of value: Double) -> Int { Int(log10(value).rounded(.down)) }

  /// Where `value`, positive on a logarithmic axis, lies between `lower` (0) and `upper` (1).
  func position(_ value: Double) -> Double {
    isLogarithmic
      ? (log10(value) - log10(lower)) / (log10(upper) - log10(lower)) : (value - lower) / (upper - lower)
  }
}

/// A distance between ticks, mantissa · 10^exponent.
private struct Step: Equatable {
  var mantissa: Int
  var exponent: Int

  init(mantissa: Int, exponent: Int) {
    self.mantissa = mantissa
    self.exponent = exponent
  }

  /// The smallest step of at least `distance`, which is positive.
  init(atLeast distance: Double) {
    let exponent = Int(log10(distance).rounded(.down))
    self.init(mantissa: 1, exponent: exponent)
    // A distance that is a step but for a rounding error is that step.
    while value(1) < distance * (1 - 1e-9) { self = next }
  }

  var next: Step {
    switch mantissa {
    case 1: Step(mantissa: 2, exponent: exponent)
    case 2: Step(mantissa: 5, exponent: exponent)
    default: Step(mantissa: 1, exponent: exponent + 1)
    }
  }

  /// A step of at least 1 as an integer.
  var whole: Int { Int(value(1)) }

  func floor(_ value: Double) -> Int { Int((value / self.value(1) + 1e-9).rounded(.down)) }

  func ceiling(_ value: Double) -> Int { Int((value / self.value(1) - 1e-9).rounded(.up)) }

  /// `count` steps: the Double nearest to that decimal number, not a product with its rounding errors.
  func value(_ count: Int) -> Double { Double("\(count * mantissa)e\(exponent)")! }

  func label(_ count: Int) -> String {
    let value = value(count)
    if count == 0 { return "0" }
    if exponent >= -5 && value.magnitude < 1e7 { return Format.grouped(value, decimals: max(-exponent, 0)) }
    // 25 · 10⁻⁹ is 2.5e-8, and 40 · 10¹¹ is 4e12.
    var digits = "\((count * mantissa).magnitude)"
    let power = exponent + digits.count - 1
    while digits.last == "0" { digits.removeLast() }
    if digits.count > 1 { digits.insert(".", at: digits.index(after: digits.startIndex)) }
    return (count < 0 ? "-" : "") + digits + "e\(power)"
  }
}
