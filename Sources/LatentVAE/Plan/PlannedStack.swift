import Latent

/// Layers one after the other, as a plan lists them, under their own names.
struct PlannedStack: Layer {
  /// In two arrays: a layer within a pair would be copied, weights and all, whenever it is visited to be changed.
  private var layers: [any Layer]
  /// Empty where a layer has no parameters.
  private let names: [String]

  /// - Parameter key: of which each layer gets the child of its name
  init(_ steps: [PlannedLayers.Step], key: RandomKey, element: ElementType) {
    layers = steps.map { step in
      switch step {
      case .flattened: Flatten()
      case .images(let images, _): Reshape(images.sizes)
      case .repeated(let count): Repeated(count: count)
      case .maskChannel: MaskChannel()
      case .forced(let sizes): ForcedSteps(sizes, key: key, element: element)
      case .layer(let layer): layer.make(key: key.child(layer.name), element: element)
      }
    }
    names = steps.map { $0.weighted?.name ?? "" }
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    for (place, name) in names.enumerated() where !name.isEmpty { visitor.visit(name, &layers[place]) }
  }

  func callAsFunction(_ x: Variable) -> Variable { layers.reduce(x) { $1($0) } }

  /// The same where a layer reads which values of the example x are known: 1 where one is, 0 where it is missing, [B, ...].
  func callAsFunction(_ x: Variable, observed: Variable?) -> Variable {
    layers.reduce(x) { x, layer in (layer as? MaskChannel).map { $0(x, observed: observed) } ?? layer(x) }
  }

  /// The same where a layer reads a known example [B, ...].
  func callAsFunction(_ x: Variable, of example: Variable) -> Variable {
    layers.reduce(x) { x, layer in (layer as? ForcedSteps).map { $0(x, of: example) } ?? layer(x) }
  }

  /// Step by step, where a layer reads what was chosen at the step before: [N, n] -> [N, T P].
  ///
  /// - Parameter choose: the elements of a step, given the numbers that they are parametrised by and its number:
  ///   [N, P] -> [N, D]
  func callAsFunction(_ x: Variable, choosing choose: (Variable, Int) -> Variable) -> Variable {
    guard let place = layers.firstIndex(where: { $0 is ForcedSteps }), let forced = layers[place] as? ForcedSteps else {
      return self(x)
    }
    let (z, rest) = (layers[..<place].reduce(x) { $1($0) }, Array(layers[(place + 1)...]))
    var lstmStates = [LSTMState?](repeating: nil, count: rest.count)
    var gruStates = [Variable?](repeating: nil, count: rest.count)
    var (steps, before) = ([Variable](), nil as Variable?)
    for step in 0..<forced.sizes.steps {
      var y = forced.one(z, after: before)
      for (place, layer) in rest.enumerated() {
        if let lstm = layer as? LSTM {
          let (h, state) = lstm(y, from: lstmStates[place])
          (y, lstmStates[place]) = (h, state)
        } else if let gru = layer as? GRU {
          let (h, state) = gru(y, from: gruStates[place])
          (y, gruStates[place]) = (h, state)
        } else {
          y = layer(y)
        }
      }
      steps.append(y)
      before = choose(y, step)
    }
    return Variable.concatenated(steps, axis: 1)
  }
}

/// What an encoder reads beside the values of an example: whether each is known (Lipton et al. 2016, "Modeling missing data in
/// clinical time series with RNNs").
///
///     x [B, ..., D], observed [B, ...] with as many numbers -> [B, ..., 2 D]
private struct MaskChannel: Layer {
  mutating func visit(_ visitor: inout ParameterVisitor) {}

  /// Where all values are known.
  func callAsFunction(_ x: Variable) -> Variable { self(x, observed: nil) }

  func callAsFunction(_ x: Variable, observed: Variable?) -> Variable {
    x.tape.scoped("mask channel") {
      Variable.concatenated([x, observed?.reshaped(to: x.shape) ?? ones(like: x)], axis: -1)
    }
  }

  private func ones(like x: Variable) -> Variable {
    let ones = x.tape.makeTensor(x.shape, element: x.tensor.element)
    ones.storage.fill(1)
    return x.tape.constant(ones)
  }
}

/// [B, n] -> [B, count, n]: Keras's `RepeatVector`.
private struct Repeated: Layer {
  let count: Int

  mutating func visit(_ visitor: inout ParameterVisitor) {}
  func callAsFunction(_ x: Variable) -> Variable {
    x.expanded(at: 1).broadcast(to: [x.shape[0], count, x.shape[1]])
  }
}

/// An embedding of a text's tokens: [B, T, 1] -> [B, T, E]
private struct Tokens: Layer {
  var embedding: Embedding

  mutating func visit(_ visitor: inout ParameterVisitor) { embedding.visit(&visitor) }
  func callAsFunction(_ x: Variable) -> Variable { embedding(x.reshaped(to: Array(x.shape.dropLast()))) }
}

extension PlannedLayer {
  /// The layer itself, with its first weights.
  fileprivate func make(key: RandomKey, element: ElementType) -> any Layer {
    switch kind {
    case .dense(let sizes):
      return Dense(
        inputSize: sizes.inputs, outputSize: sizes.outputs, activation: sizes.activation, key: key, element: element)
    case .recurrent(let sizes):
      switch (sizes.cell, sizes.isBidirectional) {
      case (.lstm, false):
        return LSTM(
          inputSize: sizes.inputs, hiddenSize: sizes.units, returnsSequence: sizes.returnsSequence, key: key,
          element: element)
      case (.lstm, true):
        return BidirectionalLSTM(
          inputSize: sizes.inputs, hiddenSize: sizes.units, returnsSequence: sizes.returnsSequence, key: key,
          element: element)
      case (.gru, false):
        return GRU(
          inputSize: sizes.inputs, hiddenSize: sizes.units, returnsSequence: sizes.returnsSequence, key: key,
          element: element)
      case (.gru, true):
        return BidirectionalGRU(
          inputSize: sizes.inputs, hiddenSize: sizes.units, returnsSequence: sizes.returnsSequence, key: key,
          element: element)
      }
    case .convolution(let sizes):
      return Conv2D(
        inputChannels: sizes.channels, outputChannels: sizes.filters,
        kernelSize: sizes.kernel,
        strides: sizes.stride, padding: .same,
        activation: sizes.activation, key: key, element: element)
    case .transposedConvolution(let sizes):
      return Conv2DTranspose(
        inputChannels: sizes.channels, outputChannels: sizes.filters,
        kernelSize: sizes.kernel,
        strides: sizes.stride, padding: .same,
        outputSize: sizes.large, activation: sizes.activation, key: key, element: element)
    case .embedding(let sizes):
      return Tokens(
        embedding: Embedding(count: sizes.vocabulary, size: sizes.units, key: key, element: element))
    case .values(let values): fatalError("\(values.map(\.name)) are no layer")
    }
  }
}
