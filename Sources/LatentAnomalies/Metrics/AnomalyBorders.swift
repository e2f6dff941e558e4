import Foundation

/// How many rows near anomalies have a score from each of many thresholds on, by their distance: all that curves with borders
/// of any width need of the rows.
///
/// A row belongs to the first threshold, in descending order, that its score is not below. A row at distances of up to w / 2
/// from two anomalies counts as a whole one, because sqrt(1 - 1/2) + sqrt(1 - 1/2) is more than 1; so only the two nearest
/// anomalies of a row matter.
struct AnomalyBorders {
  /// The number of thresholds.
  private let steps: Int
  /// Rows of anomalies, by threshold.
  private var inside: [Int]
  /// Rows that have one anomaly within the reach h, and no second: for each h, [h, distances 0...h, thresholds].
  private var single: [[[Int]]] = []
  /// Rows that have two or more within the reach h: [h, thresholds].
  private var double: [[Int]] = []
  /// Groups of anomalies whose borders of h rows touch, by the first threshold that a row of the group reaches: [h, thresholds].
  private var groups: [[Int]] = []

  /// - Parameter reach: the greatest distance
  init(_ scores: [Double], _ events: [Range<Int>], thresholds: [Double], reach: Int) {
    steps = thresholds.count
    func step(_ row: Int) -> Int { thresholds.partitioningIndex { scores[row] >= $0 } }
    inside = Array(repeating: 0, count: steps)
    for event in events { for row in event { inside[step(row)] += 1 } }

    // Rows that come within reach of a first and of a second anomaly, by both distances.
    let none = Array(repeating: Array(repeating: 0, count: steps), count: reach + 1)
    var (nearest, both) = (none, Array(repeating: [(step: Int, nearest: Int)](), count: reach + 1))
    Self.forEachBorderRow(events, rows: scores.count, reach: reach) { row, first, second in
      let step = step(row)
      nearest[first][step] += 1
      if second <= reach { both[second].append((step, first)) }
    }
    var (counts, shared) = (none, none[0])
    for distance in 0...reach {
      counts[distance] = nearest[distance]
      for row in both[distance] {
        counts[row.nearest][row.step] -= 1
        shared[row.step] += 1
      }
      single.append(Array(counts[0...distance]))
      double.append(shared)
    }
    groups = Self.groups(events, rows: scores.count, reach: reach, steps: steps, step: step)
  }

  /// The areas under both curves for a border's width.
  ///
  /// - Parameters:
  ///   - alarms: the number of rows from each threshold on
  ///   - rows: of the series
  func curve(width: Int, alarms: [Int], rows: Int, anomalies: Int) -> (roc: Double, precisionRecall: Double) {
    let reach = width / 2
    let weights = (0...reach).map { (1 - Double($0) / Double(max(1, width))).squareRoot() }
    let groupCount = Double(groups[reach].reduce(0, +))
    var (roc, precisionRecall) = (0.0, 0.0)
    var (hits, border, found) = (0, 0.0, 0)
    var last = (truePositives: 0.0, falsePositives: 0.0)
    for step in 0..<steps {
      hits += inside[step]
      border += Double(double[reach][step])
      for (weight, counts) in zip(weights, single[reach]) { border += weight * Double(counts[step]) }
      found += groups[reach][step]
      // Half of the border that is alarms counts among the anomalies to be found, so that the rate is neither too large nor
      // too small.
      let positives = Double(anomalies) + border / 2
      let truePositives = Double(hits) + border
      let rate = min(truePositives / positives, 1) * Double(found) / groupCount
      let falseRate = (Double(alarms[step]) - truePositives) / (Double(rows) - positives)
      roc += (falseRate - last.falsePositives) * (rate + last.truePositives) / 2
      precisionRecall += (rate - last.truePositives) * truePositives / Double(alarms[step])
      last = (rate, falseRate)
    }
    roc += (1 - last.falsePositives) * (1 + last.truePositives) / 2
    return (roc, precisionRecall)
  }

  /// Tells of each row outside of anomalies, but within the reach of one, how far the nearest and the second nearest are.
  private static func forEachBorderRow(
    _ events: [Range<Int>], rows: Int, reach: Int, _ body: (_ row: Int, _ first: Int, _ second: Int) -> Void
  ) {
    let far = Int.max
    for gap in 0...events.count {
      let rows = (gap > 0 ? events[gap - 1].upperBound : 0)..<(gap < events.count ? events[gap].lowerBound : rows)
      let near = rows.count <= 2 * reach ? [rows] : [rows.prefix(reach), rows.suffix(reach)]
      for row in near.joined() {
        let left = gap > 0 ? row - events[gap - 1].upperBound + 1 : far
        let right = gap < events.count ? events[gap].lowerBound - row : far
        // The next ones on either side.
        let beyondLeft = gap > 1 ? row - events[gap - 2].upperBound + 1 : far
        let beyondRight = gap + 1 < events.count ? events[gap + 1].lowerBound - row : far
        let first = min(left, right)
        if first <= reach { body(row, first, min(max(left, right), left < right ? beyondLeft : beyondRight)) }
      }
    }
  }

  private static func groups(
    _ events: [Range<Int>], rows: Int, reach: Int, steps: Int, step: (Int) -> Int
  ) -> [[Int]] {
    var first = events.map { $0.map(step).min()! }
    return (0...reach).map { reach in
      var counts = Array(repeating: 0, count: steps)
      var group = steps
      for (number, event) in events.enumerated() {
        if reach > 0 {
          let (before, after) = (event.lowerBound - reach, event.upperBound - 1 + reach)
          if before >= 0 { first[number] = min(first[number], step(before)) }
          if after < rows { first[number] = min(first[number], step(after)) }
        }
        group = min(group, first[number])
        let isLast = number + 1 == events.count
        if isLast || event.upperBound - 1 + reach < events[number + 1].lowerBound - reach {
          counts[group] += 1
          group = steps
        }
      }
      return counts
    }
  }
}
