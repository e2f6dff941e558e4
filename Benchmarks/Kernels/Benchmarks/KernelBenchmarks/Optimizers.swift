import Latent

/// Adam's step: the loop over one block of weights, and the optimizer over all weights of an LSTM on one thread.
func optimizerBenchmarks() {
  let count = 1 << 15
  let (weights, gradient) = (Storage.normal(count), Storage.normal(count))
  let (first, second) = (Storage.normal(count), Storage.uniform(count))
  measure("Adam block \(count)") {
    weights.adamStep(
      gradient: gradient, first: first, second: second, rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-7)
  }

  var model = LSTM(inputSize: 28, hiddenSize: 256, key: RandomKey(seed: 1))
  var gradients = Gradients(layout: ParameterLayout(of: model))
  gradients.withMutableContents { $0.assign(.normal($0.count)) }
  var adam = Adam()
  measure("Adam of an LSTM \(model.parameterCount)") { adam.update(&model, along: gradients) }
}
