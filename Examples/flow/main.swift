// A masked autoregressive flow (Papamakarios et al. 2017, "Masked autoregressive flow for density estimation"): layers that each
// make a point more normal, one number after the other, learn the density of two moons.
import Latent
import LatentData
import LatentTraining

/// Two hidden layers in which number i of the result depends on the numbers before i alone (Germain et al. 2015, "MADE").
struct MaskedNetwork: Module {
  var layers: [Dense]
  let masks: [Tensor]

  init(size: Int, hiddenSize: Int, key: RandomKey) {
    // What each unit may depend on: units of a layer see those of the layer below of a lower or the same degree.
    let (inputs, hidden) = (
      Tensor.arange(size) + 1, (Tensor.arange(hiddenSize) * (Double(size - 1) / Double(hiddenSize))).floor() + 1
    )
    let degrees = [inputs, hidden, hidden, Tensor.concatenated([inputs, inputs])]
    layers = zip(degrees, degrees.dropFirst()).enumerated().map { place, sizes in
      Dense(inputSize: sizes.0.count, outputSize: sizes.1.count, key: key.child(UInt64(place)))
    }
    masks = zip(degrees, degrees.dropFirst()).enumerated().map { place, degrees in
      let (below, above) = (degrees.0.expanded(at: 1), degrees.1)
      return place == 2 ? below .< above : below .<= above
    }
  }

  mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("layers", &layers) }

  /// x [B, D] -> [B, 2 D]
  func callAsFunction(_ x: Variable) -> Variable {
    var x = x
    for (place, layer) in layers.enumerated() {
      let kernel = layer.kernel.on(x.tape) * masks[place]
      x = dense(x, kernel: kernel, bias: layer.bias!.on(x.tape), activation: place < 2 ? .tanh : .linear)
    }
    return x
  }
}

struct Flow: Module {
  var steps = (0..<5 as Range<UInt64>).map { MaskedNetwork(size: 2, hiddenSize: 64, key: RandomKey(seed: $0)) }

  mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("steps", &steps) }

  /// -log p(x) of each point: x [B, D] -> [B], nats
  func negativeLogLikelihood(_ x: Variable) -> Variable {
    var (u, logScale) = (x, 0 * x.sum(axes: [1]))
    for step in steps {
      let parts = step(u).split([2, 2], axis: 1)
      let log = parts[1].tanh()
      u = ((u - parts[0]) * (-log).exp()).flipped(axes: [1])
      logScale += log.sum(axes: [1])
    }
    return logScale + (0.5 * u.squared() + 0.5 * 1.8378770664093453).sum(axes: [1])
  }
}

/// Points of two moons with some noise [count, 2].
func moons(_ count: Int, _ seed: UInt64) -> Tensor {
  let key = RandomKey(seed: seed)
  let angle = Tensor.uniform([count], in: 0...(.pi), key: key.child(0))
  let isLower = Tensor.uniform([count], key: key.child(1)) .< 0.5
  let x = isLower.select(1 - angle.cos(), angle.cos())
  let y = isLower.select(0.5 - angle.sin(), angle.sin())
  return Tensor.stacked([x, y], axis: 1) + 0.05 * Tensor.normal([count, 2], key: key.child(2))
}

let isQuick = CommandLine.arguments.contains("--quick")
let data = TensorDataset(moons(isQuick ? 512 : 25_600, 1))
var flow = Flow()
var trainer = Trainer(optimizer: Adam(learningRate: 2e-3), batchSize: 256)
trainer.callbacks = [PrintEpochs()]
let start = ContinuousClock.now
let history = try trainer.fit(&flow, to: data, epochs: isQuick ? 1 : 30) { flow, batch, tape in
  LossTerms(total: flow.negativeLogLikelihood(tape.constant(batch.values)).mean())
}
print((ContinuousClock.now - start) / (history.epochs.count * trainer.stepsPerEpoch(data)), "a step")
print(
  "\(flow.negativeLogLikelihood(Tape().constant(moons(2000, 9))).mean().tensor.scalar) nats a point that is new; a Gaussian needs 2.2"
)
