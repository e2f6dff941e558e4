// Two models of one thing, a spiral: a neural ordinary differential equation (Chen et al. 2018), whose slope is a small network that
// a Runge-Kutta method follows, and an LSTM with peepholes (Gers & Schmidhuber 2000), a cell of one's own that guesses each next point.
import Latent
import LatentData
import LatentTraining

/// dx/dt = f(x)
struct NeuralODE: Module {
  var slope = Sequential(
    Dense(inputSize: 2, outputSize: 50, activation: .tanh, key: RandomKey(seed: 1)),
    Dense(inputSize: 50, outputSize: 2, key: RandomKey(seed: 2)))

  mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("slope", &slope) }

  /// Starts [B, 2] -> where they are after each of so many steps of time [B, T, 2]
  func callAsFunction(_ start: Variable, steps: Int, by h: Double) -> Variable {
    var (x, path) = (start, [Variable]())
    for _ in 0..<steps {
      let k1 = slope(x.power(3))
      let k2 = slope((x + h / 2 * k1).power(3))
      let k3 = slope((x + h / 2 * k2).power(3))
      let k4 = slope((x + h * k3).power(3))
      x += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
      path.append(x)
    }
    return .stacked(path, axis: 1)
  }
}

struct PeepholeLSTM: Module {
  var gates = Dense(inputSize: 2 + 32, outputSize: 4 * 32, key: RandomKey(seed: 3))
  var peepholes = Parameter(Tensor.zeros([3, 32]))
  var output = Dense(inputSize: 32, outputSize: 2, key: RandomKey(seed: 4))

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("gates", &gates)
    visitor.visit("peepholes", &peepholes)
    visitor.visit("output", &output)
  }

  /// Points [B, T, 2] -> what follows each [B, T, 2]
  func callAsFunction(_ x: Variable) -> Variable {
    let zero = x.tape.constant(Tensor.zeros([x.shape[0], 32]))
    let (h, _) = scan(x, from: [zero, zero]) { x, state in
      let (h, c, peepholes) = (state[0], state[1], peepholes.on(x.tape))
      let parts = gates(.concatenated([x, h], axis: 1)).split([32, 32, 32, 32], axis: 1)
      let input = (parts[0] + peepholes[0] * c).sigmoid()
      let forget = (parts[1] + peepholes[1] * c).sigmoid()
      let next = forget * c + input * parts[2].tanh()
      let out = (parts[3] + peepholes[2] * next).sigmoid() * next.tanh()
      return (out, [out, next])
    }
    return x + output(h)
  }
}

// The true spiral: dx/dt = A x^3, followed in steps of 0.025.
let (isQuick, count) = (CommandLine.arguments.contains("--quick"), 1000)
let matrix = Tensor([-0.1, 2, -2, -0.1], shape: [2, 2])
var (point, points) = (Tensor([2, 0], shape: [1, 2]), [Tensor]())
for _ in 0..<count {
  points.append(point)
  for _ in 0..<25 { point += 0.001 * matmul(point.power(3), matrix) }
}
let spiral = Tensor.concatenated(points)
// Pieces of 11 points: where one is, and the ten that follow.
let pieces = TensorDataset(.stacked((0..<count - 11).map { spiral[$0..<$0 + 11] }))

var (ode, lstm) = (NeuralODE(), PeepholeLSTM())
@MainActor func train<M: Module>(_ model: inout M, _ loss: @escaping @Sendable (M, ExampleBatch, Tape) -> LossTerms)
  throws
{
  var trainer = Trainer(optimizer: Adam(learningRate: 2e-3), batchSize: 64)
  let (start, epochs) = (ContinuousClock.now, isQuick ? 1 : 60)
  let history = try trainer.fit(&model, to: pieces, epochs: epochs, loss: loss)
  let step = (ContinuousClock.now - start) / (epochs * trainer.stepsPerEpoch(pieces))
  print("\(M.self): squared error \(history.last!.training.total);", step, "a step")
}
try train(&ode) { ode, batch, tape in
  let x = tape.constant(batch.values)
  return LossTerms(total: (ode(x[.all, 0], steps: 10, by: 0.025) - x[.all, 1...]).squared().mean())
}
try train(&lstm) { lstm, batch, tape in
  let x = tape.constant(batch.values)
  return LossTerms(total: (lstm(x[.all, 0..<10]) - x[.all, 1...]).squared().mean())
}
let path = ode(Tape().constant(spiral[0..<1]), steps: count - 1, by: 0.025).tensor[0]
print(
  "the whole spiral from its first point, mean distance",
  (path - spiral[1...]).squared().sum(axes: [1]).squareRoot().mean().scalar)
