/// The scores of rows, merged two by two whenever there are too many: the memory stays the same however long a series is.
struct ScoreBins: Sendable {
  /// The most bins.
  let capacity: Int
  /// Rows in a bin, a power of two; the last bin may have fewer.
  private(set) var size = 1
  /// Rows that were added.
  private(set) var rows = 0
  /// The highest score of each bin; NaN where it has none.
  private(set) var scores: [Double] = []
  /// The time of the first row of each bin; empty without times.
  private(set) var times: [Double] = []
  /// Whether a row of the bin is labelled; empty without labels.
  private(set) var labels: [Bool] = []

  init(capacity: Int) { self.capacity = max(capacity, 2) / 2 * 2 }

  var count: Int { scores.count }

  /// The rows of a bin.
  func rows(of bin: Int) -> Range<Int> { bin * size..<min((bin + 1) * size, rows) }

  /// Adds a score for each of some rows, with times and labels of them, or of none in all calls.
  mutating func append(
    _ new: ArraySlice<Double>, times newTimes: ArraySlice<Double>, labels newLabels: ArraySlice<UInt8>
  ) {
    var done = 0
    while done < new.count {
      if rows == capacity * size { halve() }
      let first = new.startIndex + done
      // As many rows as there is room for, or those that a bin has room for.
      let part = min(new.count - done, size == 1 ? capacity - rows : size - rows % size)
      if size == 1 {
        scores += new[first..<first + part]
        if !newTimes.isEmpty { times += newTimes[newTimes.startIndex + done..<newTimes.startIndex + done + part] }
        if !newLabels.isEmpty {
          labels += newLabels[newLabels.startIndex + done..<newLabels.startIndex + done + part].map { $0 != 0 }
        }
      } else {
        if rows % size == 0 {
          scores.append(.nan)
          if !newTimes.isEmpty { times.append(newTimes[newTimes.startIndex + done]) }
          if !newLabels.isEmpty { labels.append(false) }
        }
        let bin = scores.count - 1
        scores[bin] = Self.greater(scores[bin], new[first..<first + part].reduce(.nan, Self.greater))
        if !newLabels.isEmpty {
          let start = newLabels.startIndex + done
          if newLabels[start..<start + part].contains(where: { $0 != 0 }) { labels[bin] = true }
        }
      }
      rows += part
      done += part
    }
  }

  /// Merges neighbours.
  private mutating func halve() {
    for bin in 0..<scores.count / 2 {
      scores[bin] = Self.greater(scores[2 * bin], scores[2 * bin + 1])
      if !times.isEmpty { times[bin] = times[2 * bin] }
      if !labels.isEmpty { labels[bin] = labels[2 * bin] || labels[2 * bin + 1] }
    }
    let left = scores.count / 2
    scores.removeLast(scores.count - left)
    times.removeLast(max(times.count - left, 0))
    labels.removeLast(max(labels.count - left, 0))
    size *= 2
  }

  /// The greater of two, of which none, one or both may be missing.
  private static func greater(_ a: Double, _ b: Double) -> Double { a >= b || b.isNaN ? a : b }
}
