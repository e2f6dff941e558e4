// A generator learns a ring of eight Gaussians from a critic whose slopes are held near 1 (WGAN-GP, Gulrajani et al. 2017,
// "Improved training of Wasserstein GANs"): two parts that learn in turns, and a gradient inside of a loss.
import Latent
import LatentData
import LatentTraining

struct GAN: Module {
  var generator = network(8, 2, RandomKey(seed: 1))
  var critic = network(2, 1, RandomKey(seed: 2))

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("generator", &generator)
    visitor.visit("critic", &critic)
  }

  /// Points [count, 2] made of noise
  func points(_ count: Int, _ tape: Tape) -> Variable { generator(tape.normal([count, 8])) }
}

func network(_ inputs: Int, _ outputs: Int, _ key: RandomKey) -> Sequential {
  Sequential(
    Dense(inputSize: inputs, outputSize: 64, activation: .leakyRelu, key: key.child(0)),
    Dense(inputSize: 64, outputSize: 64, activation: .leakyRelu, key: key.child(1)),
    Dense(inputSize: 64, outputSize: outputs, key: key.child(2)))
}

/// The centres of eight Gaussians on a ring of radius 2: [8, 2]
let angles = Tensor.arange(8) * (.pi / 4)
let centres = 2 * Tensor.stacked([angles.cos(), angles.sin()], axis: 1)
let isQuick = CommandLine.arguments.contains("--quick")
let count = 128 * 500
let ring = centres.tiled(count / 8) + 0.1 * Tensor.normal([count, 2], key: RandomKey(seed: 3))
let data = TensorDataset(isQuick ? ring[0..<256] : ring)

var gan = GAN()
var trainer = Trainer(optimizer: Adam(learningRate: 5e-4, beta1: 0.5, beta2: 0.9), batchSize: 128)
trainer.callbacks = [PrintEpochs()]
let start = ContinuousClock.now
let history = try trainer.fit(&gan, to: data, epochs: isQuick ? 1 : 12) { step in
  for _ in 0..<5 {
    step.minimize("critic", of: \.critic) { gan, batch, tape in
      let (real, fake) = (tape.constant(batch.values), gan.points(batch.count, tape))
      let slopes = gradient(at: fake + tape.uniform([batch.count, 1]) * (real - fake)) { gan.critic($0).sum() }
      let penalty = ((slopes.squared().sum(axes: [1]) + 1e-12).squareRoot() - 1).squared().mean()
      return LossTerms(total: gan.critic(fake).mean() - gan.critic(real).mean() + 0.1 * penalty)  // 10 for images
    }
  }
  step.minimize("generator", of: \.generator) { gan, batch, tape in
    LossTerms(total: -gan.critic(gan.points(batch.count, tape)).mean())
  }
}
print((ContinuousClock.now - start) / (history.epochs.count * trainer.stepsPerEpoch(data)), "a step")

let points = gan.points(1000, Tape(pass: Pass(step: 0, key: RandomKey(seed: 4)))).tensor
let distances = (points.expanded(at: 1) - centres).squared().sum(axes: [2]).squareRoot()  // [1000, 8]
let (near, modes) = ((distances.min(axes: [1]) .< 0.4).mean().scalar, Set(distances.argmin(axis: 1).values))
print("\(100 * near)% of the points lie near one of the Gaussians; \(modes.count) of 8 are some point's nearest")
