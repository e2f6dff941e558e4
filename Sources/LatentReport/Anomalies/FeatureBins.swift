/// The values of rows, and what a model expects of them, merged two by two whenever there are too many: the memory stays the
/// same however long a series is.
struct FeatureBins: Sendable {
  /// What a bin has of each feature; NaN where nothing is known. In a bin of one row, lowest and highest are the same.
  enum Part: Int, CaseIterable, Sendable {
    /// The least and the greatest value.
    case valueLow, valueHigh
    /// The least and the greatest of what is expected.
    case expectedLow, expectedHigh
    /// The ends of the band: the least of its lower, the greatest of its upper ends.
    case low, high
    /// The feature's share in the highest score.
    case share
  }

  private static let parts = Part.allCases.count

  /// D
  let features: Int
  /// The most bins.
  let capacity: Int
  /// Rows in a bin, a power of two; the last bin may have fewer.
  private(set) var size = 1
  /// Rows that were added.
  private(set) var rows = 0
  /// [count, D, parts]
  private var numbers: [Float] = []
  /// The highest score of each bin: [count]
  private var scores: [Double] = []

  init(features: Int, capacity: Int) {
    (self.features, self.capacity) = (features, max(capacity, 2) / 2 * 2)
  }

  var count: Int { scores.count }

  /// One number for each bin.
  func column(_ part: Part, of feature: Int) -> [Float] {
    let step = features * Self.parts
    return numbers.withUnsafeBufferPointer { numbers in
      [Float](unsafeUninitializedCapacity: count) { column, initialized in
        var (bin, source) = (0, feature * Self.parts + part.rawValue)
        while bin < count {
          column[bin] = numbers[source]
          (bin, source) = (bin + 1, source + step)
        }
        initialized = count
      }
    }
  }

  /// Rows as lists of numbers, each of them [N, D], and their scores [N].
  struct Rows {
    let values, expected, low, high, shares, scores: UnsafeBufferPointer<Double>
  }

  mutating func append(_ new: Rows) {
    let total = new.scores.count
    var done = 0
    while done < total {
      if rows == capacity * size { halve() }
      let part = min(total - done, size - rows % size)
      if rows % size == 0 {
        numbers.append(contentsOf: repeatElement(.nan, count: features * Self.parts))
        scores.append(.nan)
      }
      add(new, done..<done + part)
      rows += part
      done += part
    }
  }

  /// Adds rows to the last bin.
  private mutating func add(_ new: Rows, _ part: Range<Int>) {
    let bin = scores.count - 1
    var best = part.lowerBound
    var row = best
    while row < part.upperBound {
      if new.scores[row] > new.scores[best] || new.scores[best].isNaN { best = row }
      row += 1
    }
    let isHighest = !(new.scores[best] <= scores[bin]) && !new.scores[best].isNaN
    if isHighest { scores[bin] = new.scores[best] }
    let (features, place) = (features, bin * features * Self.parts)
    numbers.withUnsafeMutableBufferPointer { numbers in
      for feature in 0..<features {
        let target = place + feature * Self.parts
        func widen(_ source: UnsafeBufferPointer<Double>, _ low: Part?, _ high: Part?) {
          let ends = Self.ends(source, from: part.lowerBound * features + feature, count: part.count, step: features)
          if let low { numbers[target + low.rawValue] = Self.less(numbers[target + low.rawValue], Float(ends.low)) }
          if let high {
            numbers[target + high.rawValue] = -Self.less(-numbers[target + high.rawValue], -Float(ends.high))
          }
        }
        widen(new.values, .valueLow, .valueHigh)
        widen(new.expected, .expectedLow, .expectedHigh)
        widen(new.low, .low, nil)
        widen(new.high, nil, .high)
        if isHighest { numbers[target + Part.share.rawValue] = Float(new.shares[best * features + feature]) }
      }
    }
  }

  /// The least and the greatest of some numbers; NaN where all are missing.
  private static func ends(
    _ numbers: UnsafeBufferPointer<Double>, from start: Int, count: Int, step: Int
  ) -> (low: Double, high: Double) {
    var (low, high) = (Double.nan, Double.nan)
    var (left, place) = (count, start)
    while left > 0 {
      let number = numbers[place]
      if number.isFinite {
        if !(number >= low) { low = number }
        if !(number <= high) { high = number }
      }
      (left, place) = (left - 1, place + step)
    }
    return (low, high)
  }

  /// The lesser of two, of which none, one or both may be missing.
  private static func less(_ a: Float, _ b: Float) -> Float { a <= b || b.isNaN ? a : b }

  /// Merges neighbours.
  private mutating func halve() {
    let step = features * Self.parts
    for bin in 0..<scores.count / 2 {
      let (first, second) = (2 * bin, 2 * bin + 1)
      let takesSecond = !(scores[second] <= scores[first]) && !scores[second].isNaN
      scores[bin] = takesSecond ? scores[second] : scores[first]
      numbers.withUnsafeMutableBufferPointer { numbers in
        for feature in 0..<features {
          for part in Part.allCases {
            let place = feature * Self.parts + part.rawValue
            let (a, b) = (numbers[first * step + place], numbers[second * step + place])
            numbers[bin * step + place] =
              switch part {
              case .valueLow, .expectedLow, .low: Self.less(a, b)
              case .valueHigh, .expectedHigh, .high: -Self.less(-a, -b)
              case .share: takesSecond ? b : a
              }
          }
        }
      }
    }
    let left = scores.count / 2
    scores.removeLast(scores.count - left)
    numbers.removeLast(numbers.count - left * step)
    size *= 2
  }
}
