import Latent
import LatentData

/// Dense layers of H units between D numbers and so many.
private func perceptron(_ sizes: ModelSizes, outputs: Int) -> Sequential {
  let key = RandomKey(seed: 0)
  return Sequential(
    Dense(inputSize: sizes.inputs, outputSize: sizes.hidden, activation: .leakyRelu, key: key.child(0)),
    Dense(inputSize: sizes.hidden, outputSize: sizes.hidden, activation: .leakyRelu, key: key.child(1)),
    Dense(inputSize: sizes.hidden, outputSize: outputs, key: key.child(2)))
}

/// The critic of a GAN with a penalty on its slopes (Gulrajani et al. 2017): many small operations, and a gradient in the loss.
struct CriticModel: BenchedModel {
  let sizes: ModelSizes
  var layers: Sequential

  init(_ sizes: ModelSizes) { (self.sizes, layers) = (sizes, perceptron(sizes, outputs: 1)) }

  mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("layers", &layers) }

  func loss(_ batch: ExampleBatch, tape: Tape) -> Variable {
    let (real, fake) = (tape.constant(batch[0]), tape.constant(batch[1]))
    let slopes = gradient(at: 0.5 * (real + fake)) { layers($0).sum() }
    let penalty = ((slopes.squared().sum(axes: [1]) + 1e-12).squareRoot() - 1).squared().mean()
    return layers(fake).mean() - layers(real).mean() + 10 * penalty
  }

  func examples(_ count: Int) -> TensorDataset { .normal(count, values: [sizes.inputs], targets: [sizes.inputs]) }
}

/// A masked autoregressive flow of five steps (Papamakarios et al. 2017): many small operations.
struct FlowModel: BenchedModel {
  let sizes: ModelSizes
  var steps: [Sequential]
  /// That of the middle layers' kernels, which stands for what masks cost.
  let mask: Tensor

  init(_ sizes: ModelSizes) {
    self.sizes = sizes
    steps = (0..<5).map { _ in perceptron(sizes, outputs: 2 * sizes.inputs) }
    mask = Tensor.ones([sizes.hidden, sizes.hidden]).tril()
  }

  mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("steps", &steps) }

  func loss(_ batch: ExampleBatch, tape: Tape) -> Variable {
    let x = tape.constant(batch[0])
    var (u, logScale) = (x, 0 * x.sum(axes: [1]))
    for step in steps {
      let layers = step.layers.map { $0 as! Dense }
      let middle = layers[1].kernel.on(tape) * mask
      let hidden = dense(layers[0](u), kernel: middle, bias: layers[1].bias!.on(tape), activation: .tanh)
      let parts = layers[2](hidden).split([sizes.inputs, sizes.inputs], axis: 1)
      let log = parts[1].tanh()
      u = ((u - parts[0]) * (-log).exp()).flipped(axes: [1])
      logScale += log.sum(axes: [1])
    }
    return (logScale + 0.5 * u.squared().sum(axes: [1])).mean()
  }

  func examples(_ count: Int) -> TensorDataset { .normal(count, values: [sizes.inputs], targets: [1]) }
}

/// Four dense layers, of which the last alone learns.
struct FrozenModel: BenchedModel {
  let sizes: ModelSizes
  var frozen: [Dense]
  var last: Dense

  init(_ sizes: ModelSizes) {
    self.sizes = sizes
    let key = RandomKey(seed: 0)
    frozen = (0..<3).map { place in
      Dense(
        inputSize: place == 0 ? sizes.inputs : sizes.hidden, outputSize: sizes.hidden, activation: .relu,
        key: key.child(UInt64(place))
      ).frozen
    }
    last = Dense(inputSize: sizes.hidden, outputSize: sizes.hidden, key: key.child(3))
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("frozen", &frozen)
    visitor.visit("last", &last)
  }

  func loss(_ batch: ExampleBatch, tape: Tape) -> Variable {
    squaredError(last(frozen.reduce(tape.constant(batch[0])) { $1($0) }), targets: batch[1])
  }

  func examples(_ count: Int) -> TensorDataset { .normal(count, values: [sizes.inputs], targets: [sizes.hidden]) }
}

/// The end of a language model: D words, of which the next one is to be guessed.
struct VocabularyModel: BenchedModel {
  let sizes: ModelSizes
  var words: Dense

  init(_ sizes: ModelSizes) {
    self.sizes = sizes
    words = Dense(inputSize: sizes.hidden, outputSize: sizes.inputs, key: RandomKey(seed: 0))
  }

  mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("words", &words) }

  func loss(_ batch: ExampleBatch, tape: Tape) -> Variable {
    words.crossEntropy(tape.constant(batch[0]), labels: batch[1].values.map { Int($0) })
  }

  func examples(_ count: Int) -> TensorDataset {
    let labels = Tensor.uniform([count, sizes.steps], in: 0...Double(sizes.inputs - 1), key: RandomKey(seed: 2)).floor()
    return TensorDataset(Tensor.normal([count, sizes.steps, sizes.hidden], key: RandomKey(seed: 1)), labels)
  }
}
