import CLatentKernels

/// Normalisation of rows and columns, and dropout; formulas and sources in `normalization.inc.h`, `dropout.inc.h`.
extension Storage {
  /// self = each row of x [rows, C] with mean 0 and variance 1, times gamma [C], plus beta [C].
  ///
  /// - Parameter statistics: [rows, 2], gets each row's mean and 1 / sqrt(variance + epsilon)
  public func assignLayerNorm(of x: Storage, gamma: Storage, beta: Storage, epsilon: Double, statistics: Storage) {
    let (rows, columns) = checkRows("layer normalisation", x, [gamma, beta])
    require(
      statistics.count == 2 * rows && statistics.element == element,
      "layer normalisation: statistics of \(statistics.count) \(statistics.element) for \(rows) rows")
    let loop = operations.layer_norm
    Threads.cutRows(rows, of: columns, least: Threads.leastResults) {
      loop(
        x.pointer(at: $0.lowerBound * columns), gamma.pointer, beta.pointer, epsilon,
        statistics.mutablePointer(at: 2 * $0.lowerBound), mutablePointer(at: $0.lowerBound * columns), $0.count, columns
      )
    }
  }

  /// Adds to gammaGradient and betaGradient [C] and overwrites inputGradient [rows, C], if given, the first two together;
  /// self is the upstream gradient [rows, C].
  public func layerNormGradients(
    x: Storage, gamma: Storage, statistics: Storage, gammaGradient: Storage?, betaGradient: Storage?,
    inputGradient: Storage?
  ) {
    let sums = [gammaGradient, betaGradient].compactMap(\.self)
    require(sums.count != 1, "layer normalisation gradient: of one of gamma and beta alone")
    let (rows, columns) = checkRows("layer normalisation gradient", x, [gamma] + sums)
    if let inputGradient { check("layer normalisation gradient", inputGradient) }
    operations.layer_norm_backward(
      x.pointer, gamma.pointer, statistics.pointer, pointer, gammaGradient?.mutablePointer,
      betaGradient?.mutablePointer,
      inputGradient?.mutablePointer, rows, columns)
  }

  /// The mean and the variance (divided by the number of rows) of each column of this [rows, C] go to mean and variance
  /// [C].
  public func columnMoments(mean: Storage, variance: Storage) {
    let (rows, columns) = checkRows("column moments", self, [mean, variance])
    operations.column_moments(pointer, rows, columns, mean.mutablePointer, variance.mutablePointer)
  }

  /// self = (x - mean) / sqrt(variance + epsilon) gamma + beta, column by column: x [rows, C], the others [C].
  public func assignBatchNorm(
    of x: Storage, mean: Storage, variance: Storage, gamma: Storage, beta: Storage, epsilon: Double
  ) {
    let (rows, columns) = checkRows("batch normalisation", x, [mean, variance, gamma, beta])
    let loop = operations.batch_norm
    Threads.cutRows(rows, of: columns) {
      loop(
        x.pointer(at: $0.lowerBound * columns), mean.pointer, variance.pointer, gamma.pointer, beta.pointer, epsilon,
        mutablePointer(at: $0.lowerBound * columns), $0.count, columns)
    }
  }

  /// Overwrites gammaGradient and betaGradient [C]; self is the upstream gradient [rows, C].
  public func batchNormGradients(
    x: Storage, mean: Storage, variance: Storage, epsilon: Double, gammaGradient: Storage, betaGradient: Storage
  ) {
    let (rows, columns) = checkRows("batch normalisation gradient", x, [mean, variance, gammaGradient, betaGradient])
    operations.batch_norm_sums(
      x.pointer, mean.pointer, variance.pointer, epsilon, pointer, gammaGradient.mutablePointer,
      betaGradient.mutablePointer, rows,
      columns)
  }

  /// self = the gradient of x [rows, C].
  ///
  /// - Parameter batch: where mean and variance are those of a batch that x is all or a part of: the gradients [C] of gamma
  ///   and beta that all of it gives, and its rows; nil where they are constants
  public func assignBatchNormInputGradient(
    upstream: Storage, x: Storage, mean: Storage, variance: Storage, gamma: Storage, epsilon: Double,
    batch: (gammaGradient: Storage, betaGradient: Storage, rows: Int)?
  ) {
    let operation = "batch normalisation gradient"
    let sums = batch.map { [$0.gammaGradient, $0.betaGradient] } ?? []
    let (rows, columns) = checkRows(operation, x, [mean, variance, gamma] + sums)
    check(operation, upstream)
    operations.batch_norm_backward(
      x.pointer, mean.pointer, variance.pointer, gamma.pointer, epsilon, upstream.pointer,
      batch?.gammaGradient.pointer, batch?.betaGradient.pointer, Double(batch?.rows ?? 0), mutablePointer, rows, columns
    )
  }

  /// self = x / (1 - rate), or 0 with a probability of `rate`: element c of row r is judged by word c of stream
  /// `streams[r]` of the generator `key`.
  public func assignDropout(of x: Storage, rate: Double, key: UInt64, streams: [UInt64]) {
    check("dropout", x)
    require(
      rate >= 0 && rate < 1 && !streams.isEmpty && count % streams.count == 0,
      "dropout: a rate of \(rate), \(count) elements in \(streams.count) rows")
    let threshold = UInt32(min((rate * 0x1p32).rounded(), 0x1p32 - 1))
    let (loop, columns) = (operations.dropout, count / streams.count)
    Threads.cutRows(streams.count, of: columns, least: Threads.leastResults) { rows in
      streams.withUnsafeBufferPointer {
        guard let first = $0.baseAddress else { return }
        let start = rows.lowerBound * columns
        loop(
          key, first + rows.lowerBound, threshold, 1 / (1 - rate), x.pointer(at: start), mutablePointer(at: start),
          rows.count,
          columns)
      }
    }
  }

  private func checkRows(_ operation: String, _ x: Storage, _ columns: [Storage]) -> (rows: Int, columns: Int) {
    check(operation, x)
    let width = columns[0].count
    require(
      width > 0 && count % width == 0 && columns.allSatisfy { $0.count == width && $0.element == element },
      "\(operation): \(count) elements of \(element) are not rows of \(columns.map { "\($0.count) \($0.element)" })")
    return (count / width, width)
  }
}
