import LatentKernels

/// Batch normalisation of the last axis (Ioffe & Szegedy 2015), as in Keras: n gamma + beta, where n is each channel with
/// mean 0 and variance 1.
///
/// In training (``Pass/isTraining``) a batch is normalised by its own statistics, and the running averages become
/// momentum average + (1 - momentum) statistics after the step; evaluation uses the running averages. These are buffers:
/// no optimizer changes them, and model files hold them. A batch that is cut into shards is normalised by the statistics of
/// all of it, whatever the number of shards. A frozen layer (``Module/frozen``) uses the running averages in training too.
public struct BatchNorm: Layer {
  /// [C]
  public var gamma: Parameter
  /// [C]; nil where nothing is added
  public var beta: Parameter?
  /// The average of the batches' means, [C]; 0 at first.
  public var runningMean: Buffer
  /// The average of the batches' variances, [C]; 1 at first.
  public var runningVariance: Buffer
  /// How much of the running averages each update keeps.
  public let momentum: Double
  /// Added to the variance before the square root.
  public let epsilon: Double

  /// gamma is 1 and beta 0 at first.
  ///
  /// - Parameter hasBias: whether beta is learned
  public init(
    size: Int, momentum: Double = 0.99, epsilon: Double = 1e-3, hasBias: Bool = true, element: ElementType = .float32
  ) {
    require(
      size > 0 && epsilon > 0 && (0...1).contains(momentum),
      "BatchNorm: the size \(size) and epsilon \(epsilon) must be positive, momentum \(momentum) in 0...1")
    gamma = Parameter(Tensor(repeating: 1, shape: [size], element: element))
    beta = hasBias ? Parameter(Tensor(zeros: [size], element: element)) : nil
    runningMean = Buffer(Tensor(zeros: [size], element: element))
    runningVariance = Buffer(Tensor(repeating: 1, shape: [size], element: element))
    self.momentum = momentum
    self.epsilon = epsilon
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("gamma", &gamma)
    visitor.visit("beta", &beta)
    visitor.visit("runningMean", &runningMean)
    visitor.visit("runningVariance", &runningVariance)
  }

  /// x [..., C] -> [..., C]
  public func callAsFunction(_ x: Variable) -> Variable {
    let tape = x.tape
    let isTraining = tape.pass.isTraining && !runningMean.isFrozen
    let running = BatchStatistics(mean: runningMean.value, variance: runningVariance.value)
    let (y, used) = batchNorm(
      x, gamma: gamma.on(tape), beta: beta.on(tape, zeros: gamma.value.shape, gamma.value.element),
      statistics: isTraining ? nil : running,
      epsilon: epsilon)
    if isTraining {
      tape.set(runningMean, to: average(runningMean.value, used.mean, tape))
      tape.set(runningVariance, to: average(runningVariance.value, used.variance, tape))
    }
    return y
  }

  private func average(_ running: Tensor, _ new: Tensor, _ tape: Tape) -> Tensor {
    let next = tape.makeTensor(running.shape, element: running.element)
    next.storage.assign(running.storage)
    next.storage.move(toward: new.storage, by: 1 - momentum)
    return next
  }
}
