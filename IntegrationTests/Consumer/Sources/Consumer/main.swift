// What a client does with each library: a model of its own, a trainer, a gradient check, a picture.
import Latent
import LatentData
import LatentReport
import LatentTraining
import LatentVAE

struct TwoLayers: TrainableModel {
  var first = Dense(inputSize: 784, outputSize: 16, activation: .tanh, key: RandomKey(seed: 1))
  var second = Dense(inputSize: 16, outputSize: 784, key: RandomKey(seed: 2))

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("first", &first)
    visitor.visit("second", &second)
  }

  func loss(_ batch: ImageBatch, tape: Tape) -> LossTerms {
    let x = batch.images.reshaped(to: [batch.images.shape[0], 784])
    return LossTerms(total: binaryCrossEntropy(logits: second(first(tape.constant(x))), targets: x))
  }
}

let images = Dataset.synthetic(count: 256)
var model = TwoLayers()
var trainer = Trainer(optimizer: Adam(learningRate: 1e-3), batchSize: 64)
trainer.profiler = Profiler()
let history = try trainer.fit(&model, to: images, epochs: 3)
guard history.epochs[2].training.total < history.epochs[0].training.total else { fatalError("the loss does not fall") }
guard trainer.profiler!.profile["first"] != nil else { fatalError("the profile lacks a layer") }

let slope = gradient(at: Tensor([1, 2], shape: [2])) { ($0 * $0).sum() }.values
guard slope == [2, 4] else { fatalError("the gradient is \(slope)") }

let vae = VariationalAutoencoder(
  encoder: LSTMEncoder(inputSize: 28, hiddenSize: 8, latentSize: 2),
  decoder: DenseDecoder(latentSize: 2, hiddenSize: 8, outputSize: 784))
for summary in vae.summaries(of: .image(height: 28, width: 28)) { print(summary.table) }
print("loss \(history.epochs[2].training.total), Latent \(LatentVersion.current)")
