// A training loop written by hand, with a loss of its own: quantile regression, whose 0.1 and 0.9 quantiles leave 80% of
// noisy values between them.
import Latent

struct Quantiles: Module {
  var hidden = Dense(inputSize: 1, outputSize: 32, activation: .tanh, key: RandomKey(seed: 1))
  var output = Dense(inputSize: 32, outputSize: 2, key: RandomKey(seed: 2))

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("hidden", &hidden)
    visitor.visit("output", &output)
  }

  /// [B, 1] -> [B, 2]
  func callAsFunction(_ x: Variable) -> Variable { output(hidden(x)) }
}

/// The pinball loss (Koenker & Bassett 1978), averaged: q d where the value lies above the guess, (q - 1) d below.
func pinball(_ guesses: Variable, _ values: Variable, quantiles: Variable) -> Variable {
  let distance = values - guesses
  return Variable.maximum(quantiles * distance, (quantiles - 1) * distance).mean()
}

let (count, isQuick) = (2000, CommandLine.arguments.contains("--quick"))
let x = Initializer.uniform(-2...2)(shape: [count, 1], key: RandomKey(seed: 3))
let noise = Initializer.uniform(-1...1)(shape: [count, 1], key: RandomKey(seed: 4))
let y = Tensor(zip(x.values, noise.values).map { $0 * $0 + (1 + $0.magnitude) * $1 }, shape: [count, 1])
let quantiles = Tensor([0.1, 0.9], shape: [2])

var model = Quantiles()
var optimizer = Adam(learningRate: 1e-2)
let (layout, workspace) = (ParameterLayout(of: model), Workspace())
for step in 1...(isQuick ? 50 : 2000) {
  let (loss, gradients) = valueWithGradients(of: model, layout: layout, workspace: workspace) { model, tape in
    pinball(model(tape.constant(x)), tape.constant(y), quantiles: tape.constant(quantiles))
  }
  optimizer.update(&model, along: gradients)
  if step % 500 == 0 { print("step \(step): loss \(loss)") }
}

let guesses = model(Tape().constant(x)).tensor.values
let between = (0..<count).count { guesses[2 * $0] <= y.values[$0] && y.values[$0] <= guesses[2 * $0 + 1] }
print("\(100 * Double(between) / Double(count))% of the values lie between the 0.1 and the 0.9 quantile")
