import Latent

/// A threshold that learns from each score that comes: SPOT, and DSPOT for scores that drift (Siffer et al., Anomaly
/// Detection in Streams with Extreme Value Theory, KDD 2017).
///
///     var threshold = try StreamingThreshold(risk: 1e-4, scores: validation, depth: 50)
///     for score in scores { if threshold.next(score).isAnomaly { … } }
///
/// It begins as ``Threshold/Rule/peaksOverThreshold(_:)`` does. Each score that is no alarm counts as one more normal row, and
/// one above the first 98% quantile as a peak more, which moves the threshold. Alarms teach nothing. With a depth d, all this is
/// of the scores less the mean of the last d normal ones.
///
/// A score costs the same time on average, however many there were: with more than 400 peaks, the tail is fitted again when
/// their number has grown by 0.5%, and no longer after each.
public struct StreamingThreshold: Sendable {
  private let risk: Double
  private var peaks: ParetoTail.Peaks
  private var tail: ParetoTail
  /// The number of peaks that the tail was fitted to.
  private var fitted: Int
  /// Without the mean of the last scores.
  private var limit: Double
  private var average: MovingAverage?

  /// The threshold after scores of normal data; NaN is a row without a score.
  ///
  /// - Parameters:
  ///   - risk: the share of normal rows that alarms may be of, below 0.02
  ///   - scores: in the order of their rows
  ///   - depth: the number of rows whose mean is normal; nil for scores that do not drift
  /// - Throws: `ThresholdError` where there are too few scores
  public init(risk: Double, scores: [Double], depth: Int? = nil) throws(ThresholdError) {
    var scores = scores.filter { !$0.isNaN }
    if let depth {
      require(depth > 0, "StreamingThreshold: a depth of \(depth) rows; at least one is needed")
      var average = MovingAverage(depth: depth)
      scores = scores.compactMap { score in
        let normal = average.mean
        average.add(score)
        return normal.map { score - $0 }
      }
      self = try StreamingThreshold(risk: risk, sketch: ScoreSketch(scores))
      self.average = average
    } else {
      self = try StreamingThreshold(risk: risk, sketch: ScoreSketch(scores))
    }
  }

  /// The threshold after the scores of a sketch, for scores that do not drift.
  ///
  /// - Throws: `ThresholdError` where there are too few scores
  public init(risk: Double, sketch: ScoreSketch) throws(ThresholdError) {
    let rule = Threshold.Rule.peaksOverThreshold(risk)
    require(risk > 0 && risk < Threshold.Rule.tail, "StreamingThreshold: a risk of \(risk), not above 0 and below 0.02")
    self.risk = risk
    peaks = try ParetoTail.Peaks(of: sketch, for: rule)
    tail = ParetoTail(excesses: peaks.excesses)
    fitted = peaks.excesses.count
    limit = peaks.threshold(risk: risk, tail: tail) ?? sketch.quantile(1 - risk)
  }

  /// The score above which the next row is an alarm.
  public var value: Double { limit + (average?.mean ?? 0) }

  /// Judges a row, and learns from it.
  ///
  /// - Returns: the threshold that it was judged by, and whether its score is above; a row without a score (NaN) is no alarm,
  ///   and teaches nothing
  @discardableResult
  public mutating func next(_ score: Double) -> (threshold: Double, isAnomaly: Bool) {
    let threshold = value
    guard !score.isNaN else { return (threshold, false) }
    let part = score - (average?.mean ?? 0)
    if part > limit { return (threshold, true) }
    average?.add(score)
    peaks.count += 1
    if part > peaks.base {
      peaks.excesses.append(part - peaks.base)
      if peaks.excesses.count >= fitted + max(1, fitted / 200) {
        tail = ParetoTail(excesses: peaks.excesses)
        fitted = peaks.excesses.count
      }
      limit = peaks.threshold(risk: risk, tail: tail) ?? limit
    }
    return (threshold, false)
  }
}

/// The mean of the last numbers.
struct MovingAverage: Sendable {
  private var last: [Double] = []
  private var place = 0
  private var sum = 0.0
  private let depth: Int

  init(depth: Int) { self.depth = depth }

  /// Nil until there are as many as the depth.
  var mean: Double? { last.count == depth ? sum / Double(depth) : nil }

  mutating func add(_ number: Double) {
    if last.count < depth {
      last.append(number)
      sum += number
      return
    }
    sum += number - last[place]
    last[place] = number
    place += 1
    // The sum anew, so that no error of rounding grows.
    if place == depth { (place, sum) = (0, last.reduce(0, +)) }
  }
}
