import LatentKernels

/// What batch normalisation subtracts and divides by: for each channel the mean and the variance, each [C].
public struct BatchStatistics: Sendable {
  /// The mean of each channel.
  public var mean: Tensor
  /// Divided by the number of rows, not by one less.
  public var variance: Tensor

  public init(mean: Tensor, variance: Tensor) {
    require(
      mean.shape == variance.shape && mean.shape.count == 1,
      "BatchStatistics: mean \(mean.shape) and variance \(variance.shape) are not [C]")
    self.mean = mean
    self.variance = variance
  }

  /// Those of x [..., C], in the workspace's memory or else the system's.
  public init(of x: Tensor, workspace: Workspace? = nil) {
    let columns = x.shape.last ?? 0
    require(x.count > 0, "BatchStatistics: the shape \(x.shape) is not [..., C] with elements in it")
    mean = Tensor(uninitialized: [columns], element: x.element, workspace: workspace)
    variance = Tensor(uninitialized: [columns], element: x.element, workspace: workspace)
    x.storage.columnMoments(mean: mean.storage, variance: variance.storage)
  }
}

/// Batch normalisation of the last axis (Ioffe & Szegedy 2015), by the batch's own statistics or by given ones.
///
///     x, y [..., C]   gamma, beta [C]   n = (x - mean) / sqrt(variance + epsilon), of each channel   y = n gamma + beta
///     dgamma = sum of dy n   dbeta = sum of dy
///     dx = gamma (dy - dbeta / rows - n dgamma / rows) / sqrt(...); given statistics: dx = gamma dy / sqrt(...)
///
/// Where the batch is cut into shards, its statistics, rows and sums are those of all of them.
///
/// - Parameter statistics: constants to use, as when a model is evaluated; nil takes the batch's own
/// - Returns: y, and the statistics that were used
public func batchNorm(
  _ x: Variable, gamma: Variable, beta: Variable, statistics: BatchStatistics? = nil, epsilon: Double = 1e-3
) -> (y: Variable, statistics: BatchStatistics) {
  checkNormalization("batchNorm", x, gamma, beta)
  if x.tape.isDifferentiatedAgain { return composedBatchNorm(x, gamma, beta, statistics, epsilon) }
  let batch = statistics == nil ? BatchMoments(of: x, for: [gamma, beta]) : nil
  let used = statistics ?? batch!.statistics
  let (input, scale, element) = (x.tensor.storage, gamma.tensor.storage, x.tensor.element)
  require(
    used.mean.shape == gamma.shape && [used.mean, used.variance].allSatisfy { $0.element == element },
    of: [x, gamma, beta],
    "batchNorm: statistics \(used.mean.shape) of \(used.mean.element) for x \(x.shape) of \(element)"
      + "; they must be those of its last axis, in its element type")
  let (mean, variance, columns) = (used.mean.storage, used.variance.storage, gamma.tensor.count)
  let y = x.tape.makeTensor(x.shape, element: element)
  y.storage.assignBatchNorm(
    of: input, mean: mean, variance: variance, gamma: scale, beta: beta.tensor.storage, epsilon: epsilon)
  let output = x.tape.record("BatchNorm", inputs: [x, gamma, beta], output: y) { backward in
    let upstream = backward.upstream.storage
    let sums = Storage(count: 2 * columns, element: element, workspace: backward.workspace)
    upstream.batchNormGradients(
      x: input, mean: mean, variance: variance, epsilon: epsilon, gammaGradient: sums[0..<columns],
      betaGradient: sums[columns..<2 * columns])
    var batchSums = sums
    if let round = batch?.round {
      batchSums = Storage(count: 2 * columns, element: element, workspace: backward.workspace)
      round.exchange(sums, backward).assignSum(to: batchSums)
    }
    backward.accumulate(0) {
      $0.assignBatchNormInputGradient(
        upstream: upstream, x: input, mean: mean, variance: variance, gamma: scale, epsilon: epsilon,
        batch: batch.map { (batchSums[0..<columns], batchSums[columns..<2 * columns], rows: $0.rows) })
    }
    backward.add(Tensor(sums[0..<columns], shape: [columns]), to: 1)
    backward.add(Tensor(sums[columns..<2 * columns], shape: [columns]), to: 2)
  }
  return (output, used)
}

/// The same of operations whose gradients can be differentiated again.
private func composedBatchNorm(
  _ x: Variable, _ gamma: Variable, _ beta: Variable, _ statistics: BatchStatistics?, _ epsilon: Double
) -> (y: Variable, statistics: BatchStatistics) {
  let (axes, rows) = (Array(x.shape.indices.dropLast()), x.tensor.count / gamma.tensor.count)
  func batchMean(_ x: Variable) -> Variable { x.mean(axes: axes).averagedOverShards(examples: rows) }
  let mean = statistics.map { x.tape.constant($0.mean) } ?? batchMean(x)
  let centered = x - mean
  let variance = statistics.map { x.tape.constant($0.variance) } ?? batchMean(centered.squared())
  let y = centered / (variance + epsilon).squareRoot() * gamma + beta
  return (y, statistics ?? BatchStatistics(mean: mean.tensor, variance: variance.tensor))
}

/// The statistics of a batch, of which a tape may have a shard.
private struct BatchMoments {
  let statistics: BatchStatistics
  /// Of the whole batch.
  let rows: Int
  /// How they were found where there are other shards.
  let round: ShardRound?

  /// - Parameter layer: the layer's parameters
  init(of x: Variable, for layer: [Variable]) {
    let (columns, workspace) = (x.shape.last!, x.tape.workspace)
    let rows = x.tensor.count / columns
    let own = Storage(count: 2 * columns, element: x.tensor.element, workspace: workspace)
    let (mean, variance) = (own[0..<columns], own[columns..<2 * columns])
    x.tensor.storage.columnMoments(mean: mean, variance: variance)
    round = x.tape.exchange(own, count: rows, as: "BatchNorm", of: layer)
    self.rows = round?.all.examples ?? rows
    if let round { BatchMoments.merge(round.all, mean: mean, variance: variance, workspace: workspace) }
    statistics = BatchStatistics(mean: Tensor(mean, shape: [columns]), variance: Tensor(variance, shape: [columns]))
  }

  /// The moments of a batch from those of its shards:
  ///
  ///     mean = sum of rows_s mean_s / rows     variance = sum of rows_s (variance_s + (mean_s - mean)^2) / rows
  private static func merge(_ shards: [ShardFinding], mean: Storage, variance: Storage, workspace: Workspace?) {
    let (columns, total) = (mean.count, Double(shards.examples))
    for (shard, finding) in shards.enumerated() {
      let share = Double(finding.count) / total
      mean.assign(finding.values[0..<columns], times: share, adding: shard == 0 ? 0 : 1)
    }
    let spread = Storage(count: columns, element: mean.element, workspace: workspace)
    for (shard, finding) in shards.enumerated() {
      spread.assign(.subtract, finding.values[0..<columns], mean)
      spread.assign(.multiply, spread, spread)
      spread.assign(.add, spread, finding.values[columns..<2 * columns])
      variance.assign(spread, times: Double(finding.count) / total, adding: shard == 0 ? 0 : 1)
    }
  }
}
