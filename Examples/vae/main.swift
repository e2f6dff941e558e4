// The README's model: a variational auto-encoder with an LSTM encoder, on Fashion-MNIST or, without it, on digits that
// the library draws.
import Latent
import LatentData
import LatentTraining
import LatentVAE

let isQuick = CommandLine.arguments.contains("--quick")
let images = try AutoSource().load(limit: isQuick ? 500 : nil)

var vae = VariationalAutoencoder(
  encoder: LSTMEncoder(inputSize: 28, hiddenSize: isQuick ? 16 : 256, latentSize: 16),
  decoder: DenseDecoder(latentSize: 16, hiddenSize: 256, outputSize: 784))
var trainer = Trainer(optimizer: Adam(learningRate: 1e-3), batchSize: 256)

let history = try trainer.fit(&vae, to: images, epochs: isQuick ? 1 : 5, validationSplit: 0.3) { event in
  guard case .epochFinished(let epoch) = event else { return }
  print("epoch \(epoch.epoch): \(epoch.training.total) nats per image, \(epoch.examplesPerSecond) images/s")
}
print("validation: \(history.last!.validation!.total) nats per image")
