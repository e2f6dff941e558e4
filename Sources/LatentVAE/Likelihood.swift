import Latent

/// How probable an example is, given what the decoder says: p(x | z).
///
/// It may have parameters of its own, which are trained with the model.
public protocol Likelihood: Module {
  /// -log p of each example, summed over its elements.
  ///
  /// - Parameters:
  ///   - output: the decoder's, [..., P]
  ///   - x: [..., P], repeated to the output's shape
  /// - Returns: [...]
  func negativeLogLikelihoods(_ output: Variable, of x: Variable) -> Variable

  /// Their mean over a batch: output and x [B, P], one number.
  func negativeLogLikelihood(_ output: Variable, of x: Tensor) -> Variable

  /// The most plausible example: output [..., P] -> numbers in the examples' range.
  func mean(_ output: Variable) -> Variable
}

extension Likelihood {
  public func negativeLogLikelihood(_ output: Variable, of x: Tensor) -> Variable {
    negativeLogLikelihoods(output, of: output.tape.constant(x)).mean()
  }

  /// There is nothing to train.
  public mutating func visit(_ visitor: inout ParameterVisitor) {}

  /// The decoder gives logits.
  public func mean(_ output: Variable) -> Variable { output.sigmoid() }
}

/// Independent Bernoulli pixels, whose logits the decoder gives: binary cross-entropy, nats. Of grey pixels in 0...1 it is
/// the cross-entropy, which is no likelihood but what is usually reported.
public struct BernoulliLikelihood: Likelihood {
  public init() {}

  /// log(1 + exp(l)) - l x
  public func negativeLogLikelihoods(_ output: Variable, of x: Variable) -> Variable {
    let sums = (output.softplus() - output * x).sum(axes: [-1])
    if sums.tensor.storage.isFinite() || !output.tensor.values.contains(where: \.isInfinite) { return sums }
    // An infinite logit gives inf - inf. As x log(1 + exp(-l)) + (1 - x) log(1 + exp(l)), without the part that is 0 times
    // something, it counts 0 where the pixel agrees and infinity where not.
    let (one, zero) = ((-output).softplus(), output.softplus())
    return x.select((1 - x).select(x * one + (1 - x) * zero, one), zero).sum(axes: [-1])
  }

  public func negativeLogLikelihood(_ output: Variable, of x: Tensor) -> Variable {
    binaryCrossEntropy(logits: output, targets: x)
  }
}

/// The squared error between pixels and the sigmoid of what the decoder gives: a Gaussian of variance 1/2, but for its
/// constant.
public struct SquaredErrorLikelihood: Likelihood {
  public init() {}

  /// sum of (x - sigmoid(l))^2
  public func negativeLogLikelihoods(_ output: Variable, of x: Variable) -> Variable {
    (mean(output) - x).squared().sum(axes: [-1])
  }

  public func negativeLogLikelihood(_ output: Variable, of x: Tensor) -> Variable {
    squaredError(mean(output), targets: x)
  }
}

/// Gaussian pixels around the sigmoid of what the decoder gives, of one variance that is learned (the sigma-VAE of Rybkin,
/// Daniilidis & Levine 2021); nats.
public struct GaussianLikelihood: Likelihood {
  /// [1], the log of the variance of all pixels; 0 at first
  public var logVariance: Parameter

  /// A variance of 1 at first.
  public init(element: ElementType = .float32) { logVariance = Parameter(Tensor(zeros: [1], element: element)) }

  public mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("logVariance", &logVariance) }

  /// sum of (log 2 pi + v + (x - sigmoid(l))^2 exp(-v)) / 2
  public func negativeLogLikelihoods(_ output: Variable, of x: Variable) -> Variable {
    let v = logVariance.on(output.tape)
    let errors = (mean(output) - x).squared().sum(axes: [-1])
    let pixels = Double(output.shape[output.shape.count - 1])
    return 0.5 * (errors * (-v).exp() + pixels * (v + 1.8378770664093453))
  }
}

/// The likelihoods that have a name.
public enum ReconstructionLoss: String, Sendable, CaseIterable {
  /// ``BernoulliLikelihood``
  case binaryCrossEntropy = "bce"
  /// ``SquaredErrorLikelihood``
  case squaredError = "mse"
  /// ``GaussianLikelihood``
  case gaussian

  /// The likelihood, with its first parameters.
  public func likelihood(element: ElementType = .float32) -> any Likelihood {
    switch self {
    case .binaryCrossEntropy: BernoulliLikelihood()
    case .squaredError: SquaredErrorLikelihood()
    case .gaussian: GaussianLikelihood(element: element)
    }
  }
}
