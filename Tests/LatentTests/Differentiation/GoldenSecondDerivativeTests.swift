import Latent
import TestSupport
import Testing

/// Second derivatives as PyTorch and JAX find them, in float64.
@Suite struct GoldenSecondDerivativeTests {
  /// WGAN-GP's penalty (Gulrajani et al. 2017) and its gradient.
  @Test func gradientPenalty() throws {
    let golden = try Golden.load("torch_penalty")
    let critic = Critic(golden)
    let x = Tensor(golden["x"], shape: golden.shape(of: "x"), element: .float64)
    let (penalty, gradients) = valueWithGradients(of: critic) { critic, tape in
      let slopes = gradient(at: tape.constant(x)) { critic($0).sum() }
      return (slopes.squared().sum(axes: [1]).squareRoot() - 1).squared().mean()
    }
    #expect(maxRelativeError([penalty], golden["penalty"]) < 1e-12)
    for slot in gradients.layout.slots where slot.path != "2.bias" {
      let error = maxRelativeError(gradients[slot.path].values, golden["grad.\(slot.path)"])
      #expect(error < 1e-6, "\(slot.path): \(error)")
    }
    #expect(gradients["2.bias"].values == [0])
  }

  @Test func hessianOfAVariationalAutoencoder() throws {
    let golden = try Golden.load("jax_hessian")
    let model = Autoencoder(golden)
    func tensor(_ name: String) -> Tensor { Tensor(golden[name], shape: golden.shape(of: name), element: .float64) }
    var direction = Gradients(layout: ParameterLayout(of: model))
    for slot in direction.layout.slots { direction[slot.path] = tensor("direction.\(slot.path)") }
    let (x, noise) = (tensor("x"), tensor("noise"))
    let gradients = valueWithGradients(of: model) { model, tape in model.loss(tape.constant(x), noise) }.gradients
    let (loss, product) = hessianVectorProduct(of: model, along: direction) { model, tape in
      model.loss(tape.constant(x), noise)
    }
    #expect(maxRelativeError([loss], golden["loss"]) < 1e-12)
    for slot in direction.layout.slots {
      let first = maxRelativeError(gradients[slot.path].values, golden["grad.\(slot.path)"])
      let second = maxRelativeError(product[slot.path].values, golden["product.\(slot.path)"])
      #expect(first < 1e-10 && second < 1e-6, "\(slot.path): \(first), \(second)")
    }
  }
}

extension Module {
  fileprivate mutating func load(_ golden: Golden) {
    updateParameters {
      $1.value = Tensor(golden["weight.\($0)"], shape: golden.shape(of: "weight.\($0)"), element: .float64)
    }
  }
}

private struct Critic: Module {
  var layers: [Dense]

  init(_ golden: Golden) {
    let sizes = (0..<3).map { golden.shape(of: "weight.\($0).kernel") }
    layers = zip(sizes, [Activation.leakyRelu, .tanh, .linear]).map {
      Dense(inputSize: $0[0], outputSize: $0[1], activation: $1, key: RandomKey(seed: 1), element: .float64)
    }
    load(golden)
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    for index in layers.indices { visitor.visit("\(index)", &layers[index]) }
  }

  func callAsFunction(_ x: Variable) -> Variable { layers.reduce(x) { $1($0) } }
}

private struct Autoencoder: Module {
  var encoder: LSTM
  var mean: Dense, logVariance: Dense, hidden: Dense, output: Dense

  init(_ golden: Golden) {
    func dense(_ name: String, _ activation: Activation = .linear) -> Dense {
      let sizes = golden.shape(of: "weight.\(name).kernel")
      return Dense(
        inputSize: sizes[0], outputSize: sizes[1], activation: activation, key: RandomKey(seed: 1), element: .float64)
    }
    encoder = LSTM(
      inputSize: golden.shape(of: "x")[2], hiddenSize: golden.shape(of: "weight.mean.kernel")[0],
      key: RandomKey(seed: 1), element: .float64)
    (mean, logVariance) = (dense("mean"), dense("logVariance"))
    (hidden, output) = (dense("hidden", .softplus), dense("output"))
    load(golden)
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("encoder", &encoder)
    visitor.visit("mean", &mean)
    visitor.visit("logVariance", &logVariance)
    visitor.visit("hidden", &hidden)
    visitor.visit("output", &output)
  }

  func loss(_ x: Variable, _ noise: Tensor) -> Variable {
    let h = encoder(x)
    let (mean, logVariance) = (mean(h), logVariance(h))
    let z = gaussianSample(mean: mean, logVariance: logVariance, noise: noise)
    let targets = x.tensor.reshaped(to: [x.shape[0], x.shape[1] * x.shape[2]])
    return binaryCrossEntropy(logits: output(hidden(z)), targets: targets)
      + standardNormalDivergence(mean: mean, logVariance: logVariance)
  }
}
