import Latent

/// A hidden relu layer that sees all pixels of an image at once, and from it mean and log-variance: the encoder of
/// Kingma & Welling (2014), with their decoder's counterpart ``DenseDecoder``.
public struct MLPEncoder: Encoder {
  /// [T D, H]
  public var hidden: Dense
  /// From H to mean and log-variance.
  public var heads: GaussianHeads

  /// - Parameters:
  ///   - inputSize: T D, the pixels of an image
  ///   - hiddenSize: H
  ///   - latentSize: Z
  ///   - conditionSize: C, 0 for none
  public init(
    inputSize: Int, hiddenSize: Int, latentSize: Int, conditionSize: Int = 0,
    key: RandomKey = RandomKey(seed: 0), element: ElementType = .float32
  ) {
    hidden = Dense(
      inputSize: inputSize, outputSize: hiddenSize, activation: .relu, key: key.child("hidden"), element: element)
    heads = GaussianHeads(
      inputSize: hiddenSize, conditionSize: conditionSize, latentSize: latentSize, key: key, element: element)
  }

  public var latentSize: Int { heads.latentSize }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("hidden", &hidden)
    heads.visit(&visitor)
  }

  /// x [B, ...] with T D elements of each example -> mean and log-variance [B, Z]
  public func callAsFunction(_ x: Variable, condition: Variable?) -> (mean: Variable, logVariance: Variable) {
    return heads(hidden(Flatten()(x)), condition: condition)
  }
}
