import Latent

/// exp, log and their like, out of place.
func functionBenchmarks() {
  let count = 1 << 16
  let numbers = Storage.normal(count)
  let positive = Storage.uniform(count, from: 0.01, to: 10)
  let y = Storage.empty(count)
  for function in [UnaryFunction.exp, .log, .log1p, .sigmoid, .tanh, .softplus, .squareRoot, .absolute] {
    let x =
      switch function {
      case .log, .log1p, .squareRoot: positive
      default: numbers
      }
    measure("\(function) \(count)") { y.assign(function, of: x) }
  }
}
