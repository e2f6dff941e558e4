import Latent

/// The F1 of rows where one alarm in an anomaly counts as alarms in all of its rows (Xu et al., Unsupervised Anomaly Detection
/// via Variational Auto-Encoder for Seasonal KPIs in Web Applications, WWW 2018), beside that of random scores.
///
/// Long anomalies make it high whatever the scores are: it says something only where it is far above that of random scores (Kim
/// et al., Towards a Rigorous Evaluation of Time-Series Anomaly Detection, AAAI 2022). So there is no one without the other.
public struct PointAdjustedF1: Sendable, Equatable, Codable {
  /// Of the scores or alarms.
  public let value: Double
  /// Of scores drawn evenly from 0 to 1: the mean over 10 seeds. For alarms, as many on average as there are.
  public let random: Double

  static let seeds = 10

  /// F1 where these anomalies are found, and this many rows outside of anomalies are alarms.
  static func value(foundRows: Int, falseAlarms: Int, anomalies: Int) -> Double {
    foundRows == 0 ? 0 : 2 * Double(foundRows) / Double(foundRows + falseAlarms + anomalies)
  }
}

extension LabelledAlarms {
  /// The F1 of rows where one alarm finds an anomaly whole, beside that of random alarms (``PointAdjustedF1``); nil where there
  /// are no anomalies.
  public var pointAdjustedF1: PointAdjustedF1? {
    guard labels.anomalies > 0 else { return nil }
    func value(_ alarms: LabelledAlarms) -> Double {
      PointAdjustedF1.value(
        foundRows: zip(labels.events, alarms.found).reduce(0) { $0 + ($1.1.rows > 0 ? $1.0.count : 0) },
        falseAlarms: alarms.alarms - alarms.found.reduce(0) { $0 + $1.rows }, anomalies: labels.anomalies)
    }
    let share = Double(alarms) / Double(labels.count)
    let random = (0..<PointAdjustedF1.seeds).map { seed in
      var scores = EvenScores(seed: UInt64(seed))
      return value(LabelledAlarms(runs: Runs.of(labels.count) { _ in scores.next() < share }, labels))
    }
    return PointAdjustedF1(value: value(self), random: random.reduce(0, +) / Double(random.count))
  }
}

/// Numbers from 0 to 1 without order (SplitMix64; Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, 2014).
struct EvenScores {
  private var state: UInt64

  init(seed: UInt64) { state = RandomKey(seed: seed).bits }

  mutating func next() -> Double {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return Double((bits ^ (bits >> 31)) >> 11) * 0x1p-53
  }
}
