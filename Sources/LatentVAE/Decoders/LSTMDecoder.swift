import Latent

/// An LSTM that draws an image row by row: it reads the latent point at each step (Keras's `RepeatVector`), and a linear
/// layer turns its hidden state into the logits of a row's pixels.
public struct LSTMDecoder: Decoder {
  /// [B, T, Z] -> [B, T, H]
  public var lstm: LSTM
  /// [H, D]
  public var output: Dense
  /// T, the rows of an image.
  public let time: Int

  /// - Parameters:
  ///   - latentSize: Z, or Z + C of a conditional model
  ///   - hiddenSize: H
  ///   - time: T, the rows of an image
  ///   - outputSize: D, the pixels of a row
  public init(
    latentSize: Int, hiddenSize: Int, time: Int, outputSize: Int, key: RandomKey = RandomKey(seed: 1),
    element: ElementType = .float32
  ) {
    require(time > 0, "LSTMDecoder: \(time) rows; at least one is needed")
    lstm = LSTM(
      inputSize: latentSize, hiddenSize: hiddenSize, returnsSequence: true, key: key.child("lstm"), element: element)
    output = Dense(inputSize: hiddenSize, outputSize: outputSize, key: key.child("output"), element: element)
    self.time = time
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("lstm", &lstm)
    visitor.visit("output", &output)
  }

  /// z [B, Z] -> [B, T D]
  public func callAsFunction(_ z: Variable) -> Variable {
    let (batch, latent) = (z.shape[0], z.shape[1])
    let rows = output(lstm(z.expanded(at: 1).broadcast(to: [batch, time, latent])))
    return rows.reshaped(to: [batch, time * rows.shape[2]])
  }
}
