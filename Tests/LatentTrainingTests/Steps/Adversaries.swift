import Latent
import LatentData
import LatentTraining

/// A generator that is to fool a critic: two parts that learn in turns.
struct Adversaries: Module {
  var generator: Sequential
  var critic: Sequential

  init(seed: UInt64 = 1) {
    let key = RandomKey(seed: seed)
    generator = Sequential(
      Dense(inputSize: 2, outputSize: 8, key: key.child(0)), BatchNorm(size: 8, momentum: 0.9),
      Dense(inputSize: 8, outputSize: 3, key: key.child(1)))
    critic = Sequential(
      Dense(inputSize: 3, outputSize: 8, activation: .tanh, key: key.child(2)), Dropout(rate: 0.2),
      Dense(inputSize: 8, outputSize: 1, key: key.child(3)))
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("generator", &generator)
    visitor.visit("critic", &critic)
  }

  private func fake(_ count: Int, _ tape: Tape) -> Variable { generator(tape.normal([count, 2])) }

  /// Examples have three numbers.
  @Sendable static func criticLoss(_ model: Adversaries, _ batch: ExampleBatch, _ tape: Tape) -> LossTerms {
    let real = tape.constant(batch[0])
    let (of, other) = (model.critic(real).mean(), model.critic(model.fake(real.shape[0], tape)).mean())
    return LossTerms(total: other - of, parts: [("real", of)])
  }

  @Sendable static func generatorLoss(_ model: Adversaries, _ batch: ExampleBatch, _ tape: Tape) -> LossTerms {
    LossTerms(total: -model.critic(model.fake(batch[0].shape[0], tape)).mean())
  }

  static let data: TensorDataset = {
    let x = Initializer.uniform(-1...1)(shape: [70, 3], key: RandomKey(seed: 5))
    return TensorDataset(x)
  }()

  /// Two steps of the critic, and every other time one of the generator.
  static func step(_ step: inout TrainingStep<Adversaries, TensorDataset, Adam>) {
    for _ in 0..<2 { step.minimize("critic", of: \.critic, criticLoss) }
    if step.number % 2 == 1 { step.minimize("generator", of: \.generator, generatorLoss) }
  }
}
