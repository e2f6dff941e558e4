import LatentKernels

/// Lowers the learning rate when a value has stopped to fall, or to rise, as Keras's ReduceLROnPlateau does.
///
/// A value that is better than the best so far by more than `minimumChange` is an improvement. After `patience` values in
/// a row without one the rate is multiplied by `factor`; after that, the next `cooldown` values start
/// no new row, except that the last of them counts again (as in Keras).
///
///     var plateau = ReduceOnPlateau(patience: 5)
///     ... after each epoch: optimizer.learningRate = plateau.rate(optimizer.learningRate, after: validationLoss)
///
/// Among a trainer's callbacks it goes by the validation loss, or by what it is told to: `ReduceOnPlateau(monitor: "accuracy", .max)`.
public struct ReduceOnPlateau: Sendable, Equatable {
  /// What it goes by.
  public let monitor: Monitor
  /// What the rate is multiplied by.
  public let factor: Double
  /// Values in a row without an improvement before the rate falls.
  public let patience: Int
  /// By how much a value must be better than the best to count as better.
  public let minimumChange: Double
  /// Values after a fall that start no new row.
  public let cooldown: Int
  /// The rate does not fall below this.
  public let minimumRate: Double
  /// The best value so far.
  public private(set) var best: Double
  /// Values in a row without an improvement.
  public private(set) var wait = 0
  /// Values of the cooldown that are left.
  public private(set) var coolingDown = 0

  /// The defaults are Keras's.
  ///
  /// - Parameters:
  ///   - monitor: the name of what a trainer's epochs are judged by (``Monitor/name``); the validation loss where left out
  ///   - goal: which way is better
  public init(
    monitor: String? = nil, _ goal: Goal = .min, factor: Double = 0.1, patience: Int = 10,
    minimumChange: Double = 1e-4, cooldown: Int = 0, minimumRate: Double = 0
  ) {
    require(factor > 0 && factor < 1, "ReduceOnPlateau: factor \(factor) is not between 0 and 1")
    require(
      patience >= 0 && cooldown >= 0, "ReduceOnPlateau: patience \(patience), cooldown \(cooldown); neither is negative"
    )
    self.monitor = Monitor(monitor, goal)
    best = self.monitor.worst
    self.factor = factor
    self.patience = patience
    self.minimumChange = minimumChange
    self.cooldown = cooldown
    self.minimumRate = minimumRate
  }

  /// Goes on where another one was.
  public mutating func resume(best: Double, wait: Int, coolingDown: Int) {
    (self.best, self.wait, self.coolingDown) = (best, wait, coolingDown)
  }

  /// The learning rate to use from now on, after the monitored value came to `value`.
  public mutating func rate(_ rate: Double, after value: Double) -> Double {
    if coolingDown > 0 {
      coolingDown -= 1
      wait = 0
    }
    if monitor.isBetter(value, than: best, by: minimumChange) {
      best = value
      wait = 0
      return rate
    }
    if coolingDown > 0 { return rate }
    wait += 1
    if wait < patience || rate <= minimumRate { return rate }
    coolingDown = cooldown
    wait = 0
    return max(rate * factor, minimumRate)
  }
}
