import LatentKernels

// As in Losses.swift: summed over all axes but the first and averaged over the first, the batch.

/// Absolute error: the sum of |x - y|; units per example.
///
///     x, targets [B, ...]   d/dx = sign(x - y) / B
public func absoluteError(_ x: Variable, targets: Tensor) -> Variable {
  meanOverBatch((x - checked("absoluteError", x, targets)).abs())
}

/// Huber's loss (Huber 1964): squared for small differences, (x - y)^2 / 2, and linear from `delta` on,
/// delta (|x - y| - delta / 2).
///
///     x, targets [B, ...]   d/dx = the difference, clipped to -delta...delta, / B
public func huber(_ x: Variable, targets: Tensor, delta: Double = 1) -> Variable {
  require(delta > 0, of: [x], "huber: delta \(delta) must be positive")
  let difference = x - checked("huber", x, targets)
  // With c the clipped difference, both pieces are c d - c^2 / 2, and c's own gradient cancels, but not its second one.
  var clipped = difference.clipped(to: -delta...delta)
  if !x.tape.isDifferentiatedAgain { clipped = clipped.detached() }
  return meanOverBatch(clipped * difference - 0.5 * clipped.squared())
}

/// -log N(targets; mean, exp(logVariance)), nats per example: (log 2 pi + logVariance + (y - mean)^2 / exp(logVariance)) / 2,
/// summed.
///
/// - Parameters:
///   - mean: [B, ...]
///   - logVariance: of the mean's shape, or one that is repeated to it: learned, or a constant for a fixed variance
///   - targets: [B, ...]
public func gaussianNegativeLogLikelihood(mean: Variable, logVariance: Variable, targets: Tensor) -> Variable {
  let difference = mean - checked("gaussianNegativeLogLikelihood", mean, targets)
  require(
    Shape.isRepeated(logVariance.shape, to: mean.shape), of: [mean, logVariance],
    "gaussianNegativeLogLikelihood: log-variance \(logVariance.shape) can't be repeated to the mean's \(mean.shape)")
  let logTwoPi = 1.8378770664093453
  return meanOverBatch(0.5 * (difference.squared() * (-logVariance).exp() + logVariance + logTwoPi))
}

/// KL(N(mean, exp(logVariance)) || N(otherMean, exp(otherLogVariance))) of diagonal Gaussians, nats per example:
/// (otherLogVariance - logVariance + (exp(logVariance) + (mean - otherMean)^2) / exp(otherLogVariance) - 1) / 2, summed.
///
///     all [B, Z]
public func gaussianDivergence(
  mean: Variable, logVariance: Variable, from otherMean: Variable, _ otherLogVariance: Variable
) -> Variable {
  for other in [logVariance, otherMean, otherLogVariance] {
    require(
      other.shape == mean.shape && (mean.shape.first ?? 0) > 0, of: [mean, logVariance, otherMean, otherLogVariance],
      "gaussianDivergence: the shapes \(mean.shape) and \(other.shape) differ or are empty")
  }
  let ratio = (logVariance.exp() + (mean - otherMean).squared()) * (-otherLogVariance).exp()
  return meanOverBatch(0.5 * (otherLogVariance - logVariance + ratio - 1))
}

private func checked(_ name: String, _ x: Variable, _ targets: Tensor) -> Variable {
  require(
    x.shape == targets.shape && x.tensor.element == targets.element && (x.shape.first ?? 0) > 0, of: [x],
    "\(name): \(x.shape) of \(x.tensor.element) against targets \(targets.shape) of \(targets.element)"
      + "; both must be alike, and have examples")
  return x.tape.constant(targets)
}

func meanOverBatch(_ x: Variable) -> Variable { 1 / Double(x.shape.first ?? 1) * x.sum() }
