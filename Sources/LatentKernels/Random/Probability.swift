import CLatentKernels

/// Losses and the Gaussian latent of a variational auto-encoder; formulas and sources in `loss.inc.h`, `gaussian.inc.h`.
extension Storage {
  /// Binary cross-entropy of these logits against targets in 0...1, summed; nats.
  public func binaryCrossEntropy(logitsAgainst targets: Storage) -> Double {
    check("binary cross-entropy", targets)
    return Storage.sum(operations.bce_logits, self, targets)
  }

  /// self = scale * d(binary cross-entropy)/d(logits)
  public func assignBinaryCrossEntropyGradient(logits: Storage, targets: Storage, scale: Double) {
    check("binary cross-entropy gradient", logits)
    check("binary cross-entropy gradient", targets)
    let loop = operations.bce_logits_backward
    Threads.cut(count, least: Threads.leastResults) {
      loop(
        logits.pointer(at: $0.lowerBound), targets.pointer(at: $0.lowerBound), scale, mutablePointer(at: $0.lowerBound),
        $0.count)
    }
  }

  /// Binary cross-entropy of these probabilities, clipped to [1e-7, 1 - 1e-7], summed; nats.
  public func binaryCrossEntropy(probabilitiesAgainst targets: Storage) -> Double {
    check("binary cross-entropy", targets)
    return Storage.sum(operations.bce_probabilities, self, targets)
  }

  /// self = scale * d(binary cross-entropy)/d(probabilities)
  public func assignBinaryCrossEntropyGradient(probabilities: Storage, targets: Storage, scale: Double) {
    check("binary cross-entropy gradient", probabilities)
    check("binary cross-entropy gradient", targets)
    let loop = operations.bce_probabilities_backward
    Threads.cut(count, least: Threads.leastResults) {
      loop(
        probabilities.pointer(at: $0.lowerBound), targets.pointer(at: $0.lowerBound), scale,
        mutablePointer(at: $0.lowerBound), $0.count)
    }
  }

  /// The sum of squared differences.
  public func squaredError(against targets: Storage) -> Double {
    check("squared error", targets)
    return Storage.sum(operations.squared_error, self, targets)
  }

  /// self = scale * d(squared error)/dx
  public func assignSquaredErrorGradient(_ x: Storage, targets: Storage, scale: Double) {
    check("squared error gradient", x)
    check("squared error gradient", targets)
    let loop = operations.squared_error_backward
    Threads.cut(count) {
      loop(
        x.pointer(at: $0.lowerBound), targets.pointer(at: $0.lowerBound), scale, mutablePointer(at: $0.lowerBound),
        $0.count)
    }
  }

  /// self = mean + exp(logVariance / 2) noise
  public func assignGaussianSample(mean: Storage, logVariance: Storage, noise: Storage) {
    for other in [mean, logVariance, noise] { check("Gaussian sample", other) }
    let loop = operations.gaussian_sample
    Threads.cut(count, least: Threads.leastResults) {
      loop(
        mean.pointer(at: $0.lowerBound), logVariance.pointer(at: $0.lowerBound), noise.pointer(at: $0.lowerBound),
        mutablePointer(at: $0.lowerBound), $0.count)
    }
  }

  /// self = d(sample)/d(logVariance) * upstream
  public func assignGaussianSampleGradient(logVariance: Storage, noise: Storage, upstream: Storage) {
    for other in [logVariance, noise, upstream] { check("Gaussian sample gradient", other) }
    let loop = operations.gaussian_sample_backward
    Threads.cut(count, least: Threads.leastResults) {
      loop(
        logVariance.pointer(at: $0.lowerBound), noise.pointer(at: $0.lowerBound), upstream.pointer(at: $0.lowerBound),
        mutablePointer(at: $0.lowerBound), $0.count)
    }
  }

  /// KL(N(self, exp(logVariance)) || N(0, 1)), summed; nats.
  public func standardNormalDivergence(logVariance: Storage) -> Double {
    check("KL divergence", logVariance)
    return Storage.sum(operations.kl_standard_normal, self, logVariance)
  }

  /// The divergence's gradients for the mean and the log-variance, times scale.
  public static func assignStandardNormalDivergenceGradients(
    mean: Storage, logVariance: Storage, scale: Double, meanGradient: Storage, logVarianceGradient: Storage
  ) {
    for other in [logVariance, meanGradient, logVarianceGradient] { mean.check("KL gradient", other) }
    let loop = mean.operations.kl_standard_normal_backward
    Threads.cut(mean.count, least: Threads.leastResults) {
      loop(
        mean.pointer(at: $0.lowerBound), logVariance.pointer(at: $0.lowerBound), scale,
        meanGradient.mutablePointer(at: $0.lowerBound), logVarianceGradient.mutablePointer(at: $0.lowerBound), $0.count)
    }
  }

  /// Fills rows of `columns` standard normal numbers, row r from stream `streams[r]` of the generator `key`.
  public func fillNormal(key: UInt64, streams: [UInt64], columns: Int) {
    require(
      streams.count * columns == count, "normal noise: \(streams.count) rows of \(columns) for \(count) elements")
    let loop = operations.normal_noise
    fillRows(streams, of: columns, least: Threads.leastResults / 4) { stream, first, noise, rows, columns in
      loop(key, stream, first, noise, rows, columns)
    }
  }

  /// Fills rows of `columns` numbers uniform in low...high, row r from stream `streams[r]` of the generator `key`.
  public func fillUniform(key: UInt64, streams: [UInt64], columns: Int, low: Double, high: Double) {
    require(
      streams.count * columns == count, "uniform noise: \(streams.count) rows of \(columns) for \(count) elements")
    let loop = operations.uniform_noise
    fillRows(streams, of: columns, least: Threads.leastResults) { stream, first, noise, rows, columns in
      loop(key, stream, first, low, high, noise, rows, columns)
    }
  }

  /// Fills with numbers uniform in low...high from the generator `key`.
  public func fillUniform(key: UInt64, low: Double, high: Double) {
    fillUniform(key: key, streams: [0], columns: count, low: low, high: high)
  }

  /// Calls `body` with runs of rows, or with pieces of a single one, on as many threads as are free: with their streams, the column that
  /// they begin at, and where they lie.
  private func fillRows(
    _ streams: [UInt64], of columns: Int, least: Int,
    _ body:
      @Sendable (
        _ stream: UnsafePointer<UInt64>, _ first: Int, _ noise: UnsafeMutableRawPointer, _ rows: Int, _ columns: Int
      ) -> Void
  ) {
    @Sendable func fill(_ rows: Range<Int>, _ piece: Range<Int>) {
      streams.withUnsafeBufferPointer {
        guard let first = $0.baseAddress else { return }
        body(
          first + rows.lowerBound, piece.lowerBound, mutablePointer(at: rows.lowerBound * columns + piece.lowerBound),
          rows.count, piece.count)
      }
    }
    if streams.count == 1 {
      Threads.cut(columns, least: least) { fill(0..<1, $0) }
    } else {
      Threads.cutRows(streams.count, of: columns, least: least) { fill($0, 0..<columns) }
    }
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
    operations.gather_bytes(base, rows, mutablePointer, rows.count, columns, scale)
  }

  /// A number made from all elements of two operands, in blocks.
  private static func sum(
    _ loop: @escaping @convention(c) (UnsafeRawPointer, UnsafeRawPointer, Int) -> Double, _ a: Storage, _ b: Storage
  ) -> Double {
    addBlocks(a.count) { loop(a.pointer(at: $0.lowerBound), b.pointer(at: $0.lowerBound), $0.count) }
  }
}
