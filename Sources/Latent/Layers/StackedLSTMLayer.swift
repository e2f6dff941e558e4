import LatentKernels

/// LSTMs on top of each other: each reads the hidden states of the one below, step by step.
public struct StackedLSTM: Layer {
  /// From the one that reads x upwards. All but the last return the sequence.
  public var layers: [LSTM]

  /// Each starts as an `LSTM` does, from a key of its own.
  ///
  /// - Parameters:
  ///   - inputSize: D
  ///   - hiddenSize: H of each layer
  ///   - layerCount: the number of layers
  ///   - returnsSequence: whether all hidden states of the last layer are returned, or only the last
  public init(
    inputSize: Int, hiddenSize: Int, layerCount: Int, returnsSequence: Bool = false, key: RandomKey,
    element: ElementType = .float32
  ) {
    require(layerCount > 0, "StackedLSTM: \(layerCount) layers; at least one is needed")
    layers = (0..<layerCount).map { place in
      LSTM(
        inputSize: place == 0 ? inputSize : hiddenSize, hiddenSize: hiddenSize,
        returnsSequence: returnsSequence || place < layerCount - 1, key: key.child("\(place)"), element: element)
    }
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    for place in layers.indices { visitor.visit("\(place)", &layers[place]) }
  }

  /// x [B, T, D] -> [B, H], or [B, T, H] where it returns the sequence
  public func callAsFunction(_ x: Variable) -> Variable { layers.reduce(x) { $1($0) } }

  /// The same for sequences of unequal length: see `lstm`.
  public func callAsFunction(_ x: Variable, lengths: [Int]) -> Variable {
    layers.reduce(x) { $1($0, lengths: lengths) }
  }

  /// The same from a state of each layer, zero where there are none, with the states after each sequence's last step.
  public func callAsFunction(
    _ x: Variable, from states: [LSTMState]?, lengths: [Int]? = nil
  ) -> (y: Variable, states: [LSTMState]) {
    require(
      states == nil || states!.count == layers.count,
      "StackedLSTM: \(states?.count ?? 0) states for \(layers.count) layers")
    var (y, last): (Variable, [LSTMState]) = (x, [])
    for (place, layer) in layers.enumerated() {
      let output = layer(y, from: states?[place], lengths: lengths)
      y = output.y
      last.append(output.state)
    }
    return (y, last)
  }
}
