import LatentKernels

/// Layer normalisation over the last axis (Ba, Kiros & Hinton 2016).
///
///     x, y [..., C]   gamma, beta [C]   n = (x - mean) / sqrt(variance + epsilon), of each row   y = n gamma + beta
///     dgamma = sum of dy n   dbeta = sum of dy   g = dy gamma   dx = (g - mean(g) - n mean(g n)) / sqrt(...)
public func layerNorm(_ x: Variable, gamma: Variable, beta: Variable, epsilon: Double = 1e-3) -> Variable {
  checkNormalization("layerNorm", x, gamma, beta)
  let (input, scale, element) = (x.tensor.storage, gamma.tensor.storage, x.tensor.element)
  let columns = gamma.tensor.count
  let y = x.tape.makeTensor(x.shape, element: element)
  let statistics = x.tape.makeTensor([input.count / columns, 2], element: element).storage
  y.storage.assignLayerNorm(
    of: input, gamma: scale, beta: beta.tensor.storage, epsilon: epsilon, statistics: statistics)
  return x.tape.record("LayerNorm", inputs: [x, gamma, beta], output: y) { backward in
    let upstream = backward.upstream.storage
    let gradients = Storage(count: 2 * columns, element: element, workspace: backward.workspace)
    gradients.fill(0)
    let (dGamma, dBeta) = (gradients[0..<columns], gradients[columns..<2 * columns])
    func walkBack(_ dx: Storage?) {
      upstream.layerNormGradients(
        x: input, gamma: scale, statistics: statistics, gammaGradient: dGamma, betaGradient: dBeta, inputGradient: dx)
    }
    if backward.needs(0) { backward.accumulate(0) { walkBack($0) } } else { walkBack(nil) }
    backward.add(Tensor(dGamma, shape: [columns]), to: 1)
    backward.add(Tensor(dBeta, shape: [columns]), to: 2)
  }
}

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
/// - Parameter statistics: constants to use, as when a model is evaluated; nil takes the batch's own
/// - Returns: y, and the statistics that were used
public func batchNorm(
  _ x: Variable, gamma: Variable, beta: Variable, statistics: BatchStatistics? = nil, epsilon: Double = 1e-3
) -> (y: Variable, statistics: BatchStatistics) {
  checkNormalization("batchNorm", x, gamma, beta)
  let used = statistics ?? BatchStatistics(of: x.tensor, workspace: x.tape.workspace)
  let (input, scale, element) = (x.tensor.storage, gamma.tensor.storage, x.tensor.element)
  require(
    used.mean.shape == gamma.shape && [used.mean, used.variance].allSatisfy { $0.element == element },
    of: [x, gamma, beta],
    "batchNorm: statistics \(used.mean.shape) of \(used.mean.element) for x \(x.shape) of \(element)")
  let (mean, variance, columns) = (used.mean.storage, used.variance.storage, gamma.tensor.count)
  let isOwn = statistics == nil
  let y = x.tape.makeTensor(x.shape, element: element)
  y.storage.assignBatchNorm(
    of: input, mean: mean, variance: variance, gamma: scale, beta: beta.tensor.storage, epsilon: epsilon)
  let output = x.tape.record("BatchNorm", inputs: [x, gamma, beta], output: y) { backward in
    let upstream = backward.upstream.storage
    let gradients = Storage(count: 2 * columns, element: element, workspace: backward.workspace)
    let (dGamma, dBeta) = (gradients[0..<columns], gradients[columns..<2 * columns])
    func walkBack(_ dx: Storage?) {
      upstream.batchNormGradients(
        x: input, mean: mean, variance: variance, gamma: scale, epsilon: epsilon, ownStatistics: isOwn,
        gammaGradient: dGamma, betaGradient: dBeta, inputGradient: dx)
    }
    if backward.needs(0) { backward.accumulate(0) { walkBack($0) } } else { walkBack(nil) }
    backward.add(Tensor(dGamma, shape: [columns]), to: 1)
    backward.add(Tensor(dBeta, shape: [columns]), to: 2)
  }
  return (output, used)
}

private func checkNormalization(_ name: String, _ x: Variable, _ gamma: Variable, _ beta: Variable) {
  require(
    gamma.shape.count == 1 && beta.shape == gamma.shape && x.shape.last == gamma.shape[0] && x.tensor.count > 0,
    of: [x, gamma, beta],
    "\(name): x \(x.shape), gamma \(gamma.shape), beta \(beta.shape) do not fit [..., C], [C], [C]")
  let elements = [x, gamma, beta].map(\.tensor.element)
  require(
    Set(elements).count == 1, of: [x, gamma, beta],
    "\(name): x \(elements[0]), gamma \(elements[1]), beta \(elements[2]) differ")
}
