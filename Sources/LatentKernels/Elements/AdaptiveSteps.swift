import CLatentKernels

/// One step of further optimizers over a block of weights; formulas and sources in `optimizers/adaptive.inc.h` and
/// `optimizers/lamb.inc.h`. A `rate` holds the bias corrections already; `decay` is the part of each weight that it loses.
extension Storage {
  /// Adagrad; `inside` and `outside` are added to the sum of squares, and to its root.
  public func adagradStep(gradient: Storage, sum: Storage, rate: Double, inside: Double, outside: Double) {
    for other in [gradient, sum] { check("Adagrad", other) }
    operations.optimizers.adagrad(
      mutablePointer, gradient.pointer, sum.mutablePointer, count, rate, inside, outside)
  }

  /// Adadelta; `meanChange` is the running mean of the changes' squares.
  public func adadeltaStep(
    gradient: Storage, meanSquare: Storage, meanChange: Storage, rate: Double, rho: Double, epsilon: Double
  ) {
    for other in [gradient, meanSquare, meanChange] { check("Adadelta", other) }
    operations.optimizers.adadelta(
      mutablePointer, gradient.pointer, meanSquare.mutablePointer, meanChange.mutablePointer, count, rate, rho, epsilon)
  }

  /// NAdam; `gradientRate` is the rate of the gradient itself beside that of its running mean.
  public func nadamStep(
    gradient: Storage, first: Storage, second: Storage, rate: Double, gradientRate: Double, beta1: Double,
    beta2: Double, epsilon: Double, decay: Double = 0
  ) {
    for other in [gradient, first, second] { check("NAdam", other) }
    operations.optimizers.nadam(
      mutablePointer, gradient.pointer, first.mutablePointer, second.mutablePointer, count, rate, gradientRate, beta1,
      beta2, epsilon, decay)
  }

  /// RAdam's step along the first moment alone.
  public func radamWarmUpStep(
    gradient: Storage, first: Storage, second: Storage, rate: Double, beta1: Double, beta2: Double, decay: Double = 0
  ) {
    for other in [gradient, first, second] { check("RAdam", other) }
    operations.optimizers.radam_warm_up(
      mutablePointer, gradient.pointer, first.mutablePointer, second.mutablePointer, count, rate, beta1, beta2, decay)
  }

  /// LAMB's moments; self are the weights, which stay.
  ///
  /// - Returns: the sum of the squares of the direction scale m / (sqrt(v) + epsilon) + decay w
  public func lambMoments(
    gradient: Storage, first: Storage, second: Storage, beta1: Double, beta2: Double, scale: Double, epsilon: Double,
    decay: Double
  ) -> Double {
    for other in [gradient, first, second] { check("LAMB", other) }
    return operations.optimizers.lamb_moments(
      pointer, gradient.pointer, first.mutablePointer, second.mutablePointer, count, beta1, beta2, scale, epsilon, decay
    )
  }

  /// LAMB's step along the direction of the moments.
  public func lambStep(
    first: Storage, second: Storage, rate: Double, scale: Double, epsilon: Double, decay: Double
  ) {
    for other in [first, second] { check("LAMB", other) }
    operations.optimizers.lamb(mutablePointer, first.pointer, second.pointer, count, rate, scale, epsilon, decay)
  }
}
