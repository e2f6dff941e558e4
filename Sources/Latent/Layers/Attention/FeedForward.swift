import LatentKernels

/// The part of a Transformer's block that sees each place by itself: output(dropout(activation(hidden(x)))).
public struct FeedForward: Layer {
  /// The first layer, with the activation; its kernel is [D, hidden].
  public var hidden: Dense
  /// The second layer; its kernel is [hidden, D].
  public var output: Dense
  /// Of what is between the two.
  public let dropout: Dropout

  /// - Parameters:
  ///   - size: D
  ///   - hiddenSize: units between the two layers
  ///   - dropout: the probability with which one of these is 0 in training
  ///   - hasBias: whether the layers have biases
  public init(
    size: Int, hiddenSize: Int, activation: Activation = .relu, dropout: Double = 0, hasBias: Bool = true,
    key: RandomKey, element: ElementType = .float32
  ) {
    hidden = Dense(
      inputSize: size, outputSize: hiddenSize, activation: activation, hasBias: hasBias, key: key.child("hidden"),
      element: element)
    output = Dense(
      inputSize: hiddenSize, outputSize: size, hasBias: hasBias, key: key.child("output"), element: element)
    self.dropout = Dropout(rate: dropout)
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("hidden", &hidden)
    visitor.visit("output", &output)
  }

  /// x [..., D] -> [..., D]
  public func callAsFunction(_ x: Variable) -> Variable { output(dropout(hidden(x))) }
}
