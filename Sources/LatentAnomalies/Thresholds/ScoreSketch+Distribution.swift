import Latent

extension ScoreSketch {
  /// The score that a part of the scores, from 0 to 1, is not above; NaN if there is none. Between two scores it lies in
  /// proportion, as NumPy's `quantile` does.
  public func quantile(_ part: Double) -> Double {
    require((0...1).contains(part), "ScoreSketch.quantile: \(part) is not from 0 to 1")
    guard count > 0 else { return .nan }
    let place = part * Double(count - 1) - Double(rest)
    if place >= 0 { return Self.between(highest, place) }
    let (low, high) = cell(Int(part * Double(Self.steps)))
    return low.score + (high.score - low.score) * min(1, (part - low.part) / (high.part - low.part))
  }

  /// The part of the scores that is above a number, from 0 to 1; 0 if there are no scores.
  public func share(above score: Double) -> Double {
    if count == 0 { return 0 }
    let above = highest.count - highest.partitioningIndex { $0 > score }
    return above < highest.count || quantiles.isEmpty
      ? Double(above) / Double(count) : 1 - part(upTo: score, including: true)
  }

  /// How far other scores are from these: the greatest difference of their distribution functions, from 0, where both
  /// are the same, to 1 (the statistic of Kolmogorov and Smirnov). Exact where there are no more than 2,000 scores here, and
  /// to 0.001 for more. nil where one of them has no scores.
  ///
  /// Neighbouring scores of a series are alike, so that no table tells how large a distance chance makes: compare it with
  /// that of other normal data.
  public func distance(to scores: [Double]) -> Double? {
    var others = scores.filter { !$0.isNaN }.map { min(Self.largest, max(-Self.largest, $0)) }
    guard count > 0, !others.isEmpty else { return nil }
    others.sort()
    var largest = 0.0
    // Of others, this many are below a score, and this many not above it.
    func compare(_ score: Double, below: Int, upTo: Int) {
      let number = Double(others.count)
      largest = max(largest, abs(Double(below) / number - part(upTo: score, including: false)))
      largest = max(largest, abs(Double(upTo) / number - part(upTo: score, including: true)))
    }
    var below = 0
    while below < others.count {
      var upTo = below + 1
      while upTo < others.count, others[upTo] == others[below] { upTo += 1 }
      compare(others[below], below: below, upTo: upTo)
      below = upTo
    }
    for score in quantiles + highest {
      let below = others.partitioningIndex { $0 >= score }
      compare(score, below: below, upTo: others.partitioningIndex { $0 > score })
    }
    return largest
  }

  /// The number of scores that are not among the highest.
  private var rest: Int { count - highest.count }

  /// The part of the scores that is below a number, or not above it.
  private func part(upTo score: Double, including isIncluded: Bool) -> Double {
    let isBeyond = { (other: Double) in isIncluded ? other > score : other >= score }
    let ofHighest = highest.partitioningIndex(where: isBeyond)
    if ofHighest > 0 || quantiles.isEmpty { return Double(rest + ofHighest) / Double(count) }
    let ofQuantiles = quantiles.partitioningIndex(where: isBeyond)
    guard ofQuantiles > 0 else { return 0 }
    let most = Double(rest) / Double(count)
    let (low, high) = cell(ofQuantiles - 1)
    guard high.score > low.score else { return min(most, high.part) }
    return min(most, low.part + (high.part - low.part) * (score - low.score) / (high.score - low.score))
  }

  /// The scores at a whole thousandth and the next one, or the first of the highest if it lies before that.
  private func cell(_ number: Int) -> (low: (part: Double, score: Double), high: (part: Double, score: Double)) {
    let parts = (Double(number) / Double(Self.steps), Double(number + 1) / Double(Self.steps))
    let beginning = (part: Double(rest) / Double(count - 1), score: highest[0])
    let high = number >= Self.steps || parts.1 > beginning.part ? beginning : (parts.1, quantiles[number + 1])
    return ((min(parts.0, beginning.part), min(quantiles[number], highest[0])), high)
  }
}
