import Latent

/// An LSTM that reads an image row by row; its last hidden state gives mean and log-variance.
public struct LSTMEncoder: Encoder {
  public var lstm: LSTM
  public var mean: Dense
  public var logVariance: Dense

  /// - Parameters:
  ///   - inputSize: D, the pixels of a row
  ///   - hiddenSize: H
  ///   - latentSize: Z
  public init(
    inputSize: Int, hiddenSize: Int, latentSize: Int, key: RandomKey = RandomKey(seed: 0),
    element: ElementType = .float32
  ) {
    lstm = LSTM(inputSize: inputSize, hiddenSize: hiddenSize, key: key.child("lstm"), element: element)
    mean = Dense(inputSize: hiddenSize, outputSize: latentSize, key: key.child("mean"), element: element)
    logVariance = Dense(inputSize: hiddenSize, outputSize: latentSize, key: key.child("logVariance"), element: element)
  }

  public var latentSize: Int { mean.bias.value.count }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("lstm", &lstm)
    visitor.visit("mean", &mean)
    visitor.visit("logVariance", &logVariance)
  }

  public func callAsFunction(_ x: Variable) -> (mean: Variable, logVariance: Variable) {
    let state = lstm(x)
    return (mean(state), logVariance(state))
  }
}
