import Foundation
import Latent

/// How far a score stands above the peaks that its series has had: one scale for series of any kind, from scores that have
/// come so far.
///
///     var peaks = PeakLevel(block: 75, normal: learned)
///     for score in scores { let level = peaks.next(score) }
///
/// A score tells little by itself: what is rare in one series comes each day in another, which has a jump at midnight. So a
/// score is not compared with the scores before it, but with the highest ones of blocks of them. With a block of B rows, and
/// s0 the least score of normal rows,
///
///     u(t) = log(1 + max(0, s(t) - s0))
///     M(t) = the greatest of u(t - B + 1), …, u(t)
///     level(t) = (u(t) - mean) / (deviation + 0.3)
///
/// with the mean and the deviation of all M up to M(t - B), which have no row in common with the block of t. Nothing is
/// forgotten. The logarithm keeps a score of thousands from hiding the next one; 0.3 keeps a series whose peaks are all the
/// same from calling each small difference a wonder.
///
/// Block maxima are how extreme value theory sees the tail of a distribution (Gumbel, Statistics of Extremes, 1958; Coles, An
/// Introduction to Statistical Modeling of Extreme Values, 2001, chapter 3): their own distribution, here by its moments, is
/// known, whatever that of the scores is. ``probability(of:)`` says what a level means by it.
///
/// It costs the same for each row on average, and its memory is that of some blocks.
public struct PeakLevel: Sendable {
  /// B
  public let block: Int
  /// s0
  public let least: Double
  /// Added to the deviation.
  public static let leastDeviation = 0.3

  /// Rows so far that had a score.
  private var count = 0
  /// Those that may be the highest of a block with rows that follow: falling, the oldest first.
  private var highest = Queue<(row: Int, value: Double)>()
  /// The last B maxima.
  private var recent = Queue<Double>()
  /// Of the maxima before them.
  private var peaks = (count: 0, mean: 0.0, squares: 0.0)

  /// - Parameters:
  ///   - block: B, at least 1: some tens of rows, a tenth of those that are known to be normal
  ///   - normal: scores of normal rows, in the order of their rows, such as those of the rows that were learned; NaN where a row
  ///     has none. They are the first rows of the series.
  public init(block: Int, normal: [Double]) {
    require(block > 0, "PeakLevel: blocks of \(block) rows; at least one is needed")
    self.block = block
    least = normal.lazy.filter { !$0.isNaN }.min() ?? 0
    for score in normal { next(score) }
  }

  /// The level of the row that follows, which then counts among those before.
  ///
  /// - Returns: NaN for a row without a score, which has no influence, and as long as there are fewer than 2 B rows
  @discardableResult
  public mutating func next(_ score: Double) -> Double {
    guard !score.isNaN else { return .nan }
    let value = log1p(max(0, score - least))
    while let last = highest.last, last.value <= value { highest.removeLast() }
    highest.append((count, value))
    if highest.first!.row <= count - block { highest.removeFirst() }
    count += 1
    if count >= block { recent.append(highest.first!.value) }
    if recent.count > block { add(recent.removeFirst()) }
    guard peaks.count > 0 else { return .nan }
    let deviation = (peaks.squares / Double(peaks.count)).squareRoot()
    return (value - peaks.mean) / (deviation + Self.leastDeviation)
  }

  /// Welford's recurrence.
  private mutating func add(_ peak: Double) {
    peaks.count += 1
    let difference = peak - peaks.mean
    peaks.mean += difference / Double(peaks.count)
    peaks.squares += difference * (peak - peaks.mean)
  }

  /// The probability that a block of normal rows has no higher level, from 0 to 1: that of Gumbel's distribution with mean 0
  /// and deviation 1, exp(-exp(-(pi / sqrt 6 level + gamma))).
  ///
  /// A series whose peaks vary little has less than it says, because of the least deviation.
  public static func probability(of level: Double) -> Double {
    exp(-exp(-(Double.pi / 6.0.squareRoot() * level + 0.5772156649015329)))
  }
}

/// A list that loses its first elements without moving the others.
private struct Queue<Element> {
  private var elements: [Element] = []
  private var start = 0

  var count: Int { elements.count - start }
  var first: Element? { count > 0 ? elements[start] : nil }
  var last: Element? { count > 0 ? elements.last : nil }

  mutating func append(_ element: Element) { elements.append(element) }
  mutating func removeLast() { elements.removeLast() }

  @discardableResult
  mutating func removeFirst() -> Element {
    defer {
      start += 1
      if start > elements.count / 2 {
        elements.removeFirst(start)
        start = 0
      }
    }
    return elements[start]
  }
}

extension Queue: Sendable where Element: Sendable {}
