import Latent

/// A dense layer's bias and activation in one pass, and the way back, at the VAE's decoder.
func biasBenchmarks() {
  let (rows, columns) = (128, 784)
  let (z, bias) = (Storage.normal(rows * columns), Storage.normal(columns, scale: 0.01))
  let (output, upstream) = (Storage.uniform(rows * columns), Storage.normal(rows * columns))
  let gradient = Storage.empty(rows * columns)
  for activation in Activation.allCases.filter(\.isFused) {
    // in place, over and over: the numbers move, but no loop's time depends on them
    measure("bias and \(activation) \(rows)x\(columns)") { z.addBias(bias, activation: activation) }
    measure("\(activation) gradient \(rows)x\(columns)") {
      gradient.assignActivationGradient(output: output, upstream: upstream, activation: activation)
    }
  }
}
