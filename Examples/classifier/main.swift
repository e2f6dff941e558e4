// A multi-layer perceptron that tells ten kinds of clothes apart: about 89% of Fashion-MNIST's test images, in less than
// a minute on two cores.
import Latent
import LatentData
import LatentFiles
import LatentTraining

struct Classifier: TrainableModel {
  var first = Dense(inputSize: 784, outputSize: 256, activation: .relu, key: RandomKey(seed: 1))
  var second = Dense(inputSize: 256, outputSize: 128, activation: .relu, key: RandomKey(seed: 2))
  var output = Dense(inputSize: 128, outputSize: 10, key: RandomKey(seed: 3))

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("first", &first)
    visitor.visit("second", &second)
    visitor.visit("output", &output)
  }

  /// [B, 28, 28] -> [B, 10]
  func logits(_ images: Tensor, tape: Tape) -> Variable {
    let pixels = tape.constant(images.reshaped(to: [images.shape[0], 784]))
    return output(second(first(pixels)))
  }

  func loss(_ batch: ExampleBatch, tape: Tape) -> LossTerms {
    LossTerms(total: crossEntropy(logits: logits(batch.values, tape: tape), labels: batch.labels!.map(Int.init)))
  }

  func accuracy(on dataset: ImageDataset) -> Double {
    var right = 0
    for start in stride(from: 0, to: dataset.count, by: 1000) {
      let batch = dataset.batch(Array(start..<min(start + 1000, dataset.count))[...])
      let guesses = logits(batch.values, tape: Tape()).tensor.largestIndices()
      right += zip(guesses, batch.labels!).count { $0 == Int($1) }
    }
    return Double(right) / Double(dataset.count)
  }
}

let isQuick = CommandLine.arguments.contains("--quick")
let training = try ImageDataset.fashionMNIST().prefix(isQuick ? 2000 : 60_000)
let test = try ImageDataset.fashionMNIST(.test)
var model = Classifier()
var trainer = Trainer(optimizer: Adam(learningRate: 1e-3), batchSize: 128)
let start = monotonicSeconds()
try trainer.fit(&model, to: training, epochs: isQuick ? 1 : 12) { event in
  guard case .epochFinished(let epoch) = event else { return }
  print("epoch \(epoch.epoch): loss \(epoch.training.total)")
}
print("test accuracy \(model.accuracy(on: test) * 100)% after \(monotonicSeconds() - start) s")
