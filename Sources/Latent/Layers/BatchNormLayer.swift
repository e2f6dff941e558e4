import LatentKernels

/// Batch normalisation of the last axis (Ioffe & Szegedy 2015), as in Keras: n gamma + beta, where n is each channel with
/// mean 0 and variance 1.
///
/// While training, a batch is normalised by its own statistics, which are returned beside the result; whoever owns the
/// model adds them to the running averages. Nothing changes behind a call, so a layer is a value like any other:
///
///     let (y, statistics) = model.norm.normalizingBatch(x)      // training
///     model.norm.update(with: statistics)                       // after the step
///     let z = model.norm(x)                                     // evaluation: by the running averages
///
/// The running averages are no parameters: `visit` does not show them, and optimizers and model files do not see them.
/// In a batch that is cut into shards, each shard is normalised by its own statistics.
public struct BatchNorm: Module {
  /// [C]
  public var gamma: Parameter
  /// [C]
  public var beta: Parameter
  /// Averages over the batches that were seen, each [C]; mean 0 and variance 1 at first.
  public var runningStatistics: BatchStatistics
  /// How much of the running averages each update keeps.
  public let momentum: Double
  /// Added to the variance before the square root.
  public let epsilon: Double

  /// gamma is 1 and beta 0 at first.
  public init(size: Int, momentum: Double = 0.99, epsilon: Double = 1e-3, element: ElementType = .float32) {
    require(
      size > 0 && epsilon > 0 && (0...1).contains(momentum),
      "BatchNorm: the size \(size) and epsilon \(epsilon) must be positive, momentum \(momentum) in 0...1")
    gamma = Parameter(Tensor(repeating: 1, shape: [size], element: element))
    beta = Parameter(Tensor(zeros: [size], element: element))
    runningStatistics = BatchStatistics(
      mean: Tensor(zeros: [size], element: element), variance: Tensor(repeating: 1, shape: [size], element: element))
    self.momentum = momentum
    self.epsilon = epsilon
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("gamma", &gamma)
    visitor.visit("beta", &beta)
  }

  /// By the running averages: x [..., C] -> [..., C]
  public func callAsFunction(_ x: Variable) -> Variable {
    batchNorm(
      x, gamma: gamma.on(x.tape), beta: beta.on(x.tape), statistics: runningStatistics, epsilon: epsilon
    ).y
  }

  /// By the batch's own statistics, for training: x [..., C] -> y [..., C] and the statistics.
  public func normalizingBatch(_ x: Variable) -> (y: Variable, statistics: BatchStatistics) {
    batchNorm(x, gamma: gamma.on(x.tape), beta: beta.on(x.tape), epsilon: epsilon)
  }

  /// Running averages = momentum running averages + (1 - momentum) statistics.
  public mutating func update(with statistics: BatchStatistics) {
    func average(_ running: inout Tensor, _ new: Tensor) {
      require(
        running.shape == new.shape && running.element == new.element,
        "BatchNorm.update: statistics \(new.shape) of \(new.element) for \(running.shape) of \(running.element)")
      running.storage.makeUnique()
      running.storage.assign(new.storage, times: 1 - momentum, adding: momentum)
    }
    average(&runningStatistics.mean, statistics.mean)
    average(&runningStatistics.variance, statistics.variance)
  }
}
