import LatentKernels

/// The learning rate as a function of the steps taken so far: 0 for the first step.
///
///     trainer.schedule = .cosine(peak: 1e-3, warmUp: 500, steps: 10_000)
///     optimizer.learningRate = schedule(optimizer.step)       // in your own loop
///
/// It has no state, so that training that continues from a saved step continues with the same rates. Your own:
///
///     LearningRateSchedule { 1e-2 / Double($0 + 1).squareRoot() }
public struct LearningRateSchedule: Sendable {
  private let rate: @Sendable (Int) -> Double

  /// The schedule that is this function of the steps taken so far.
  public init(_ rate: @escaping @Sendable (_ step: Int) -> Double) { self.rate = rate }

  /// The learning rate after so many steps.
  public func callAsFunction(_ step: Int) -> Double { rate(step) }

  /// The same rate always.
  public static func constant(_ rate: Double) -> LearningRateSchedule { LearningRateSchedule { _ in rate } }

  /// Falls by a factor after each `interval` steps: initial * factor^floor(step / interval).
  public static func step(initial: Double, factor: Double = 0.1, every interval: Int) -> LearningRateSchedule {
    require(interval > 0, "LearningRateSchedule.step: every \(interval) steps; at least 1 is needed")
    return LearningRateSchedule { initial * Portable.power(factor, Double($0 / interval)) }
  }

  /// Falls smoothly, by a factor over each `interval` steps: initial * factor^(step / interval), as Keras's
  /// ExponentialDecay.
  public static func exponential(initial: Double, factor: Double, over interval: Int) -> LearningRateSchedule {
    require(interval > 0, "LearningRateSchedule.exponential: over \(interval) steps; at least 1 is needed")
    return LearningRateSchedule { initial * Portable.power(factor, Double($0) / Double(interval)) }
  }

  /// Rises linearly from `start` to `peak` over `warmUp` steps, then falls to `end` along half a cosine (Loshchilov &
  /// Hutter 2017, without restarts), where it stays:
  ///
  ///     step < warmUp   start + (peak - start) step / warmUp
  ///     after           end + (peak - end) (1 + cos(pi (step - warmUp) / (steps - warmUp))) / 2
  ///
  /// - Parameter steps: of the whole schedule, the warm-up among them
  public static func cosine(
    peak: Double, warmUp: Int = 0, steps: Int, start: Double = 0, end: Double = 0
  ) -> LearningRateSchedule {
    require(
      warmUp >= 0 && steps > warmUp,
      "LearningRateSchedule.cosine: \(warmUp) steps of warm-up in \(steps) steps"
        + "; it must end before they do")
    return LearningRateSchedule { step in
      if step < warmUp { return start + (peak - start) * Double(step) / Double(warmUp) }
      return cosine(from: peak, to: end, Double(step - warmUp) / Double(steps - warmUp))
    }
  }

  /// One cycle (Smith & Topin 2018) in PyTorch's form: rises from peak / startDivisor to `peak` along half a cosine until
  /// step riseFraction * steps - 1, then falls to peak / (startDivisor * endDivisor) at step `steps` - 1, where it stays.
  /// The defaults are PyTorch's.
  public static func oneCycle(
    peak: Double, steps: Int, riseFraction: Double = 0.3, startDivisor: Double = 25, endDivisor: Double = 1e4
  ) -> LearningRateSchedule {
    let (top, last) = (riseFraction * Double(steps) - 1, Double(steps - 1))
    require(
      top > 0 && top < last,
      "LearningRateSchedule.oneCycle: a rise over \(riseFraction) of \(steps) steps; both parts need a step or more")
    let start = peak / startDivisor
    return LearningRateSchedule { step in
      let step = Double(step)
      return step <= top
        ? cosine(from: start, to: peak, step / top)
        : cosine(from: peak, to: start / endDivisor, (step - top) / (last - top))
    }
  }

  /// Half a cosine from one value at 0 to another at 1 and beyond.
  private static func cosine(from first: Double, to last: Double, _ fraction: Double) -> Double {
    last + (first - last) * (1 + Portable.cosine(halfTurns: min(fraction, 1))) / 2
  }
}
