extension Threshold {
  /// How a threshold is found from scores of normal data.
  public enum Rule: Sendable, Equatable {
    /// The score that this part of them is not above (`quantile=0.999`), between neighbours as NumPy does. It needs
    /// 1 / (1 - part) scores.
    case quantile(Double)
    /// Peaks over threshold (`pot=1e-4`): the score that this share of normal rows is above, by a generalised Pareto
    /// distribution of the scores above their 98% quantile (``ParetoTail``; Siffer et al., Anomaly Detection in Streams
    /// with Extreme Value Theory, KDD 2017). It tells of shares for which there are too few scores to count. It needs 1,500
    /// scores.
    case peaksOverThreshold(Double)
    /// Their median and this many deviations more, of 1.4826 times the median distance from the median (`mad=6`), which
    /// is the standard deviation where they are normally distributed. A few alarms among the scores hardly move it.
    case medianDeviations(Double)
    /// This score, whatever the others are.
    case number(Double)

    /// Reads `quantile=0.999`, `pot=1e-4`, `mad=6` or a number.
    ///
    /// - Throws: `ThresholdError.notARule`, or `.outside` for a number that the rule does not allow
    public init(_ text: String) throws(ThresholdError) {
      let parts = text.split(separator: "=", omittingEmptySubsequences: false)
      guard (1...2).contains(parts.count), let number = Double(parts.last!), number.isFinite else {
        throw .notARule(text)
      }
      switch parts.count == 2 ? parts[0] : "" {
      case "" where parts.count == 1: self = .number(number)
      case "quantile":
        guard number > 0 && number < 1 else { throw .outside(rule: text, allowed: "a part above 0 and below 1") }
        self = .quantile(number)
      case "pot":
        guard number > 0 && number < Self.tail else {
          throw .outside(rule: text, allowed: "a share of rows above 0 and below 0.02, such as pot=1e-4")
        }
        self = .peaksOverThreshold(number)
      case "mad":
        guard number > 0 else { throw .outside(rule: text, allowed: "a number of deviations above 0") }
        self = .medianDeviations(number)
      default: throw .notARule(text)
      }
    }

    /// The share of scores that are peaks.
    static let tail = 0.02
    /// The fewest scores that a distribution of peaks is found from, and the fewest peaks where scores are the same.
    static let (leastScores, leastPeaks) = (1500, 25)
  }
}

extension Threshold.Rule: CustomStringConvertible, Codable {
  /// The rule's text, which ``init(_:)`` reads.
  public var description: String {
    switch self {
    case .quantile(let part): "quantile=\(part)"
    case .peaksOverThreshold(let share): "pot=\(share)"
    case .medianDeviations(let count): "mad=\(count)"
    case .number(let score): "\(score)"
    }
  }

  /// Reads the rule's text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do { self = try Threshold.Rule(container.decode(String.self)) } catch let error as ThresholdError {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
    }
  }

  /// Writes the rule's text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
