import Foundation

/// Robust statistics of timings.
enum Statistics {
  /// The value below which `fraction` of the values lie, between neighbours in proportion; nil of nothing.
  static func quantile(_ values: [Double], _ fraction: Double) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let place = fraction * Double(sorted.count - 1)
    let lower = Int(place)
    let upper = min(lower + 1, sorted.count - 1)
    return sorted[lower] + (place - Double(lower)) * (sorted[upper] - sorted[lower])
  }

  static func median(_ values: [Double]) -> Double? { quantile(values, 0.5) }

  /// The standard error of the median, from the median absolute deviation, as if the values were normal: neighbours on
  /// the machine make outliers, which must not widen it.
  static func medianError(_ values: [Double]) -> Double {
    guard values.count > 1, let center = median(values) else { return .infinity }
    let deviation = 1.4826 * (median(values.map { abs($0 - center) }) ?? 0)
    return 1.2533 * deviation / Double(values.count).squareRoot()
  }

  /// The exponent p of y = c x^p, by least squares on logarithms; nil if there are not two different x.
  static func exponent(_ points: [(x: Double, y: Double)]) -> Double? {
    let logs = points.filter { $0.x > 0 && $0.y > 0 }.map { (x: log($0.x), y: log($0.y)) }
    let count = Double(logs.count)
    let (meanX, meanY) = (logs.reduce(0) { $0 + $1.x } / count, logs.reduce(0) { $0 + $1.y } / count)
    let square = logs.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
    guard logs.count > 1, square > 0 else { return nil }
    return logs.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) } / square
  }
}
