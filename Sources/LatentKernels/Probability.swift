import CLatentKernels

/// Losses and the Gaussian latent of a variational auto-encoder; formulas and sources in `loss.inc.h`, `gaussian.inc.h`.
extension Storage {
  /// Binary cross-entropy of these logits against targets in 0...1, summed; nats.
  public func binaryCrossEntropy(logitsAgainst targets: Storage) -> Double {
    check("binary cross-entropy", targets)
    return operations.bce_logits(pointer, targets.pointer, count)
  }

  /// self = scale * d(binary cross-entropy)/d(logits)
  public func assignBinaryCrossEntropyGradient(logits: Storage, targets: Storage, scale: Double) {
    check("binary cross-entropy gradient", logits)
    check("binary cross-entropy gradient", targets)
    operations.bce_logits_backward(logits.pointer, targets.pointer, scale, pointer, count)
  }

  /// Binary cross-entropy of these probabilities, clipped to [1e-7, 1 - 1e-7], summed; nats.
  public func binaryCrossEntropy(probabilitiesAgainst targets: Storage) -> Double {
    check("binary cross-entropy", targets)
    return operations.bce_probabilities(pointer, targets.pointer, count)
  }

  /// self = scale * d(binary cross-entropy)/d(probabilities)
  public func assignBinaryCrossEntropyGradient(probabilities: Storage, targets: Storage, scale: Double) {
    check("binary cross-entropy gradient", probabilities)
    check("binary cross-entropy gradient", targets)
    operations.bce_probabilities_backward(probabilities.pointer, targets.pointer, scale, pointer, count)
  }

  /// The sum of squared differences.
  public func squaredError(against targets: Storage) -> Double {
    check("squared error", targets)
    return operations.squared_error(pointer, targets.pointer, count)
  }

  /// self = scale * d(squared error)/dx
  public func assignSquaredErrorGradient(_ x: Storage, targets: Storage, scale: Double) {
    check("squared error gradient", x)
    check("squared error gradient", targets)
    operations.squared_error_backward(x.pointer, targets.pointer, scale, pointer, count)
  }

  /// self = mean + exp(logVariance / 2) noise
  public func assignGaussianSample(mean: Storage, logVariance: Storage, noise: Storage) {
    for other in [mean, logVariance, noise] { check("Gaussian sample", other) }
    operations.gaussian_sample(mean.pointer, logVariance.pointer, noise.pointer, pointer, count)
  }

  /// self = d(sample)/d(logVariance) * upstream
  public func assignGaussianSampleGradient(logVariance: Storage, noise: Storage, upstream: Storage) {
    for other in [logVariance, noise, upstream] { check("Gaussian sample gradient", other) }
    operations.gaussian_sample_backward(logVariance.pointer, noise.pointer, upstream.pointer, pointer, count)
  }

  /// KL(N(self, exp(logVariance)) || N(0, 1)), summed; nats.
  public func standardNormalDivergence(logVariance: Storage) -> Double {
    check("KL divergence", logVariance)
    return operations.kl_standard_normal(pointer, logVariance.pointer, count)
  }

  /// The divergence's gradients for the mean and the log-variance, times scale.
  public static func assignStandardNormalDivergenceGradients(
    mean: Storage, logVariance: Storage, scale: Double, meanGradient: Storage, logVarianceGradient: Storage
  ) {
    for other in [logVariance, meanGradient, logVarianceGradient] { mean.check("KL gradient", other) }
    mean.operations.kl_standard_normal_backward(
      mean.pointer, logVariance.pointer, scale, meanGradient.pointer, logVarianceGradient.pointer, mean.count)
  }

  /// Fills rows of `columns` standard normal numbers, row r from stream `streams[r]` of the generator `key`.
  public func fillNormal(key: UInt64, streams: [UInt64], columns: Int) {
    require(
      streams.count * columns == count, "normal noise: \(streams.count) rows of \(columns) for \(count) elements")
    operations.normal_noise(key, streams, pointer, streams.count, columns)
  }

  /// Fills with numbers uniform in low...high from the generator `key`.
  public func fillUniform(key: UInt64, low: Double, high: Double) {
    operations.uniform_noise(key, 0, low, high, pointer, count)
  }

  /// self[row, c] = pixels[indices[row] * columns + c] * scale
  public func gather(
    _ pixels: UnsafeBufferPointer<UInt8>, images indices: some RandomAccessCollection<Int>, columns: Int, scale: Double
  ) {
    let rows = indices.map(Int64.init)
    require(
      rows.count * columns == count && rows.allSatisfy { $0 >= 0 && (Int($0) + 1) * columns <= pixels.count },
      "gather: \(rows.count) images of \(columns) pixels into \(count) elements, from \(pixels.count) bytes")
    guard let base = pixels.baseAddress else { return }
    operations.gather_bytes(base, rows, pointer, rows.count, columns, scale)
  }
}
