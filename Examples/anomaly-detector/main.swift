// A detector that knows what is usual: an LSTM auto-encoder reads windows of a series, and what it can't give back is strange. The
// threshold lies above 99.5% of the errors on windows that it has not learned from.
import Latent
import LatentData
import LatentTraining

struct Autoencoder: Module {
  var encoder = LSTM(inputSize: 1, hiddenSize: 32, key: RandomKey(seed: 1))
  var code = Dense(inputSize: 32, outputSize: 4, key: RandomKey(seed: 2))
  var decoder = LSTM(inputSize: 4, hiddenSize: 32, returnsSequence: true, key: RandomKey(seed: 3))
  var output = Dense(inputSize: 32, outputSize: 1, key: RandomKey(seed: 4))

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("encoder", &encoder)
    visitor.visit("code", &code)
    visitor.visit("decoder", &decoder)
    visitor.visit("output", &output)
  }

  /// Windows x [B, 48, 1] -> the mean squared error of each [B]
  func errors(_ x: Variable) -> Variable {
    let code = code(encoder(x)).expanded(at: 1).repeated(48, axis: 1)
    return (output(decoder(code)) - x).squared().mean(axes: [1, 2])
  }
}

/// Two waves and noise: [count]
func series(_ count: Int, _ seed: UInt64) -> Tensor {
  let time = Tensor.arange(count)
  return (0.26 * time).sin() + 0.5 * (0.117 * time).sin() + 0.05 * Tensor.normal([count], key: RandomKey(seed: seed))
}

/// Windows of 48 values, so many apart: [N, 48, 1]
func windows(_ series: Tensor, apart: Int) -> Tensor {
  Tensor.stacked(stride(from: 0, through: series.count - 48, by: apart).map { series[$0..<$0 + 48] }).expanded(at: 2)
}

let isQuick = CommandLine.arguments.contains("--quick")
let usual = TensorDataset(windows(series(isQuick ? 400 : 16_400, 1), apart: 2))
let (training, validation) = usual.split(validationFraction: 0.2)
var model = Autoencoder()
var trainer = Trainer(optimizer: Adam(learningRate: 3e-3), batchSize: 64)
trainer.callbacks = [PrintEpochs(), EarlyStopping(patience: 5)]
let start = ContinuousClock.now
let history = try trainer.fit(&model, to: training, validation: validation, epochs: isQuick ? 1 : 15) {
  model, batch, tape in
  LossTerms(total: model.errors(tape.constant(batch.values)).mean())
}
print((ContinuousClock.now - start) / (history.epochs.count * trainer.stepsPerEpoch(training)), "a step")

let known = model.errors(Tape().constant(validation.tensors[0])).tensor.sorted()
let threshold = known.values[known.count * 995 / 1000]
// A series with two faults: a spike, and a stretch that stands still.
var strange = series(2000, 7)
strange[600] = 3
strange[1200..<1240] = strange[1200..<1240] * 0
let errors = model.errors(Tape().constant(windows(strange, apart: 1))).tensor.values
let found = errors.indices.filter { errors[$0] > threshold }
func count(_ fault: Range<Int>) -> Int { found.count { $0 < fault.upperBound && $0 + 48 > fault.lowerBound } }
let (spike, still) = (count(600..<601), count(1200..<1240))
print(
  "\(spike) windows with the spike, \(still) with the still stretch and \(found.count - spike - still) others are strange"
)
