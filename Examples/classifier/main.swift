// A multi-layer perceptron that tells ten kinds of clothes apart: about 88% of Fashion-MNIST's test images, in less than
// a minute on two cores.
import Latent
import LatentData
import LatentFiles
import LatentMeasures
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

  /// What measures of classifiers are made of.
  @Sendable static func answers(_ model: Classifier, _ batch: ExampleBatch, _ tape: Tape) -> (
    logits: Variable, labels: [Int]
  ) {
    (model.logits(batch.values, tape: tape), batch.labels!.map(Int.init))
  }
}

let isQuick = CommandLine.arguments.contains("--quick")
let training = try ImageDataset.fashionMNIST().prefix(isQuick ? 2000 : 60_000)
let test = try ImageDataset.fashionMNIST(.test)
var model = Classifier()
var trainer = Trainer(optimizer: Adam(learningRate: 1e-3), batchSize: 128)
// A tenth of the training images says which epoch is the best; the test images are asked once, at the end.
trainer.classificationMetrics(.accuracy, classify: Classifier.answers)
trainer.callbacks = [EarlyStopping(monitor: "accuracy", .max, patience: 4), PrintEpochs()]
let start = monotonicSeconds()
try trainer.fit(&model, to: training, epochs: isQuick ? 1 : 12, validationSplit: 0.1)
let found = Classification(of: model, on: test, workers: trainer.parallel, Classifier.answers)
print(found.confusion)
print("test accuracy \(found.accuracy * 100)% after \(monotonicSeconds() - start) s")
