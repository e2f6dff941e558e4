import Latent
import TestSupport
import Testing

/// Every optimizer over several steps, against formulas written weight by weight; its state; threads.
@Suite struct OptimizerTests {
  /// An optimizer with settings unlike its defaults, and the plain one with the same.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let optimizer: any Optimizer
    let plain: Plain.Optimizer

    init(_ name: String, _ optimizer: any Optimizer, _ plain: Plain.Optimizer) {
      (testDescription, self.optimizer, self.plain) = (name, optimizer, plain)
    }
  }

  static let cases = [
    Case("SGD", SGD(learningRate: 0.02), .sgd(0.02)),
    Case("SGD, momentum", SGD(learningRate: 0.02, momentum: 0.8), .sgd(0.02, momentum: 0.8)),
    Case(
      "SGD, Nesterov", SGD(learningRate: 0.02, momentum: 0.8, nesterov: true),
      .sgd(0.02, momentum: 0.8, nesterov: true)),
    Case("RMSprop", RMSprop(learningRate: 0.02, rho: 0.8, epsilon: 1e-3), .rmsprop(0.02, rho: 0.8, epsilon: 1e-3)),
    Case(
      "RMSprop, momentum", RMSprop(learningRate: 0.02, rho: 0.8, momentum: 0.7, epsilon: 1e-3),
      .rmsprop(0.02, rho: 0.8, momentum: 0.7, epsilon: 1e-3)),
    Case(
      "RMSprop, centered", RMSprop(learningRate: 0.02, rho: 0.8, epsilon: 1e-3, centered: true),
      .rmsprop(0.02, rho: 0.8, epsilon: 1e-3, centered: true)),
    Case(
      "RMSprop, centered, momentum",
      RMSprop(learningRate: 0.02, rho: 0.8, momentum: 0.7, epsilon: 1e-3, centered: true),
      .rmsprop(0.02, rho: 0.8, momentum: 0.7, epsilon: 1e-3, centered: true)),
    Case(
      "Adam, Keras", Adam(learningRate: 0.02, beta1: 0.8, beta2: 0.9, epsilon: 0.01),
      .adam(0.02, beta1: 0.8, beta2: 0.9, epsilon: 0.01)),
    Case(
      "Adam, PyTorch", Adam(learningRate: 0.02, beta1: 0.8, beta2: 0.9, epsilon: 0.01, form: .pytorch),
      .adam(0.02, beta1: 0.8, beta2: 0.9, epsilon: 0.01, epsilonHat: false)),
    Case(
      "AdamW", AdamW(learningRate: 0.02, weightDecay: 0.3, beta1: 0.8, beta2: 0.9, epsilon: 0.01),
      .adam(0.02, beta1: 0.8, beta2: 0.9, epsilon: 0.01, decay: 0.3)),
    Case(
      "AdamW, PyTorch",
      AdamW(learningRate: 0.02, weightDecay: 0.3, beta1: 0.8, beta2: 0.9, epsilon: 0.01, form: .pytorch),
      .adam(0.02, beta1: 0.8, beta2: 0.9, epsilon: 0.01, epsilonHat: false, decay: 0.3)),
    Case(
      "AdaMax", AdaMax(learningRate: 0.02, beta1: 0.8, beta2: 0.7, epsilon: 0.01),
      .adamax(0.02, beta1: 0.8, beta2: 0.7, epsilon: 0.01)),
    Case("Lion", Lion(learningRate: 0.02, beta1: 0.8, beta2: 0.9), .lion(0.02, beta1: 0.8, beta2: 0.9)),
    Case(
      "Lion, decay", Lion(learningRate: 0.02, weightDecay: 0.3, beta1: 0.8, beta2: 0.9),
      .lion(0.02, beta1: 0.8, beta2: 0.9, decay: 0.3)),
    Case(
      "Adagrad, Keras", Adagrad(learningRate: 0.02, initialSum: 0.3, epsilon: 0.01),
      .adagrad(0.02, initial: 0.3, inside: 0.01)),
    Case(
      "Adagrad, PyTorch", Adagrad(learningRate: 0.02, initialSum: 0, epsilon: 0.01, form: .pytorch),
      .adagrad(0.02, initial: 0, outside: 0.01)),
    Case(
      "Adadelta", Adadelta(learningRate: 0.5, rho: 0.8, epsilon: 1e-3), .adadelta(0.5, rho: 0.8, epsilon: 1e-3)),
    Case(
      "RAdam", RAdam(learningRate: 0.02, weightDecay: 0.3, beta1: 0.8, beta2: 0.7, epsilon: 0.01),
      .radam(0.02, beta1: 0.8, beta2: 0.7, epsilon: 0.01, decay: 0.3)),
    Case(
      "NAdam",
      NAdam(learningRate: 0.02, weightDecay: 0.3, beta1: 0.8, beta2: 0.9, epsilon: 0.01, momentumDecay: 0.1),
      .nadam(0.02, beta1: 0.8, beta2: 0.9, epsilon: 0.01, momentumDecay: 0.1, decay: 0.3)),
    Case("the defaults of Adagrad", Adagrad(), .adagrad(1e-3, initial: 0.1, inside: 1e-7)),
    Case("the defaults of Adadelta", Adadelta(), .adadelta(1, rho: 0.9, epsilon: 1e-6)),
    Case("the defaults of RAdam", RAdam(), .radam(1e-3)),
    Case("the defaults of NAdam", NAdam(), .nadam(1e-3)),
    Case("the defaults of SGD", SGD(), .sgd(1e-2)),
    Case("the defaults of RMSprop", RMSprop(), .rmsprop(1e-3)),
    Case("the defaults of AdamW", AdamW(), .adam(1e-3, decay: 0.004)),
    Case("the defaults of AdaMax", AdaMax(), .adamax(1e-3)),
    Case("the defaults of Lion", Lion(), .lion(1e-3)),
  ]

  @Test(arguments: cases, ElementType.computing)
  func followsItsFormula(_ test: Case, _ element: ElementType) {
    var (optimizer, plain) = (test.optimizer, test.plain)
    var training = OptimizerSample(element)
    var weights = training.weights
    for step in 1...20 {
      let gradients = training.nextGradients()
      optimizer.update(&training.model, along: gradients)
      plain.update(&weights, OptimizerSample.numbers(gradients))
      #expect(optimizer.step == step)
    }
    #expect(maxRelativeError(training.weights, weights) < (element == .float32 ? 2e-6 : 1e-13))
  }

  private static let large = OptimizerSample.large(.float32)

  @Test(arguments: cases)
  func threadsDoNotMatter(_ test: Case) { Self.checkThreads(test.optimizer) }

  static func checkThreads(_ optimizer: any Optimizer) {
    func run(threads: Int) -> [Double] {
      let pool = WorkerPool(threads: threads)
      var (optimizer, training) = (optimizer, Self.large.sample)
      for _ in 0..<2 { optimizer.update(&training.model, along: Self.large.gradients, pool: pool) }
      return training.weights
    }
    let one = run(threads: 1)
    #expect(run(threads: 2) == one && run(threads: 3) == one)
  }

  /// Bytes of the state in a new optimizer give the same bits as going on.
  @Test(arguments: cases, ElementType.computing)
  func stateGoesOn(_ test: Case, _ element: ElementType) { Self.checkState(test.optimizer, element) }

  static func checkState(_ new: any Optimizer, _ element: ElementType) {
    var (optimizer, training) = (new, OptimizerSample(element))
    for _ in 0..<3 { optimizer.update(&training.model, along: training.nextGradients()) }
    let saved = optimizer.state
    let kept = saved.slots.map { $0.values.doubles() }
    var (resumed, copy) = (new, training)
    resumed.state = OptimizerState(
      step: saved.step,
      slots: saved.slots.map { slot in
        let values = Storage(count: slot.values.count, element: element)
        values.assign(slot.values.doubles())
        return OptimizerState.Slot(name: slot.name, values: values)
      })
    for _ in 0..<3 {
      optimizer.update(&training.model, along: training.nextGradients())
      resumed.update(&copy.model, along: copy.nextGradients())
    }
    #expect(training.weights == copy.weights)
    #expect(optimizer.step == 6 && resumed.step == 6 && saved.step == 3)
    // What was read is a value: later steps leave it alone.
    #expect(saved.slots.map { $0.values.doubles() } == kept)
    for (a, b) in zip(optimizer.state.slots, resumed.state.slots) {
      #expect(a.name == b.name && a.values.doubles() == b.values.doubles())
      #expect(a.values.doubles() != kept[0])
    }
  }

  @Test func statesHaveNames() {
    func names(_ optimizer: any Optimizer) -> [String] {
      var (optimizer, training) = (optimizer, OptimizerSample(.float32))
      #expect(optimizer.state.slots.isEmpty && optimizer.step == 0)
      optimizer.update(&training.model, along: training.nextGradients())
      return optimizer.state.slots.map(\.name)
    }
    #expect(names(SGD()) == [])
    #expect(names(SGD(momentum: 0.5)) == ["velocity"])
    #expect(names(RMSprop(momentum: 0.5, centered: true)) == ["meanSquare", "mean", "velocity"])
    #expect(names(AdamW()) == ["firstMoment", "secondMoment"])
    #expect(names(AdaMax()) == ["firstMoment", "infinityNorm"])
    #expect(names(Lion()) == ["momentum"])
    #expect(names(Adagrad()) == ["sumOfSquares"])
    #expect(names(Adadelta()) == ["meanSquare", "meanChange"])
    #expect(names(Muon(others: AdamW())) == ["momentum", "secondMoment"])
    #expect(names(Muon(others: SGD())) == ["momentum"])
    #expect(names(Lookahead(LAMB())) == ["firstMoment", "secondMoment", "slowWeights"])
  }

  @Test func misuse() async {
    let state = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var (adam, lion, training) = (Adam(), Lion(), OptimizerSample(.float32))
      adam.update(&training.model, along: training.nextGradients())
      lion.state = adam.state
      lion.update(&training.model, along: training.nextGradients())
    }
    #expect(
      state.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }?.contains("Lion: its state has") == true)
    let nesterov = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = SGD(nesterov: true)
    }
    #expect(
      nesterov.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }?.contains("SGD: Nesterov's") == true)
  }
}
