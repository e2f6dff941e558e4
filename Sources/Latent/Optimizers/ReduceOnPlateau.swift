import LatentKernels

/// Lowers the learning rate when a value has stopped to fall, as Keras's ReduceLROnPlateau does.
///
/// A value that is lower than the best so far by more than `minimumChange` is an improvement. After `patience` values in
/// a row without one the rate is multiplied by `factor`; after that, the next `cooldown` values start
/// no new row, except that the last of them counts again (as in Keras).
///
///     var plateau = ReduceOnPlateau(patience: 5)
///     ... after each epoch: optimizer.learningRate = plateau.rate(optimizer.learningRate, after: validationLoss)
public struct ReduceOnPlateau: Sendable, Equatable {
  /// What the rate is multiplied by.
  public let factor: Double
  /// Values in a row without an improvement before the rate falls.
  public let patience: Int
  /// By how much a value must be lower than the best to count as better.
  public let minimumChange: Double
  /// Values after a fall that start no new row.
  public let cooldown: Int
  /// The rate does not fall below this.
  public let minimumRate: Double
  /// The lowest value so far.
  public private(set) var best = Double.infinity
  /// Values in a row without an improvement.
  public private(set) var wait = 0
  /// Values of the cooldown that are left.
  public private(set) var coolingDown = 0

  /// The defaults are Keras's.
  public init(
    factor: Double = 0.1, patience: Int = 10, minimumChange: Double = 1e-4, cooldown: Int = 0, minimumRate: Double = 0
  ) {
    require(factor > 0 && factor < 1, "ReduceOnPlateau: factor \(factor) is not between 0 and 1")
    require(
      patience >= 0 && cooldown >= 0, "ReduceOnPlateau: patience \(patience), cooldown \(cooldown); neither is negative"
    )
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
    if value < best - minimumChange {
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
