import LatentFiles

/// Why there is no threshold: one line that says what to do.
public enum ThresholdError: Error, Equatable, Sendable {
  /// The text is no rule.
  case notARule(String)
  /// The rule's number is outside of what it allows.
  case outside(rule: String, allowed: String)
  /// There are fewer scores than the rule needs.
  case tooFewScores(rule: String, count: Int, needed: Int)
  /// There are scores enough, but too few of them lie above their 98% quantile.
  case tooFewPeaks(rule: String, count: Int, peaks: Int, needed: Int)
  /// More than half of the scores are this one, so that they have no median deviation.
  case noDeviation(rule: String, score: Double)
}

extension ThresholdError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notARule(let text):
      "no threshold '\(oneLine(text))': give quantile=0.999, pot=1e-4, mad=6 or a number"
    case .outside(let rule, let allowed): "threshold \(oneLine(rule)): give \(allowed)"
    case .tooFewScores(let rule, let count, let needed):
      "threshold \(rule) needs at least \(Words.grouped(needed)) scores of normal data, and there "
        + "\(count == 1 ? "is 1" : "are \(Words.grouped(count))"): give more rows, or take mad=6 or a number"
    case .tooFewPeaks(let rule, let count, let peaks, let needed):
      "threshold \(rule) needs at least \(needed) scores above their 98% quantile, and of \(Words.grouped(count)) there "
        + "\(peaks == 1 ? "is 1" : "are \(peaks)"), as many are the same: take mad=6 or a number"
    case .noDeviation(let rule, let score):
      "threshold \(rule) needs scores that differ, and more than half of them are \(score): take quantile=0.999 or a number"
    }
  }
}

/// Numbers as people read them.
enum Words {
  /// A whole number with commas between thousands.
  static func grouped(_ number: Int) -> String {
    let digits = String(abs(number))
    let groups = digits.enumerated().map { place, digit in
      place > 0 && (digits.count - place) % 3 == 0 ? ",\(digit)" : "\(digit)"
    }
    return (number < 0 ? "-" : "") + groups.joined()
  }

  /// A share as "1 row in N".
  static func oneRowIn(_ share: Double) -> String {
    let rows = 1 / share
    if rows < 9.95 {
      let tenths = Int((rows * 10).rounded())
      return "1 row in \(tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)")"
    }
    return rows < 1e15 ? "1 row in \(grouped(Int(rows.rounded())))" : "less than 1 row in any data"
  }
}
