import Latent

extension LabelledScores {
  /// The greatest F1 of each kind that one of 100 thresholds gives, evenly from the least to the greatest score, as in TSB-AD's
  /// `get_metrics`: what a threshold chosen with a look at the labels would have had.
  public struct Best: Sendable, Equatable, Codable {
    /// By ``LabelledAlarms/events``.
    public let events: Double
    /// By ``LabelledAlarms/ranges(existenceWeight:)``.
    public let ranges: Double
    /// By ``LabelledAlarms/affiliation``.
    public let affiliation: Double
    /// By ``LabelledAlarms/pointAdjustedF1``.
    public let pointAdjusted: PointAdjustedF1
  }

  /// The greatest F1 of each kind over 100 thresholds; nil where there are no anomalies.
  public var best: Best? {
    guard labels.anomalies > 0 else { return nil }
    let levels = ThresholdLevels(scores)
    var (events, ranges, affiliation, last) = (0.0, 0.0, 0.0, [Range<Int>]())
    for level in 0..<ThresholdLevels.count {
      let runs = levels.runs(level)
      if runs.isEmpty { break }
      if runs == last { continue }
      let alarms = LabelledAlarms(runs: runs, labels)
      events = max(events, alarms.events.f1 ?? 0)
      ranges = max(ranges, alarms.ranges().f1 ?? 0)
      affiliation = max(affiliation, alarms.affiliation.f1 ?? 0)
      last = runs
    }
    let random = (0..<PointAdjustedF1.seeds).map { seed in
      var even = EvenScores(seed: UInt64(seed))
      return ThresholdLevels((0..<labels.count).map { _ in even.next() }).bestPointAdjustedF1(labels)
    }
    return Best(
      events: events, ranges: ranges, affiliation: affiliation,
      pointAdjusted: PointAdjustedF1(
        value: levels.bestPointAdjustedF1(labels), random: random.reduce(0, +) / Double(random.count)))
  }
}

/// How many of 100 thresholds, evenly from the least to the greatest score, each score is above.
struct ThresholdLevels {
  static let count = 100
  private let levels: [UInt8]

  init(_ scores: [Double]) {
    let (least, greatest) = (scores.min() ?? 0, scores.max() ?? 0)
    // As NumPy's linspace rounds.
    let step = (greatest - least) / Double(Self.count - 1)
    let thresholds = (0..<Self.count).map { $0 == Self.count - 1 ? greatest : Double($0) * step + least }
    levels = scores.map { score in
      var level = step > 0 ? Int(min(Double(Self.count), (score - least) / step)) : 0
      while level < Self.count && score > thresholds[level] { level += 1 }
      while level > 0 && !(score > thresholds[level - 1]) { level -= 1 }
      return UInt8(level)
    }
  }

  /// The runs of rows that are above a threshold.
  func runs(_ level: Int) -> [Range<Int>] {
    let level = UInt8(level)
    return levels.withUnsafeBufferPointer { levels in Runs.of(levels.count) { levels[$0] > level } }
  }

  func bestPointAdjustedF1(_ labels: DetectionLabels) -> Double {
    // How many rows and how many rows of anomalies have each level: an anomaly that of its highest row.
    var falseAlarms = Array(repeating: 0, count: Self.count + 1)
    for level in levels { falseAlarms[Int(level)] += 1 }
    var found = Array(repeating: 0, count: Self.count + 1)
    for event in labels.events {
      found[Int(levels[event].max()!)] += event.count
      for level in levels[event] { falseAlarms[Int(level)] -= 1 }
    }
    var (best, foundRows, alarms) = (0.0, 0, 0)
    for level in stride(from: Self.count, to: 0, by: -1) {
      foundRows += found[level]
      alarms += falseAlarms[level]
      best = max(
        best, PointAdjustedF1.value(foundRows: foundRows, falseAlarms: alarms, anomalies: labels.anomalies))
    }
    return best
  }
}
