import Latent

/// A hidden relu layer and an output layer that gives the logits of the pixels.
public struct DenseDecoder: Decoder {
  /// [Z, H]
  public var hidden: Dense
  /// [H, T D]
  public var output: Dense

  /// - Parameters:
  ///   - latentSize: Z, or Z + C of a conditional model
  ///   - hiddenSize: units of the hidden layer
  ///   - outputSize: T D, the pixels of an image
  public init(
    latentSize: Int, hiddenSize: Int, outputSize: Int, key: RandomKey = RandomKey(seed: 1),
    element: ElementType = .float32
  ) {
    hidden = Dense(
      inputSize: latentSize, outputSize: hiddenSize, activation: .relu, key: key.child("hidden"), element: element)
    output = Dense(inputSize: hiddenSize, outputSize: outputSize, key: key.child("output"), element: element)
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("hidden", &hidden)
    visitor.visit("output", &output)
  }

  public func callAsFunction(_ z: Variable) -> Variable { output(hidden(z)) }
}
