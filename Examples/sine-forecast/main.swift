// An LSTM that forecasts a noisy wave 1 step ahead from the last 24, and how far off it is against guessing the last value.
import Latent

struct Forecaster: Module {
  var lstm = LSTM(inputSize: 1, hiddenSize: 32, key: RandomKey(seed: 1))
  var output = Dense(inputSize: 32, outputSize: 1, key: RandomKey(seed: 2))

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("lstm", &lstm)
    visitor.visit("output", &output)
  }

  /// [B, T, 1] -> [B, 1]
  func callAsFunction(_ x: Variable) -> Variable { output(lstm(x)) }
}

let isQuick = CommandLine.arguments.contains("--quick")
let (window, count) = (24, 1200)
let noise = Initializer.uniform(-0.05...0.05)(shape: [count], key: RandomKey(seed: 3)).values
var phase = 0.0
let wave = (0..<count).map { step in
  phase += 0.2 + 0.1 * (Double(step) / 100).remainder(dividingBy: 1)
  return (1 - (phase.remainder(dividingBy: 4) / 2).magnitude * 2) + noise[step]
}

/// Windows that start at `starts`, and what follows each.
func examples(_ starts: [Int]) -> (x: Tensor, y: Tensor) {
  (
    Tensor(starts.flatMap { wave[$0..<$0 + window] }, shape: [starts.count, window, 1]),
    Tensor(starts.map { wave[$0 + window] }, shape: [starts.count, 1])
  )
}

var model = Forecaster()
var optimizer = Adam(learningRate: 3e-3)
let layout = ParameterLayout(of: model)
let workspace = Workspace()
let lastStart = 900
for epoch in 1...(isQuick ? 2 : 40) {
  let order = RandomKey(seed: 4).child(UInt64(epoch)).permutation(of: lastStart)
  var total = 0.0
  for start in stride(from: 0, to: lastStart, by: 50) {
    let (x, y) = examples(Array(order[start..<start + 50]))
    let (loss, gradients) = valueWithGradients(of: model, layout: layout, workspace: workspace) { model, tape in
      squaredError(model(tape.constant(x)), targets: y)
    }
    optimizer.update(&model, along: gradients)
    total += loss * 50
  }
  if epoch % 10 == 0 || isQuick { print("epoch \(epoch): squared error \(total / Double(lastStart))") }
}

let (x, y) = examples(Array(lastStart + window..<count - window))
let forecast = model(Tape().constant(x)).tensor.values
let last = (0..<y.count).map { x.values[$0 * window + window - 1] }
func rootMeanSquare(_ guess: [Double]) -> Double {
  (zip(guess, y.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(y.count)).squareRoot()
}
print("on later values: off by \(rootMeanSquare(forecast)); repeating the last value: off by \(rootMeanSquare(last))")
