import CLatentKernels

/// One optimizer step over a block of weights; formulas and sources in `optimizers/optimizer.inc.h`. A `rate` holds the bias
/// corrections already; `decay` is the part of each weight that it loses.
extension Storage {
  /// SGD with momentum, Keras's form, or Nesterov's.
  public func momentumStep(gradient: Storage, velocity: Storage, rate: Double, momentum: Double, nesterov: Bool) {
    for other in [gradient, velocity] { check("SGD", other) }
    operations.optimizers.sgd_momentum(
      mutablePointer, gradient.pointer, velocity.mutablePointer, count, rate, momentum, nesterov ? 1 : 0)
  }

  /// RMSprop: centered where there is a running `mean`, with momentum where there is a `velocity`.
  public func rmspropStep(
    gradient: Storage, meanSquare: Storage, mean: Storage?, velocity: Storage?, rate: Double, rho: Double,
    momentum: Double, epsilon: Double
  ) {
    for other in [gradient, meanSquare, mean ?? meanSquare, velocity ?? meanSquare] { check("RMSprop", other) }
    operations.optimizers.rmsprop(
      mutablePointer, gradient.pointer, meanSquare.mutablePointer, mean?.mutablePointer, velocity?.mutablePointer,
      count, rate, rho, momentum,
      epsilon)
  }

  /// Adam in Keras's form.
  public func adamStep(
    gradient: Storage, first: Storage, second: Storage, rate: Double, beta1: Double, beta2: Double, epsilon: Double,
    decay: Double = 0
  ) {
    for other in [gradient, first, second] { check("Adam", other) }
    operations.optimizers.adam(
      mutablePointer, gradient.pointer, first.mutablePointer, second.mutablePointer, count, rate, beta1, beta2, epsilon,
      decay)
  }

  /// AdaMax; `norm` is the decaying largest size of a gradient.
  public func adamaxStep(
    gradient: Storage, first: Storage, norm: Storage, rate: Double, beta1: Double, beta2: Double, epsilon: Double
  ) {
    for other in [gradient, first, norm] { check("AdaMax", other) }
    operations.optimizers.adamax(
      mutablePointer, gradient.pointer, first.mutablePointer, norm.mutablePointer, count, rate, beta1, beta2, epsilon)
  }

  /// Lion.
  public func lionStep(gradient: Storage, first: Storage, rate: Double, beta1: Double, beta2: Double, decay: Double) {
    for other in [gradient, first] { check("Lion", other) }
    operations.optimizers.lion(mutablePointer, gradient.pointer, first.mutablePointer, count, rate, beta1, beta2, decay)
  }
}
