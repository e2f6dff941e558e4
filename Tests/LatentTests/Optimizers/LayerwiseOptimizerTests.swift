import Foundation
import Latent
import TestSupport
import Testing

/// LAMB, Muon and Lookahead, which see more than one weight at a time: against formulas of whole parameters written plainly in
/// double, over 20 steps; state; threads.
@Suite struct LayerwiseOptimizerTests {
  /// A parameter's numbers and shape, by path.
  private typealias Weights = [(path: String, shape: [Int], values: [Double])]

  private func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// Trains both; the plain step changes a parameter by its gradient, its two buffers (zero at first) and the step's number.
  private func check(
    _ name: String, _ new: some Optimizer, element: ElementType, steps: Int = 20, tolerance: Double? = nil,
    _ plain: (
      _ path: String, _ shape: [Int], _ w: inout [Double], _ g: [Double], _ s: inout [[Double]], _ step: Int
    ) -> Void
  ) {
    var (optimizer, training) = (new, OptimizerSample(element))
    var weights: Weights = training.model.parameters.map { ($0.path, $0.value.shape, $0.value.values) }
    var buffers = weights.map { Array(repeating: [Double](repeating: 0, count: $0.values.count), count: 2) }
    for step in 1...steps {
      let gradients = training.nextGradients()
      optimizer.update(&training.model, along: gradients)
      for index in weights.indices {
        let (path, shape) = (weights[index].path, weights[index].shape)
        plain(path, shape, &weights[index].values, gradients[path].values, &buffers[index], step)
      }
    }
    let found = training.model.parameters.flatMap(\.value.values)
    let error = maxRelativeError(found, weights.flatMap(\.values))
    #expect(error < tolerance ?? (element == .float32 ? 3e-6 : 1e-12), "\(name) \(element): \(error)")
  }

  @Test(arguments: ElementType.computing)
  func lamb(_ element: ElementType) {
    var lamb = LAMB(learningRate: 0.02, weightDecay: 0.3, beta1: 0.8, beta2: 0.9, epsilon: 0.01)
    lamb.groups = [.named("bias", learningRateFactor: 0.5, decaysWeights: false)]
    check("LAMB", lamb, element: element) { path, _, w, g, s, t in
      let (decay, rate) = path.hasSuffix("bias") ? (0, 0.01) : (0.3, 0.02)
      var direction: [Double] = []
      for i in w.indices {
        s[0][i] = 0.8 * s[0][i] + 0.2 * g[i]
        s[1][i] = 0.9 * s[1][i] + 0.1 * g[i] * g[i]
        let (m, v) = (s[0][i] / (1 - pow(0.8, Double(t))), s[1][i] / (1 - pow(0.9, Double(t))))
        direction.append(m / (sqrt(v) + 0.01) + decay * w[i])
      }
      let ratio = norm(w) / norm(direction)
      for i in w.indices { w[i] -= rate * ratio * direction[i] }
    }
  }

  /// Weights of zero have no length to go by.
  @Test func lambFromZero() {
    var (model, lamb) = (Operands(["w": Tensor(zeros: [3], element: .float64)]), LAMB(learningRate: 0.1))
    var gradients = Gradients(layout: ParameterLayout(of: model))
    gradients["w"] = Tensor([1, -2, 0], shape: [3], element: .float64)
    lamb.update(&model, along: gradients)
    #expect(maxRelativeError(model.parameters[0].value.values, [-0.1, 0.1, 0]) < 1e-6)
  }

  /// X = G / |G|, then 5 times a X + (b A + c A A) X with A = X X^T, element by element; of a tall matrix, its transpose's.
  private func orthogonal(_ g: [Double], _ shape: [Int]) -> [Double] {
    func multiply(_ x: [[Double]], _ y: [[Double]]) -> [[Double]] {
      var z = x.map { _ in [Double](repeating: 0, count: y[0].count) }
      for i in x.indices { for k in y.indices { for j in y[0].indices { z[i][j] += x[i][k] * y[k][j] } } }
      return z
    }
    func transpose(_ x: [[Double]]) -> [[Double]] { x[0].indices.map { j in x.map { $0[j] } } }
    let length = max(norm(g), 1e-7)
    var x: [[Double]] = (0..<shape[0]).map { i in (0..<shape[1]).map { j -> Double in g[i * shape[1] + j] / length } }
    if shape[0] > shape[1] { x = transpose(x) }
    for _ in 0..<5 {
      let a = multiply(x, transpose(x))
      let square = multiply(a, a)
      let b: [[Double]] = zip(a, square).map { zip($0, $1).map { -4.7750 * $0 + 2.0315 * $1 } }
      let product = multiply(b, x)
      x = zip(x, product).map { zip($0, $1).map { 3.4445 * $0 + $1 } }
    }
    return (shape[0] > shape[1] ? transpose(x) : x).flatMap(\.self)
  }

  @Test(arguments: ElementType.computing, [true, false])
  func muon(_ element: ElementType, nesterov: Bool) {
    var others = AdamW(learningRate: 0.01, weightDecay: 0.3, beta1: 0.8, beta2: 0.9, epsilon: 0.01, form: .pytorch)
    others.groups = [.named("bias", decaysWeights: false), .under("encoder2", learningRateFactor: 0.5)]
    let muon = Muon(
      learningRate: 0.02, momentum: 0.9, nesterov: nesterov, weightDecay: 0.2, others: others)
    check("Muon", muon, element: element, tolerance: element == .float32 ? 1e-5 : 1e-12) { path, shape, w, g, s, t in
      for i in w.indices where shape.count == 2 { s[0][i] = 0.9 * s[0][i] + 0.1 * g[i] }
      guard shape.count == 2 else {
        let decay = path.hasSuffix("bias") ? 0 : 0.3
        for i in w.indices {
          w[i] -= 0.01 * decay * w[i]
          s[0][i] = 0.8 * s[0][i] + 0.2 * g[i]
          s[1][i] = 0.9 * s[1][i] + 0.1 * g[i] * g[i]
          let (m, v) = (s[0][i] / (1 - pow(0.8, Double(t))), s[1][i] / (1 - pow(0.9, Double(t))))
          w[i] -= 0.01 * m / (sqrt(v) + 0.01)
        }
        return
      }
      let direction = orthogonal(nesterov ? zip(g, s[0]).map { 0.1 * $0 + 0.9 * $1 } : s[0], shape)
      let size = sqrt(max(1, Double(shape[1]) / Double(shape[0])))
      for i in w.indices { w[i] -= 0.5 * (0.02 * 0.2 * w[i] + 0.02 * size * direction[i]) }
    }
  }

  /// Tall, wide, square and large matrices, of which some are left to the other optimizer; the rate of both is one's.
  @Test func muonsMatrices() throws {
    let key = RandomKey(seed: 3)
    func tensor(_ rows: Int, _ columns: Int) -> Tensor {
      Initializer.normal(standardDeviation: 1)(shape: [rows, columns], key: key.child(UInt64(rows)), element: .float64)
    }
    let start = Operands([
      "embedding.table": tensor(9, 4), "tall": tensor(300, 40), "wide": tensor(40, 300), "square": tensor(150, 150),
      "flat": tensor(1, 5), "embeddings": tensor(5, 5),
    ])
    var gradients = Gradients(layout: ParameterLayout(of: start))
    for (path, value) in start.parameters { gradients[path] = value }
    func run(threads: Int?) -> [[Double]] {
      var (model, muon) = (
        start, Muon(learningRate: 1, weightDecay: 0, excluding: ["embedding"], others: SGD(learningRate: 0.5))
      )
      muon.learningRate = 0.1
      muon.update(&model, along: gradients, pool: threads.map { WorkerPool(threads: $0) })
      return model.parameters.map(\.value.values)
    }
    let one = run(threads: 1)
    #expect(run(threads: 2) == one && run(threads: 3) == one && run(threads: nil) == one)
    for ((path, value), found) in zip(start.parameters, one) {
      // The first momentum of Nesterov's form is 0.05 (1 + 0.95) of the gradient, whose length does not matter.
      let size = (max(1, Double(value.shape[1]) / Double(value.shape[0]))).squareRoot()
      let expected =
        path == "embedding.table"
        ? value.values.map { $0 - 0.05 * $0 }
        : zip(value.values, orthogonal(value.values, value.shape)).map { $0 - 0.1 * size * $1 }
      #expect(maxRelativeError(found, expected) < 1e-11, "\(path)")
    }
  }

  @Test(arguments: ElementType.computing)
  func lookahead(_ element: ElementType) {
    let lookahead = Lookahead(SGD(learningRate: 0.02, momentum: 0.8), interval: 3, fraction: 0.4)
    check("Lookahead", lookahead, element: element) { _, _, w, g, s, t in
      for i in w.indices {
        if t == 1 { s[1][i] = w[i] }
        s[0][i] = 0.8 * s[0][i] - 0.02 * g[i]
        w[i] += s[0][i]
        guard t % 3 == 0 else { continue }
        s[1][i] += 0.4 * (w[i] - s[1][i])
        w[i] = s[1][i]
      }
    }
  }

  /// Between two meetings the slow weights are those of the last one.
  @Test func slowWeights() {
    var (training, lookahead) = (OptimizerSample(.float32), Lookahead(Adam(), interval: 2))
    #expect(
      lookahead.slowWeights(of: training.model).parameters.map(\.value.values)
        == training.model.parameters.map(\.value.values))
    for _ in 0..<2 { lookahead.update(&training.model, along: training.nextGradients()) }
    let meeting = training.weights
    #expect(lookahead.slowWeights(of: training.model).parameters.flatMap(\.value.values) == meeting)
    lookahead.update(&training.model, along: training.nextGradients())
    #expect(training.weights != meeting)
    #expect(lookahead.slowWeights(of: training.model).parameters.flatMap(\.value.values) == meeting)
    lookahead.learningRate = 0.5
    #expect(lookahead.base.learningRate == 0.5 && lookahead.step == 3)
  }

  /// What is frozen stays; what learns later begins its slow weights where it is.
  @Test func lookaheadOfFrozenParts() {
    var base = SGD(learningRate: 0.02)
    base.groups = [.under("encoder", isFrozen: true)]
    var (training, frozen) = (OptimizerSample(.float64), Lookahead(base, interval: 2))
    let start = training["encoder.kernel"]
    func gradients(_ groups: ParameterGroups) -> Gradients {
      let all = training.nextGradients()
      var gradients = Gradients(layout: ParameterLayout(of: training.model, groups: groups))
      for slot in gradients.layout.slots where !slot.isFrozen { gradients[slot.path] = all[slot.path] }
      return gradients
    }
    for _ in 0..<3 { frozen.update(&training.model, along: gradients(base.groups)) }
    #expect(training["encoder.kernel"] == start)
    var free = Lookahead(SGD(learningRate: 0.02), interval: 2)
    free.state = frozen.state
    let last = gradients([])
    free.update(&training.model, along: last)
    // A step of its own, and half of the way there.
    let expected = zip(start, last["encoder.kernel"].values).map { $0 - 0.5 * 0.02 * $1 }
    #expect(maxRelativeError(training["encoder.kernel"], expected) < 1e-14)
  }

  private static let all: [any Optimizer] = [
    LAMB(learningRate: 0.02, weightDecay: 0.1), Muon(learningRate: 0.02, others: AdamW()),
    Lookahead(AdamW(), interval: 2), Lookahead(Muon(learningRate: 0.02, others: SGD(momentum: 0.9)), interval: 3),
  ]

  @Test func threadsDoNotMatter() { for optimizer in Self.all { OptimizerTests.checkThreads(optimizer) } }

  @Test(arguments: ElementType.computing)
  func stateGoesOn(_ element: ElementType) {
    for optimizer in Self.all { OptimizerTests.checkState(optimizer, element) }
  }

  /// States of other optimizers are named, not taken.
  @Test func statesOfOthers() {
    var (training, adam) = (OptimizerSample(.float32), Adam())
    adam.update(&training.model, along: training.nextGradients())
    let layout = ParameterLayout(of: training.model)
    for optimizer in [Lookahead(Adam()), Muon(others: AdamW())] as [any Optimizer] {
      #expect(optimizer.problem(with: adam.state, for: layout)?.contains("its state has") == true)
    }
    #expect(LAMB().problem(with: adam.state, for: layout) == nil)
    var lookahead = Lookahead(Adam())
    lookahead.update(&training.model, along: training.nextGradients())
    #expect(lookahead.problem(with: lookahead.state, for: layout) == nil)
    #expect(Lookahead(SGD()).problem(with: lookahead.state, for: layout)?.contains("firstMoment") == true)
  }

  @Test func misuse() async {
    await #expect(processExitsWith: .success) {
      expectStop("Lookahead: an interval of 0 steps", "interval") { _ = Lookahead(Adam(), interval: 0) }
      expectStop("Lookahead: fraction 2.0 is not in 0...1", "fraction") { _ = Lookahead(Adam(), fraction: 2) }
      expectStop("Muon: momentum 1.0 is not in 0..<1", "momentum") { _ = Muon(momentum: 1, others: SGD()) }
      expectStop("Adagrad: an initial sum of -1.0", "sum") { _ = Adagrad(initialSum: -1) }
    }
  }
}
