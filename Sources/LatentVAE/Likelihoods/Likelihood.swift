import Latent

/// How probable an example is, given what the decoder says: p(x | z).
///
/// It may have parameters of its own, which are trained with the model. A likelihood of your own is one type, which says its
/// ``kind``; to be chosen by name and to travel in files it stands in ``LikelihoodKind/all`` too.
public protocol Likelihood: Module {
  /// What it is: what people call it, and what its numbers are.
  var kind: LikelihoodKind { get }

  /// -log p of each element.
  ///
  /// - Parameters:
  ///   - output: the decoder's, [..., P k] with the k numbers of an element beside each other
  ///   - x: [..., P], whose axes before the last may be 1 where the output's are more
  /// - Returns: [..., P]
  func elementLosses(_ output: Variable, of x: Variable) -> Variable

  /// -log p of each example: the sum of its elements', [...]. A likelihood has its own where there is a shorter way.
  func negativeLogLikelihoods(_ output: Variable, of x: Variable) -> Variable

  /// Their mean over a batch: output [B, P k] and x [B, P], one number.
  func negativeLogLikelihood(_ output: Variable, of x: Tensor) -> Variable

  /// The mean of p(x | z): output [..., P k] -> [..., P], numbers in the examples' range.
  func mean(_ output: Variable) -> Variable

  /// Examples drawn from p(x | z): output [B, P k] -> [B, P].
  ///
  /// - Parameter streams: which randomness of the key each example gets: [B]
  func sample(_ output: Tensor, key: RandomKey, streams: [UInt64]) -> Tensor

  /// The smallest number that each element exceeds no more often than with 1 - `probability`: output [..., P k] -> [..., P].
  ///
  /// A likelihood that does not say it gets that of a thousand samples.
  func quantile(_ output: Tensor, at probability: Double) -> Tensor

  /// How many of the spreads (variances or scales) that it has learned, or that the decoder gives, are held by their lower
  /// bound, as a share of all; nil where there is no bound. A spread counts if the bound is half of it or more.
  ///
  /// - Parameter output: the decoder's for some examples, [..., P k]
  func shareAtBound(_ output: Tensor) -> Double?
}

extension Likelihood {
  public func negativeLogLikelihoods(_ output: Variable, of x: Variable) -> Variable {
    elementLosses(output, of: x).sum(axes: [-1])
  }

  /// -log p of what is known of each example: the sum of the elements that are observed.
  ///
  /// - Parameter observed: 1 where an element is known and 0 where it is missing, of the shape of `x`. What a missing one
  ///   of `x` is changes nothing.
  public func negativeLogLikelihoods(_ output: Variable, of x: Variable, observed: Tensor) -> Variable {
    let tape = output.tape
    let (nothing, observed) = (tape.constant(Tensor(zeros: [1], element: observed.element)), tape.constant(observed))
    // 0 is an example of every likelihood. A NaN would go on into the gradients, as 0 NaN.
    let losses = elementLosses(output, of: observed.select(x, nothing))
    return observed.select(losses, nothing).sum(axes: [-1])
  }

  public func negativeLogLikelihood(_ output: Variable, of x: Tensor) -> Variable {
    negativeLogLikelihoods(output, of: output.tape.constant(x)).mean()
  }

  /// There is nothing to train.
  public mutating func visit(_ visitor: inout ParameterVisitor) {}

  /// The decoder gives logits.
  public func mean(_ output: Variable) -> Variable { output.sigmoid() }

  /// Nothing is bounded.
  public func shareAtBound(_ output: Tensor) -> Double? { nil }
}

extension Likelihood {
  /// Numbers from 0 to 1, each row of the randomness of a stream: [B, P].
  func uniforms(_ shape: [Int], key: RandomKey, streams: [UInt64], element: ElementType) -> Tensor {
    let draws = Tensor(uninitialized: shape, element: element)
    draws.storage.fillUniform(key: key.bits, streams: streams, columns: shape[1], low: 0, high: 1)
    return draws
  }

  /// Gaussian examples around the mean: [B, P].
  ///
  /// - Parameter deviation: [1], [P] or [B, P]
  func gaussianSample(_ output: Tensor, deviation: Tensor, key: RandomKey, streams: [UInt64]) -> Tensor {
    let tape = Tape()
    let mean = mean(tape.constant(output))
    let noise = Tensor(uninitialized: mean.shape, element: output.element)
    noise.storage.fillNormal(key: key.bits, streams: streams, columns: mean.shape[1])
    return (mean + tape.constant(deviation) * tape.constant(noise)).tensor
  }
}
