import Foundation
import Latent

/// The generalised Pareto distribution of what exceeds a high threshold, by maximum likelihood:
///
///     P(excess > y) = (1 + shape / scale y)^(-1 / shape), exp(-y / scale) where shape is 0
///
/// Scores of nearly any distribution have such a tail (Pickands, Balkema and de Haan). Grimshaw's trick (Computing maximum
/// likelihood estimates for the generalized Pareto distribution, Technometrics 1993) leaves one number to look for, theta =
/// shape / scale: the likelihood is stationary in both where, for the excesses Y,
///
///     (1 + mean of log(1 + theta Y)) (mean of 1 / (1 + theta Y)) = 1
///
/// and shape is then the mean of log(1 + theta Y). 0 always solves this and is no maximum in general, so a solution is
/// looked for on either side of it. Where there is none, the tail is taken for exponential, as Siffer et al. do.
public struct ParetoTail: Sendable, Equatable {
  /// Above 0 for a heavy tail, below 0 for one that ends.
  public let shape: Double
  /// In units of the excesses.
  public let scale: Double

  public init(shape: Double, scale: Double) { (self.shape, self.scale) = (shape, scale) }

  /// The distribution under which excesses are likeliest.
  ///
  /// - Parameter excesses: how far each peak is above the threshold; one at least, all above 0
  public init(excesses: [Double]) {
    require(!excesses.isEmpty && excesses.allSatisfy { $0 > 0 }, "ParetoTail: excesses must be above 0, and some")
    let unit = excesses.reduce(0, +) / Double(excesses.count)
    let scaled = excesses.map { $0 / unit }
    let largest = scaled.max()!
    var best = (logLikelihood: -1.0, shape: 0.0, scale: 1.0)
    for theta in Self.stationary(scaled, largest: largest) {
      let shape = scaled.reduce(0) { $0 + log1p(theta * $1) } / Double(scaled.count)
      guard shape > -1 else { continue }
      // Of one excess, on average.
      let logLikelihood = -log(shape / theta) - shape - 1
      if logLikelihood > best.logLikelihood { best = (logLikelihood, shape, shape / theta) }
    }
    (shape, scale) = (best.shape, best.scale * unit)
  }

  /// How far above the threshold a part of the peaks is: P(excess > y) = `part`.
  public func excess(ofPart part: Double) -> Double {
    shape == 0 ? -scale * log(part) : scale / shape * expm1(-shape * log(part))
  }

  /// The log-likelihood of excesses under the distribution.
  public func logLikelihood(of excesses: [Double]) -> Double {
    let count = Double(excesses.count)
    if shape == 0 { return -count * log(scale) - excesses.reduce(0, +) / scale }
    return -count * log(scale) - (1 + 1 / shape) * excesses.reduce(0) { $0 + log1p(shape / scale * $1) }
  }

  /// The thetas where the likelihood of excesses with mean 1 has a maximum, but for that at the end of its range.
  private static func stationary(_ excesses: [Double], largest: Double) -> [Double] {
    // From nearly -1 / largest to 0, then to where the shape is far beyond any that a tail has.
    let below = stride(from: 16.0, through: 1, by: -1).map { -(1 - exp2(-$0)) / largest }
    let around = [-0.1 / largest, -1e-3 / largest, -1e-6 / largest, 1e-6, 1e-3]
    let above = Array(stride(from: -6.0, to: 6, by: 0.5)) + Array(stride(from: 6.0, through: 60, by: 2))
    var (found, last): ([Double], (theta: Double, slope: Double)?) = ([], nil)
    for theta in below + around + above.map({ exp2($0) }) {
      let slope = slope(excesses, theta)
      if let last, last.slope > 0 && slope <= 0 {
        found.append(root(between: last, and: (theta, slope)) { Self.slope(excesses, $0) })
      }
      last = (theta, slope)
    }
    return found
  }

  /// The slope of the log-likelihood of one excess in theta, with the best scale for each theta: it is
  /// (u v - 1) / (theta shape), with Grimshaw's u and v. Written so that nothing cancels near theta = 0.
  private static func slope(_ excesses: [Double], _ theta: Double) -> Double {
    var (shape, ratio, difference) = (0.0, 0.0, 0.0)
    for excess in excesses {
      let x = theta * excess
      shape += log1p(x)
      ratio += excess / (1 + x)
      difference += logarithmBeyondRatio(x)
    }
    let count = Double(excesses.count)
    (shape, ratio, difference) = (shape / count, ratio / count, difference / count)
    return (difference - theta * ratio * shape) / (theta * shape)
  }

  /// log(1 + x) - x / (1 + x)
  private static func logarithmBeyondRatio(_ x: Double) -> Double {
    guard abs(x) < 0.03 else { return log1p(x) - x / (1 + x) }
    // The sum of (-x)^k (k - 1) / k from k = 2 on.
    var (sum, power) = (0.0, -x)
    for k in 2...11 {
      power *= -x
      sum += power * Double(k - 1) / Double(k)
    }
    return sum
  }

  /// Where a function changes its sign, by regula falsi with Illinois' correction.
  private static func root(
    between first: (theta: Double, slope: Double), and second: (theta: Double, slope: Double),
    of slope: (Double) -> Double
  ) -> Double {
    var (low, high) = (first, second)
    var side = 0
    for _ in 0..<100 {
      let theta = high.theta - high.slope * (high.theta - low.theta) / (high.slope - low.slope)
      guard theta > low.theta && theta < high.theta, high.theta - low.theta > 1e-14 * abs(theta) else { break }
      let here = slope(theta)
      if here > 0 {
        low = (theta, here)
        if side == 1 { high.slope /= 2 }
        side = 1
      } else if here < 0 {
        high = (theta, here)
        if side == -1 { low.slope /= 2 }
        side = -1
      } else {
        return theta
      }
    }
    return abs(low.slope) < abs(high.slope) ? low.theta : high.theta
  }
}
