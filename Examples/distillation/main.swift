// A small network learns from a large one (Hinton et al. 2015, "Distilling the knowledge in a neural network"): the classes' softened
// probabilities by one optimizer, and the teacher's hidden layer, through a projection, by another.
import Latent
import LatentData
import LatentTraining

struct Network: Module {
  var body: Sequential
  var head: Dense

  init(hiddenSize: Int, key: RandomKey) {
    body = Sequential(
      Dense(inputSize: 32, outputSize: hiddenSize, activation: .relu, key: key.child(0)),
      Dense(inputSize: hiddenSize, outputSize: hiddenSize, activation: .relu, key: key.child(1)))
    head = Dense(inputSize: hiddenSize, outputSize: 10, key: key.child(2))
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("body", &body)
    visitor.visit("head", &head)
  }

  /// The share of examples that it gets right.
  func accuracy(on data: TensorDataset) -> Double {
    let classes = head(body(Tape().constant(data.tensors[0]))).argmax()
    return (classes.tensor .== data.tensors[1]).mean().scalar
  }
}

struct Lesson: Module {
  var teacher: Network
  var student: Network
  var projection = Dense(inputSize: 32, outputSize: 512, key: RandomKey(seed: 3))

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("teacher", &teacher)
    visitor.visit("student", &student)
    visitor.visit("projection", &projection)
  }
}

/// Ten classes of points in 32 dimensions, by a random network: values and classes
func examples(_ count: Int, _ seed: UInt64) -> TensorDataset {
  let x = Tensor.normal([count, 32], key: RandomKey(seed: seed))
  let (a, b) = (Tensor.normal([32, 8], key: RandomKey(seed: 8)), Tensor.normal([8, 10], key: RandomKey(seed: 9)))
  return TensorDataset(x, matmul(matmul(x, a).tanh(), b).argmax())
}

let isQuick = CommandLine.arguments.contains("--quick")
let (training, test) = (examples(isQuick ? 512 : 20_000, 1), examples(2000, 2))
var teacher = Network(hiddenSize: 512, key: RandomKey(seed: 1))
var trainer = Trainer(optimizer: Adam(learningRate: 1e-3), batchSize: 128)
try trainer.fit(&teacher, to: training, epochs: isQuick ? 1 : 10) { network, batch, tape in
  let logits = network.head(network.body(tape.constant(batch[0])))
  return LossTerms(total: crossEntropies(logits: logits, classes: batch[1]).mean())
}

var lesson = Lesson(teacher: teacher.frozen, student: Network(hiddenSize: 32, key: RandomKey(seed: 2)))
trainer.optimizers["hidden"] = SGD(learningRate: 0.05, momentum: 0.9)
let start = ContinuousClock.now
let history = try trainer.fit(&lesson, to: training, epochs: isQuick ? 1 : 10) { step in
  step.minimize("probabilities", of: \.student) { lesson, batch, tape in
    let x = tape.constant(batch[0])
    let logits = lesson.student.head(lesson.student.body(x))
    let soft = (lesson.teacher.head(lesson.teacher.body(x)) / 2).softmax()
    let distance = -(soft * (logits / 2).logSoftmax()).sum(axes: [1]).mean()
    return LossTerms(total: 4 * distance + 0.5 * crossEntropies(logits: logits, classes: batch[1]).mean())
  }
  step.minimize("hidden", of: \.projection) { lesson, batch, tape in
    let x = tape.constant(batch[0])
    return LossTerms(total: (lesson.projection(lesson.student.body(x)) - lesson.teacher.body(x)).squared().mean())
  }
}
print((ContinuousClock.now - start) / (history.epochs.count * trainer.stepsPerEpoch(training)), "a step")
print("right: the teacher \(teacher.accuracy(on: test)), the student \(lesson.student.accuracy(on: test))")
