import Latent

/// Turns examples into the mean and log-variance of a diagonal Gaussian over the latent space.
public protocol Encoder: Module {
  /// Z
  var latentSize: Int { get }

  /// x [B, ...] -> mean and log-variance [B, Z]
  ///
  /// - Parameter condition: [B, C], what else is known of each example, such as its class; nil where nothing is
  func callAsFunction(_ x: Variable, condition: Variable?) -> (mean: Variable, logVariance: Variable)

  /// The same of examples in which values may be missing, which are 0 in x. Where left out, what is known changes nothing.
  ///
  /// - Parameter observed: 1 where a value of x is known and 0 where it is missing, of its shape; nil where all are known
  func callAsFunction(
    _ x: Variable, observed: Variable?, condition: Variable?
  ) -> (mean: Variable, logVariance: Variable)
}

extension Encoder {
  public func callAsFunction(
    _ x: Variable, observed: Variable?, condition: Variable?
  ) -> (mean: Variable, logVariance: Variable) { self(x, condition: condition) }

  /// Without a condition.
  public func callAsFunction(_ x: Variable) -> (mean: Variable, logVariance: Variable) { self(x, condition: nil) }
}

/// Turns latent points into what a ``Likelihood`` is parametrised by.
///
/// One that is autoregressive has p(x_t | z, x_1 ... x_{t-1}) at its step t. It reads the example itself where that is known,
/// and of a latent point alone what it has made so far.
public protocol Decoder: Module {
  /// z [B, Z] -> [B, P k], for each of the example's P elements the k numbers of the likelihood, such as a logit
  func callAsFunction(_ z: Variable) -> Variable

  /// The same for examples that are known, as the likelihood asks: z [B K, Z], x [B, ...] -> [B K, P k]. Where left out, x
  /// changes nothing.
  func callAsFunction(_ z: Variable, of x: Variable) -> Variable

  /// The same where what has been made is chosen step by step. Where left out, nothing is.
  ///
  /// - Parameter choose: the elements of a step, of the numbers that they are parametrised by and the step's number:
  ///   [B, D k] -> [B, D]
  func callAsFunction(_ z: Variable, choosing choose: (Variable, Int) -> Variable) -> Variable

  /// Whether it reads examples that are known; false where left out.
  var readsExamples: Bool { get }
}

extension Decoder {
  public func callAsFunction(_ z: Variable, of x: Variable) -> Variable { self(z) }
  public func callAsFunction(_ z: Variable, choosing choose: (Variable, Int) -> Variable) -> Variable { self(z) }
  public var readsExamples: Bool { false }
}

/// The two linear layers at an encoder's end.
public struct GaussianHeads: Module {
  /// [F + C, Z]
  public var mean: Dense
  /// [F + C, Z]
  public var logVariance: Dense

  /// - Parameters:
  ///   - inputSize: F, the features that the encoder has found
  ///   - conditionSize: C, 0 for an encoder without a condition
  ///   - latentSize: Z
  public init(inputSize: Int, conditionSize: Int = 0, latentSize: Int, key: RandomKey, element: ElementType = .float32)
  {
    func head(_ name: String) -> Dense {
      Dense(inputSize: inputSize + conditionSize, outputSize: latentSize, key: key.child(name), element: element)
    }
    mean = head("mean")
    logVariance = head("logVariance")
  }

  /// Z
  public var latentSize: Int { mean.kernel.value.shape[1] }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("mean", &mean)
    visitor.visit("logVariance", &logVariance)
  }

  /// features [B, F], condition [B, C] -> mean and log-variance [B, Z]
  public func callAsFunction(_ features: Variable, condition: Variable?) -> (mean: Variable, logVariance: Variable) {
    let all = condition.map { Variable.concatenated([features, $0], axis: 1) } ?? features
    return (mean(all), logVariance(all))
  }
}

/// Any encoder, where its type is known at run time only.
public struct AnyEncoder: Encoder {
  /// The encoder itself.
  public var base: any Encoder

  /// Wraps an encoder, once.
  public init(_ base: any Encoder) { self.base = (base as? AnyEncoder)?.base ?? base }

  public var latentSize: Int { base.latentSize }
  public mutating func visit(_ visitor: inout ParameterVisitor) { base.visit(&visitor) }
  public func callAsFunction(_ x: Variable, condition: Variable?) -> (mean: Variable, logVariance: Variable) {
    base(x, condition: condition)
  }
  public func callAsFunction(
    _ x: Variable, observed: Variable?, condition: Variable?
  ) -> (mean: Variable, logVariance: Variable) {
    base(x, observed: observed, condition: condition)
  }
}

/// Any decoder, where its type is known at run time only.
public struct AnyDecoder: Decoder {
  /// The decoder itself.
  public var base: any Decoder

  /// Wraps a decoder, once.
  public init(_ base: any Decoder) { self.base = (base as? AnyDecoder)?.base ?? base }

  public mutating func visit(_ visitor: inout ParameterVisitor) { base.visit(&visitor) }
  public func callAsFunction(_ z: Variable) -> Variable { base(z) }
  public func callAsFunction(_ z: Variable, of x: Variable) -> Variable { base(z, of: x) }
  public func callAsFunction(_ z: Variable, choosing choose: (Variable, Int) -> Variable) -> Variable {
    base(z, choosing: choose)
  }
  public var readsExamples: Bool { base.readsExamples }
}
