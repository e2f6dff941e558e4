import Benchmark
import Latent

/// Whole sequences: the VAE's encoder, half a batch of 256 as one of two shards has it, and a small one, where what does
/// not depend on size shows.
func lstmBenchmarks() {
  for sizes in [
    LSTMSequence.Sizes(batch: 128, time: 28, input: 28, hidden: 256),
    LSTMSequence.Sizes(batch: 8, time: 8, input: 8, hidden: 32),
  ] {
    let name = "B=\(sizes.batch) T=\(sizes.time) D=\(sizes.input) H=\(sizes.hidden)"
    let operands = LSTMOperands(sizes)
    measure("LSTM forward \(name)") { _ = operands.forward(keepsState: true) }
    measure("LSTM forward without state \(name)") { _ = operands.forward(keepsState: false) }
    // The way back uses up what the way forward left, which is made again outside the measurement.
    Benchmark("LSTM backward \(name)") { benchmark in
      let sequence = operands.forward(keepsState: true)
      benchmark.startMeasurement()
      operands.backward(sequence)
      benchmark.stopMeasurement()
    }
  }
}

/// What a sequence reads and writes, weights of the size that initializers give them.
private struct LSTMOperands {
  let sizes: LSTMSequence.Sizes
  let x: Storage, kernel: Storage, recurrentKernel: Storage, bias: Storage, upstream: Storage
  let gradients: RecurrentGradients
  let workspace = Workspace()
  let packs = PackedWeights()

  init(_ sizes: LSTMSequence.Sizes) {
    let gates = 4 * sizes.hidden
    self.sizes = sizes
    x = .uniform(sizes.batch * sizes.time * sizes.input)
    kernel = .normal(sizes.input * gates, scale: 0.05)
    recurrentKernel = .normal(sizes.hidden * gates, scale: 0.05)
    bias = .normal(gates, scale: 0.05)
    upstream = .normal(sizes.batch * sizes.hidden)
    gradients = RecurrentGradients(
      input: (.empty(x.count), false), kernel: (.empty(kernel.count), false),
      recurrentKernel: (.empty(recurrentKernel.count), false), bias: (.empty(gates), false))
  }

  func forward(keepsState: Bool) -> LSTMSequence {
    packs.removeAll()  // as in a step, whose weights are new
    return LSTMSequence(
      x, kernel: kernel, recurrentKernel: recurrentKernel, bias: bias, sizes: sizes, keepsState: keepsState,
      packs: packs, workspace: workspace)
  }

  func backward(_ sequence: LSTMSequence) {
    sequence.backward(
      upstream: RecurrentUpstream(last: upstream), kernel: kernel, recurrentKernel: recurrentKernel, into: gradients)
  }
}
