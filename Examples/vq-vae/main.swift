// A VQ-VAE (van den Oord et al. 2017, "Neural discrete representation learning"): pictures of discs become 7x7 codes out of a
// book of 64, and pictures again. The codes' gradient goes straight through to the encoder.
import Latent
import LatentData
import LatentTraining

struct VQVAE: Module {
  var encoder = Sequential(
    Conv2D(
      inputChannels: 1, outputChannels: 32, kernelSize: 4, strides: 2, padding: .same,
      activation: .relu, key: RandomKey(seed: 1)),
    Conv2D(
      inputChannels: 32, outputChannels: 16, kernelSize: 4, strides: 2, padding: .same,
      key: RandomKey(seed: 2)))
  var book = Embedding(count: 64, size: 16, key: RandomKey(seed: 3))
  var decoder = Sequential(
    Conv2DTranspose(
      inputChannels: 16, outputChannels: 32, kernelSize: 4, strides: 2, padding: .same,
      activation: .relu, key: RandomKey(seed: 4)),
    Conv2DTranspose(
      inputChannels: 32, outputChannels: 1, kernelSize: 4, strides: 2, padding: .same,
      key: RandomKey(seed: 5)))

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("encoder", &encoder)
    visitor.visit("book", &book)
    visitor.visit("decoder", &decoder)
  }

  /// The nearest codes of vectors z [N, 16]: numbers [N]
  func codes(_ z: Variable) -> Variable {
    let book = book.table.on(z.tape)
    return (book.squared().sum(axes: [1]) - 2 * matmul(z, book, transposingB: true)).argmin()
  }

  /// Pictures x [B, 28, 28, 1] -> logits of their pixels, what the codes miss, and the codes
  func callAsFunction(_ x: Variable) -> (logits: Variable, miss: Variable, codes: Variable) {
    let z = encoder(x).reshaped(to: [-1, 16])
    let codes = codes(z.detached())
    let nearest = book.table.on(x.tape).gathered(numbers: codes.tensor)
    let miss = (z.detached() - nearest).squared().mean() + 0.25 * (z - nearest.detached()).squared().mean()
    let straight = z + (nearest - z).detached()
    return (decoder(straight.reshaped(to: [-1, 7, 7, 16])), miss, codes)
  }
}

/// White discs of any place and size on black [count, 28, 28, 1].
func discs(_ count: Int) -> Tensor {
  let place = Tensor.arange(28)
  func number(_ range: ClosedRange<Double>, _ seed: UInt64) -> Tensor {
    Tensor.uniform([count, 1, 1], in: range, key: RandomKey(seed: seed))
  }
  let (dy, dx) = (
    place.reshaped(to: [1, 28, 1]) - number(6...22, 1), place.reshaped(to: [1, 1, 28]) - number(6...22, 2)
  )
  return (number(3...8, 3).squared() .> dy.squared() + dx.squared()).reshaped(to: [-1, 28, 28, 1])
}

let isQuick = CommandLine.arguments.contains("--quick")
let data = TensorDataset(discs(isQuick ? 128 : 8192))
var model = VQVAE()
var trainer = Trainer(optimizer: Adam(learningRate: 1e-3), batchSize: 64)
trainer.callbacks = [PrintEpochs()]
let start = ContinuousClock.now
let history = try trainer.fit(&model, to: data, epochs: isQuick ? 1 : 5) { model, batch, tape in
  let (logits, miss, _) = model(tape.constant(batch.values))
  let pixels = binaryCrossEntropy(logits: logits, targets: batch.values).mean() / 784
  return LossTerms(total: pixels + miss, parts: [("pixels", pixels), ("miss", miss)])
}
print((ContinuousClock.now - start) / (history.epochs.count * trainer.stepsPerEpoch(data)), "a step")

let some = data.batch(Array(0..<100)[...], in: BatchContext()).values
let (logits, _, codes) = model(Tape().constant(some))
let wrong = ((logits.tensor .> 0) - some).abs().mean().scalar
print("\(100 * wrong)% of the pixels are wrong; \(Set(codes.tensor.values).count) of 64 codes are in use")
