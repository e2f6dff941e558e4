extension ParetoTail {
  /// The scores above a high quantile of many.
  struct Peaks: Sendable {
    /// The quantile.
    let base: Double
    /// How far each peak is above it.
    var excesses: [Double]
    /// The number of scores, peaks and others.
    var count: Int

    /// The peaks among the highest 2% of the scores, or 2,000 of them if that is less.
    ///
    /// - Throws: `ThresholdError` if there are less than 1,500 scores or 25 peaks
    init(of sketch: ScoreSketch, for rule: Threshold.Rule) throws(ThresholdError) {
      let (neededScores, needed) = (Threshold.Rule.leastScores, Threshold.Rule.leastPeaks)
      count = sketch.count
      guard count >= neededScores else {
        throw .tooFewScores(rule: "\(rule)", count: count, needed: neededScores)
      }
      let rank = Int((1 - Threshold.Rule.tail) * Double(count)) - (count - sketch.highest.count)
      let base = sketch.highest[max(0, rank)]
      self.base = base
      excesses = sketch.highest.filter { $0 > base }.map { $0 - base }
      guard excesses.count >= needed else {
        throw .tooFewPeaks(rule: "\(rule)", count: count, peaks: excesses.count, needed: needed)
      }
    }

    /// The score that this share of all is above; nil if a greater part than the peaks is above it.
    func threshold(risk: Double) -> Double? { threshold(risk: risk, tail: ParetoTail(excesses: excesses)) }

    func threshold(risk: Double, tail: ParetoTail) -> Double? {
      let part = Double(count) * risk / Double(excesses.count)
      return part < 1 ? base + tail.excess(ofPart: part) : nil
    }
  }
}
