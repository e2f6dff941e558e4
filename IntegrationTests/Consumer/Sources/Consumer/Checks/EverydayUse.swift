import Latent
import LatentData
import LatentTraining
import LatentVAE

/// What most clients do: a model, a trainer with a profiler, a gradient, a summary.
struct TwoLayers: TrainableModel {
  var first = Dense(inputSize: 784, outputSize: 16, activation: .tanh, key: RandomKey(seed: 1))
  var second = Dense(inputSize: 16, outputSize: 784, key: RandomKey(seed: 2))

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("first", &first)
    visitor.visit("second", &second)
  }

  func loss(_ batch: ExampleBatch, tape: Tape) -> LossTerms {
    let x = batch.values.reshaped(to: [batch.values.shape[0], 784])
    return LossTerms(total: binaryCrossEntropy(logits: second(first(tape.constant(x))), targets: x))
  }
}

func checkEverydayUse() throws {
  var model = TwoLayers()
  var trainer = Trainer(optimizer: Adam(learningRate: 1e-3), batchSize: 64)
  trainer.profiler = Profiler()
  let history = try trainer.fit(&model, to: ImageDataset.synthetic(count: 256), epochs: 3)
  check(history.epochs[2].training.total < history.epochs[0].training.total, "the loss does not fall")
  check(trainer.profiler!.profile["first"] != nil, "the profile lacks a layer")

  check(gradient(at: Tensor([1, 2], shape: [2])) { ($0 * $0).sum() }.values, [2, 4], "the gradient of squares")

  let vae = VariationalAutoencoder(
    encoder: LSTMEncoder(inputSize: 28, hiddenSize: 8, latentSize: 2),
    decoder: DenseDecoder(latentSize: 2, hiddenSize: 8, outputSize: 784))
  // 4 (28 + 8 + 1) 8 of the LSTM, 2 (8 + 1) 2 of the heads; (2 + 1) 8 and (8 + 1) 784 of the decoder.
  let counts = vae.summaries(of: .image(height: 28, width: 28)).map(\.parameterCount)
  check(counts == [1220, 7080, 8300], "parameters in summaries: \(counts)")
}
