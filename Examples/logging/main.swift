// What a run tells: lines as it trains, a metric of one's own, a table of all epochs, the norms of the gradients, and files for
// TensorBoard with histograms of the weights.
import Foundation
import Latent
import LatentData
import LatentTensorBoard
import LatentTraining

struct Regressor: Module {
  var layers = Sequential(
    Dense(inputSize: 8, outputSize: 64, activation: .relu, key: RandomKey(seed: 1)),
    Dense(inputSize: 64, outputSize: 64, activation: .relu, key: RandomKey(seed: 2)),
    Dense(inputSize: 64, outputSize: 1, key: RandomKey(seed: 3)))

  mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("layers", &layers) }
}

let isQuick = CommandLine.arguments.contains("--quick")
let folder = FileManager.default.temporaryDirectory.appendingPathComponent("latent-logging").path
let x = Tensor.normal([isQuick ? 500 : 10_000, 8], key: RandomKey(seed: 4))
let y =
  (x * Tensor.linspace(-1, 1, count: 8)).sum(axes: [1], keepingDimensions: true).sin() + 0.1 * x[.all, 0..<1].squared()
let (training, validation) = TensorDataset(x, y).split(validationFraction: 0.2)

var model = Regressor()
var trainer = Trainer(optimizer: Adam(learningRate: 3e-3), batchSize: 128)
trainer.schedule = .cosine(peak: 3e-3, steps: 20 * trainer.stepsPerEpoch(training))
trainer.clipping = .globalNorm(1)
trainer.metric("largest_error") { (model: Regressor, data: TensorDataset) in
  (model.layers(Tape().constant(data.tensors[0])).tensor - data.tensors[1]).abs().max().scalar
}
let logger = try TensorBoardLogger(
  folder, everySteps: 10, hyperparameters: [("learning_rate", 3e-3)],
  summaries: { tensors in tensors.map { .histogram("weights/\($0.path)", $0.value) } })
trainer.callbacks = [PrintEpochs(), logger, EarlyStopping(patience: 5)]

var norms: [Double] = []
let start = ContinuousClock.now
let history = try trainer.fit(
  &model, to: training, validation: validation, epochs: isQuick ? 2 : 20,
  onEvent: { if case .stepFinished(let step) = $0 { norms.append(step.gradientNorm) } },
  loss: { model, batch, tape in LossTerms(total: squaredError(model.layers(tape.constant(batch[0])), targets: batch[1]))
  })
print((ContinuousClock.now - start) / norms.count, "a step")
try history.csv.write(toFile: folder + "/history.csv", atomically: true, encoding: .utf8)
print("gradients' norms: \(norms.min()!) to \(norms.max()!); the rest is in \(folder): tensorboard --logdir \(folder)")
