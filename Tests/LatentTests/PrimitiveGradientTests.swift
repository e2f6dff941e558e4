import Latent
import TestSupport
import Testing

/// Every primitive's backward pass against central differences at every coordinate, in float64.
@Suite struct PrimitiveGradientTests {
  private func tensor(
    _ shape: [Int], seed: Int, _ range: ClosedRange<Double> = -1...1
  ) -> Tensor {
    var sample = SampleValues(seed: seed)
    return Tensor(sample.numbers(shape.reduce(1, *), range), shape: shape, element: .float64)
  }

  @Test(arguments: [(1, 1, 1), (1, 7, 17), (7, 17, 1), (17, 1, 7), (2, 33, 5)], Activation.allCases)
  func dense(_ size: (rows: Int, inputs: Int, outputs: Int), _ activation: Activation) {
    var operands = Operands([
      "x": tensor([size.rows, size.inputs], seed: 1), "kernel": tensor([size.inputs, size.outputs], seed: 2),
      "bias": tensor([size.outputs], seed: 3, 0.5...2),
    ])
    if [.relu, .elu, .leakyRelu].contains(activation) { keepFromTheCorner(&operands) }
    #expect(
      gradientMismatches(of: operands) {
        Latent.dense($0("x", on: $1), kernel: $0("kernel", on: $1), bias: $0("bias", on: $1), activation: activation)
      } == [])
  }

  /// Scales the kernel so that no unit comes within the differences' reach of relu's corner, and both sides are met.
  private func keepFromTheCorner(_ operands: inout Operands) {
    for scale in stride(from: 1.0, through: 3, by: 0.07) {
      var scaled = operands
      scaled.updateParameters {
        if $0 == "kernel" {
          $1.value = Tensor($1.value.values.map { $0 * scale }, shape: $1.value.shape, element: .float64)
        }
      }
      let tape = Tape()
      let z = Latent.dense(scaled("x", on: tape), kernel: scaled("kernel", on: tape), bias: scaled("bias", on: tape))
      if z.tensor.values.allSatisfy({ abs($0) > 0.02 }) {
        operands = scaled
        return
      }
    }
    Issue.record("no scale keeps away from the corner")
  }

  @Test func denseOnASequence() {
    let operands = Operands([
      "x": tensor([2, 3, 5], seed: 1), "kernel": tensor([5, 4], seed: 2), "bias": tensor([4], seed: 3),
    ])
    #expect(
      gradientMismatches(of: operands) {
        Latent.dense($0("x", on: $1), kernel: $0("kernel", on: $1), bias: $0("bias", on: $1), activation: .tanh)
      } == [])
  }

  @Test(
    arguments: [(1, 1, 1, 1), (1, 3, 7, 5), (2, 1, 3, 7), (3, 4, 2, 3), (2, 2, 17, 1), (1, 2, 1, 17)],
    [false, true])
  func lstm(_ size: (batch: Int, time: Int, input: Int, hidden: Int), _ returnsSequence: Bool) {
    let operands = Operands([
      "x": tensor([size.batch, size.time, size.input], seed: 1),
      "kernel": tensor([size.input, 4 * size.hidden], seed: 2),
      "recurrent": tensor([size.hidden, 4 * size.hidden], seed: 3, -0.5...0.5),
      "bias": tensor([4 * size.hidden], seed: 4),
    ])
    #expect(
      gradientMismatches(of: operands, step: 4e-3) {
        Latent.lstm(
          $0("x", on: $1), kernel: $0("kernel", on: $1), recurrentKernel: $0("recurrent", on: $1),
          bias: $0("bias", on: $1), returnsSequence: returnsSequence)
      } == [])
  }

  @Test func wideLSTM() { lstm((batch: 1, time: 2, input: 1, hidden: 33), true) }

  /// Each operand alone, the others constants: their gradients are not wanted.
  @Test(arguments: ["x", "kernel", "recurrent", "bias"])
  func oneOperandOfAnLSTM(_ wanted: String) {
    let tensors = [
      "x": tensor([2, 3, 4], seed: 1), "kernel": tensor([4, 12], seed: 2), "recurrent": tensor([3, 12], seed: 3),
      "bias": tensor([12], seed: 4),
    ]
    #expect(
      gradientMismatches(of: Operands([wanted: tensors[wanted]!])) { operands, tape in
        func operand(_ name: String) -> Variable {
          name == wanted ? operands(name, on: tape) : tape.constant(tensors[name]!)
        }
        return Latent.lstm(
          operand("x"), kernel: operand("kernel"), recurrentKernel: operand("recurrent"), bias: operand("bias"),
          returnsSequence: true)
      } == [])
  }

  /// One matrix as kernel and recurrent kernel, and a second layer of the same weights on top: all uses add up.
  @Test func sharedWeightsOfAnLSTM() {
    let operands = Operands([
      "x": tensor([2, 3, 4], seed: 1), "weights": tensor([4, 16], seed: 2), "bias": tensor([16], seed: 3),
    ])
    #expect(
      gradientMismatches(of: operands) { operands, tape in
        let (weights, bias) = (operands("weights", on: tape), operands("bias", on: tape))
        let lower = Latent.lstm(
          operands("x", on: tape), kernel: weights, recurrentKernel: weights, bias: bias, returnsSequence: true)
        return Latent.lstm(lower, kernel: weights, recurrentKernel: weights, bias: bias)
      } == [])
  }

  /// One input for two LSTMs and more: all its gradients add up, whichever comes first.
  @Test func sharedInputOfLSTMs() {
    let operands = Operands([
      "x": tensor([2, 3, 4], seed: 1), "kernel": tensor([4, 16], seed: 2), "recurrent": tensor([4, 16], seed: 3),
      "bias": tensor([16], seed: 4),
    ])
    let mismatches = gradientMismatches(of: operands) { operands, tape in
      let (x, bias) = (operands("x", on: tape), operands("bias", on: tape))
      let (kernel, recurrent) = (operands("kernel", on: tape), operands("recurrent", on: tape))
      let first = Latent.lstm(x, kernel: kernel, recurrentKernel: recurrent, bias: bias, returnsSequence: true)
      let second = Latent.lstm(x, kernel: recurrent, recurrentKernel: kernel, bias: bias, returnsSequence: true)
      return first * x + second
    }
    #expect(mismatches == [])
  }

  @Test(arguments: [[1], [7], [17, 1], [3, 11]])
  func arithmetic(_ shape: [Int]) {
    let operands = Operands(["a": tensor(shape, seed: 1), "b": tensor(shape, seed: 2)])
    #expect(gradientMismatches(of: operands) { $0("a", on: $1) + $0("b", on: $1) } == [])
    #expect(gradientMismatches(of: operands) { $0("a", on: $1) - $0("b", on: $1) } == [])
    #expect(gradientMismatches(of: operands) { $0("a", on: $1) * $0("b", on: $1) } == [])
    #expect(gradientMismatches(of: operands) { -2.5 * $0("a", on: $1) + 0 * $0("b", on: $1) } == [])
    #expect(gradientMismatches(of: operands) { $0("a", on: $1).sigmoid() * $0("b", on: $1) } == [])
    #expect(gradientMismatches(of: operands) { $0("a", on: $1).sum() + 3 * $0("b", on: $1).sum() } == [])
    let count = shape.reduce(1, *)
    #expect(
      gradientMismatches(of: operands) {
        $0("a", on: $1).reshaped(to: [1, count]) * $0("b", on: $1).reshaped(to: [1, count])
      } == [])
  }

  /// A variable that goes into a primitive twice, and into several: all its gradients add up.
  @Test func variablesUsedAgain() {
    let operands = Operands(["a": tensor([3, 3], seed: 1), "b": tensor([3], seed: 2), "c": tensor([3, 3], seed: 3)])
    #expect(
      gradientMismatches(of: operands) { o, t in
        let a = o("a", on: t)
        return a * a + a * o("c", on: t)
      } == [])
    #expect(gradientMismatches(of: operands) { o, t in (o("a", on: t) - o("a", on: t)) + o("c", on: t) } == [])
    #expect(gradientMismatches(of: operands) { o, t in o("a", on: t) + o("a", on: t) } == [])
    #expect(
      gradientMismatches(of: operands) { o, t in
        let (a, b) = (o("a", on: t), o("b", on: t))
        let once = Latent.dense(a, kernel: a, bias: b, activation: .sigmoid)
        let twice = Latent.dense(once, kernel: a, bias: b, activation: .tanh)
        return twice * once + once.reshaped(to: [3, 3]) * o("c", on: t)
      } == [])
    let noise = Tensor([Double](repeating: 0.3, count: 9), shape: [3, 3], element: .float64)
    let manyUses = gradientMismatches(of: operands) { o, t in
      let a = o("a", on: t)
      var total = gaussianSample(mean: a, logVariance: a, noise: noise).sum()
      total = total + standardNormalDivergence(mean: a, logVariance: a)
      total = total + squaredError(a, targets: noise)
      total = total + binaryCrossEntropy(logits: a, targets: noise)
      total = total + binaryCrossEntropy(probabilities: a.sigmoid(), targets: noise)
      return total + a.sum()
    }
    #expect(manyUses == [])
  }

  @Test(arguments: [[1, 1], [1, 7], [3, 17], [5, 33]])
  func gaussians(_ shape: [Int]) {
    let operands = Operands(["mean": tensor(shape, seed: 1), "logVariance": tensor(shape, seed: 2, -2...1)])
    let noise = tensor(shape, seed: 3, -2...2)
    #expect(
      gradientMismatches(of: operands) {
        gaussianSample(mean: $0("mean", on: $1), logVariance: $0("logVariance", on: $1), noise: noise)
      } == [])
    #expect(
      gradientMismatches(of: operands) {
        standardNormalDivergence(mean: $0("mean", on: $1), logVariance: $0("logVariance", on: $1))
      } == [])
  }

  @Test(arguments: [[1], [1, 7], [7, 1], [3, 17], [5, 3, 11]])
  func losses(_ shape: [Int]) {
    let targets = tensor(shape, seed: 2, 0...1)
    let logits = Operands(["z": tensor(shape, seed: 1, -4...4)])
    #expect(gradientMismatches(of: logits) { binaryCrossEntropy(logits: $0("z", on: $1), targets: targets) } == [])
    #expect(gradientMismatches(of: logits) { squaredError($0("z", on: $1), targets: targets) } == [])
    let probabilities = Operands(["p": tensor(shape, seed: 1, 0.1...0.9)])
    #expect(
      gradientMismatches(of: probabilities) {
        binaryCrossEntropy(probabilities: $0("p", on: $1), targets: targets)
      } == [])
  }

  /// The check itself: a backward pass that is wrong at one coordinate by one part in a million does not pass.
  @Test func theCheckFindsSmallErrors() {
    let operands = Operands(["x": tensor([17], seed: 1), "y": tensor([3], seed: 2)])
    func squares(_ error: Double) -> [String] {
      gradientMismatches(of: operands) { operands, tape in
        let x = operands("x", on: tape)
        let values = x.tensor.values
        let output = Tensor(values.map { $0 * $0 }, shape: [17], element: .float64)
        return tape.record("squares", inputs: [x], output: output) { backward in
          var gradient = zip(backward.upstream.values, values).map { 2 * $0 * $1 }
          gradient[11] += error
          backward.add(Tensor(gradient, shape: [17], element: .float64), to: 0)
        } + 0 * x
      }
    }
    #expect(squares(0) == [])
    #expect(squares(1e-6).count == 1)
    #expect(squares(1e-6).first?.hasPrefix("d/dx [17]: relative error") == true)
    #expect(squares(.nan).count == 1)
  }
}
