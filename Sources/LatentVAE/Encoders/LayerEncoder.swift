import Latent

/// Any layer that turns an example into features, with two linear layers that make mean and log-variance of them.
///
///     let encoder = LayerEncoder(Sequential(Flatten(), Dense(inputSize: 784, outputSize: 512, activation: .relu, key: key)),
///                                named: "mlp", featureSize: 512, latentSize: 2, key: key)
public struct LayerEncoder<Body: Layer>: Encoder {
  /// x [B, T, D] -> features [B, F]
  public var body: Body
  /// From F to mean and log-variance.
  public var heads: GaussianHeads
  private let name: String

  /// - Parameters:
  ///   - body: [B, T, D] -> [B, F]
  ///   - name: the body's name in the paths of its parameters
  ///   - featureSize: F
  ///   - latentSize: Z
  ///   - conditionSize: C, 0 for an encoder without a condition
  ///   - key: of the two last layers
  public init(
    _ body: Body, named name: String, featureSize: Int, latentSize: Int, conditionSize: Int = 0, key: RandomKey,
    element: ElementType = .float32
  ) {
    self.body = body
    self.name = name
    heads = GaussianHeads(
      inputSize: featureSize, conditionSize: conditionSize, latentSize: latentSize, key: key, element: element)
  }

  public var latentSize: Int { heads.latentSize }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit(name, &body)
    heads.visit(&visitor)
  }

  public func callAsFunction(_ x: Variable, condition: Variable?) -> (mean: Variable, logVariance: Variable) {
    heads(body(x), condition: condition)
  }
}

/// An LSTM that reads an image row by row; its last hidden state gives mean and log-variance.
public typealias LSTMEncoder = LayerEncoder<LSTM>
/// The same with a GRU.
public typealias GRUEncoder = LayerEncoder<GRU>
/// Two LSTMs that read an image row by row, from the top and from the bottom.
public typealias BidirectionalLSTMEncoder = LayerEncoder<BidirectionalLSTM>

extension LayerEncoder where Body == LSTM {
  /// - Parameters:
  ///   - inputSize: D, the pixels of a row
  ///   - hiddenSize: H
  ///   - latentSize: Z
  ///   - conditionSize: C, 0 for none
  public init(
    inputSize: Int, hiddenSize: Int, latentSize: Int, conditionSize: Int = 0, key: RandomKey = RandomKey(seed: 0),
    element: ElementType = .float32
  ) {
    self.init(
      LSTM(inputSize: inputSize, hiddenSize: hiddenSize, key: key.child("lstm"), element: element), named: "lstm",
      featureSize: hiddenSize, latentSize: latentSize, conditionSize: conditionSize, key: key, element: element)
  }
}

extension LayerEncoder where Body == GRU {
  /// Sizes as of an ``LSTMEncoder``.
  public init(
    inputSize: Int, hiddenSize: Int, latentSize: Int, conditionSize: Int = 0, key: RandomKey = RandomKey(seed: 0),
    element: ElementType = .float32
  ) {
    self.init(
      GRU(inputSize: inputSize, hiddenSize: hiddenSize, key: key.child("gru"), element: element), named: "gru",
      featureSize: hiddenSize, latentSize: latentSize, conditionSize: conditionSize, key: key, element: element)
  }
}

extension LayerEncoder where Body == BidirectionalLSTM {
  /// Sizes as of an ``LSTMEncoder``; H units each way.
  public init(
    inputSize: Int, hiddenSize: Int, latentSize: Int, conditionSize: Int = 0, key: RandomKey = RandomKey(seed: 0),
    element: ElementType = .float32
  ) {
    self.init(
      BidirectionalLSTM(inputSize: inputSize, hiddenSize: hiddenSize, key: key.child("bilstm"), element: element),
      named: "bilstm", featureSize: 2 * hiddenSize, latentSize: latentSize, conditionSize: conditionSize, key: key,
      element: element)
  }
}
