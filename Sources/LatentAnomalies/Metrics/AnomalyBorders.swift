import Foundation

/// How many rows near anomalies have a score from each of 250 thresholds on, by their distance: all that curves with borders of
/// any width need of the rows.
///
/// A row belongs to the first threshold, in descending order, that its score is not below. A row at distances of up to w / 2
/// from two anomalies counts as a whole one, because sqrt(1 - 1/2) + sqrt(1 - 1/2) is more than 1; so only the two nearest
/// anomalies of a row matter. Widths are asked for in ascending order, as the reach w / 2 only grows.
struct AnomalyBorders {
  /// The number of thresholds: 255 at most.
  private let steps: Int
  /// The threshold of each row.
  private let stepOfRow: [UInt8]
  private let events: [Range<Int>]
  /// Rows of anomalies: [steps]
  private var inside: [Int]
  /// The distance that borders have now.
  private var reach = 0
  /// Rows by their distance from the nearest anomaly, but for those with a second one within reach: [distances, steps]
  private var single: [[Int]]
  /// Rows with a second anomaly within reach: [steps]
  private var double: [Int]
  /// Rows by their distance from the second nearest anomaly, each with that from the nearest.
  private var seconds: [[(step: Int, nearest: Int)]]
  /// The first threshold that an anomaly with its borders reaches.
  private var firstStep: [Int]
  /// Anomalies whose borders touch are a group: their number by the first threshold that a group reaches. [steps]
  private var groups: [Int] = []

  /// - Parameters:
  ///   - thresholds: in descending order, down to the least score
  ///   - reach: the greatest distance that will be asked for
  init(_ scores: [Double], _ events: [Range<Int>], thresholds: [Double], reach: Int) {
    let steps = thresholds.count
    let stepOfRow = scores.map { score in UInt8(thresholds.partitioningIndex { score >= $0 }) }
    (self.steps, self.stepOfRow, self.events) = (steps, stepOfRow, events)
    inside = Array(repeating: 0, count: steps)
    for event in events { for row in event { inside[Int(stepOfRow[row])] += 1 } }
    double = Array(repeating: 0, count: steps)
    var single = Array(repeating: double, count: reach + 1)
    var seconds = Array(repeating: [(step: Int, nearest: Int)](), count: reach + 1)
    Self.forEachBorderRow(events, rows: scores.count, reach: reach) { row, first, second in
      let step = Int(stepOfRow[row])
      single[first][step] += 1
      if second <= reach { seconds[second].append((step, first)) }
    }
    (self.single, self.seconds) = (single, seconds)
    firstStep = events.map { event in event.reduce(steps) { min($0, Int(stepOfRow[$1])) } }
    groups = countedGroups()
  }

  /// The areas under both curves for a border's width, which is not less than the one before.
  ///
  /// - Parameters:
  ///   - alarms: the number of rows from each threshold on
  ///   - anomalies: the number of rows of anomalies
  mutating func curve(width: Int, alarms: [Int], anomalies: Int) -> (roc: Double, precisionRecall: Double) {
    while reach < width / 2 { grow() }
    let weights = (0...reach).map { (1 - Double($0) / Double(max(1, width))).squareRoot() }
    var near = double.map(Double.init)
    for distance in stride(from: 1, through: reach, by: 1) {
      single[distance].withUnsafeBufferPointer { counts in
        for step in 0..<steps { near[step] += weights[distance] * Double(counts[step]) }
      }
    }
    let groupCount = Double(groups.reduce(0, +))
    var (roc, precisionRecall) = (0.0, 0.0)
    var (hits, border, found) = (0, 0.0, 0)
    var last = (truePositives: 0.0, falsePositives: 0.0)
    for step in 0..<steps {
      hits += inside[step]
      border += near[step]
      found += groups[step]
      // Half of the border that is alarms counts among the anomalies to be found, so that the rate is neither too large nor
      // too small.
      let positives = Double(anomalies) + border / 2
      let truePositives = Double(hits) + border
      let rate = min(truePositives / positives, 1) * Double(found) / groupCount
      let falseRate = (Double(alarms[step]) - truePositives) / (Double(stepOfRow.count) - positives)
      roc += (falseRate - last.falsePositives) * (rate + last.truePositives) / 2
      precisionRecall += (rate - last.truePositives) * truePositives / Double(alarms[step])
      last = (rate, falseRate)
    }
    roc += (1 - last.falsePositives) * (1 + last.truePositives) / 2
    return (roc, precisionRecall)
  }

  /// Widens borders by a row.
  private mutating func grow() {
    reach += 1
    for row in seconds[reach] {
      single[row.nearest][row.step] -= 1
      double[row.step] += 1
    }
    for (number, event) in events.enumerated() {
      for row in [event.lowerBound - reach, event.upperBound - 1 + reach] where stepOfRow.indices.contains(row) {
        firstStep[number] = min(firstStep[number], Int(stepOfRow[row]))
      }
    }
    groups = countedGroups()
  }

  private func countedGroups() -> [Int] {
    var (counts, group) = (Array(repeating: 0, count: steps), steps)
    for (number, event) in events.enumerated() {
      group = min(group, firstStep[number])
      let isLast = number + 1 == events.count
      if isLast || event.upperBound - 1 + reach < events[number + 1].lowerBound - reach {
        counts[group] += 1
        group = steps
      }
    }
    return counts
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
}
