// A generator learns a ring of eight Gaussians from a critic whose slopes are held near 1 (WGAN-GP, Gulrajani et al. 2017,
// "Improved training of Wasserstein GANs"): two models, two optimizers, and a gradient inside of a loss.
import Latent

let key = RandomKey(seed: 1)
let isQuick = CommandLine.arguments.contains("--quick")
let (batchSize, noiseSize) = (128, 8)

func network(_ inputs: Int, _ outputs: Int, _ name: String) -> Sequential {
  let key = key.child(name)
  return Sequential(
    Dense(inputSize: inputs, outputSize: 64, activation: .leakyRelu, key: key.child(0)),
    Dense(inputSize: 64, outputSize: 64, activation: .leakyRelu, key: key.child(1)),
    Dense(inputSize: 64, outputSize: outputs, key: key.child(2)))
}

func normal(_ shape: [Int], _ key: RandomKey) -> Tensor {
  Initializer.normal(standardDeviation: 1)(shape: shape, key: key)
}

/// Points of the ring [count, 2], which has a radius of 2.
func ring(_ count: Int, _ key: RandomKey) -> Tensor {
  let noise = normal([count, 2], key).values
  let angles = (0..<count).map { Double($0 % 8) / 4 * .pi }
  let tape = Tape()
  let centres = Variable.stacked(
    [tape.constant(Tensor(angles, shape: [count])).cos(), tape.constant(Tensor(angles, shape: [count])).sin()], axis: 1)
  return (2 * centres + 0.1 * tape.constant(Tensor(noise, shape: [count, 2]))).tensor
}

var (generator, critic) = (network(noiseSize, 2, "generator"), network(2, 1, "critic"))
var (ofGenerator, ofCritic) = (
  Adam(learningRate: 5e-4, beta1: 0.5, beta2: 0.9), Adam(learningRate: 5e-4, beta1: 0.5, beta2: 0.9)
)
let workspace = Workspace()

for step in 1...(isQuick ? 10 : 6000) {
  let key = key.child("step").child(UInt64(step))
  var distance = 0.0
  for turn in 0..<5 {
    let key = key.child(UInt64(turn))
    let (loss, gradients) = valueWithGradients(of: critic, workspace: workspace) { critic, tape in
      let real = tape.constant(ring(batchSize, key.child("real")))
      let fake = generator(tape.constant(normal([batchSize, noiseSize], key.child("noise"))))  // a constant here
      let share = tape.constant(Initializer.uniform(0...1)(shape: [batchSize, 1], key: key.child("share")))
      let slopes = gradient(at: fake + share * (real - fake)) { critic($0).sum() }
      let penalty = ((slopes.squared().sum(axes: [1]) + 1e-12).squareRoot() - 1).squared().mean()
      return critic(fake).mean() - critic(real).mean() + 0.1 * penalty  // 10 for images
    }
    ofCritic.update(&critic, along: gradients)
    distance = -loss
  }
  let (_, gradients) = valueWithGradients(of: generator, workspace: workspace) { generator, tape in
    -critic(generator(tape.constant(normal([batchSize, noiseSize], key.child("noise"))))).mean()
  }
  ofGenerator.update(&generator, along: gradients)
  if step % 1000 == 0 { print("step \(step): distance \(distance)") }
}

let points = generator(Tape().constant(normal([1000, noiseSize], key.child("final")))).tensor.values
let modes = (0..<1000).compactMap { point in
  let (x, y) = (points[2 * point], points[2 * point + 1])
  return (0..<8).first { mode in
    let angle = Double(mode) / 4 * .pi
    let centre = Tape().constant(Tensor([angle], shape: [1]))
    let (dx, dy) = (x - 2 * centre.cos().tensor.scalar, y - 2 * centre.sin().tensor.scalar)
    return (dx * dx + dy * dy).squareRoot() < 0.4
  }
}
print("\(Double(modes.count) / 10)% of the points lie near one of the Gaussians; \(Set(modes).count) of 8 have some")
