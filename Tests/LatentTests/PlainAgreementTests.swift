import Latent
import TestSupport
import Testing

/// The layers against the plain implementation, at random sizes, in both element types.
@Suite struct PlainAgreementTests {
  /// Relative to the tensor's largest entry; float32's rounding adds up over time steps.
  private func tolerance(_ element: ElementType) -> Double { element == .float32 ? 2e-5 : 1e-12 }

  @Test(arguments: 0..<12, ElementType.allCases)
  func lstm(_ seed: Int, _ element: ElementType) {
    var sample = SampleValues(seed: seed)
    let (batch, time) = (sample.whole(1...9), sample.whole(1...9))
    let (input, hidden) = (sample.whole(1...40), sample.whole(1...40))
    let returnsSequence = seed % 2 == 0
    func tensor(_ shape: [Int], _ reach: Double) -> Tensor {
      Tensor(sample.numbers(shape.reduce(1, *), -reach...reach), shape: shape, element: element)
    }
    let (x, kernel) = (tensor([batch, time, input], 1), tensor([input, 4 * hidden], 0.5))
    let (recurrent, bias) = (tensor([hidden, 4 * hidden], 0.3), tensor([4 * hidden], 1))
    let upstream = tensor(returnsSequence ? [batch, time, hidden] : [batch, hidden], 1)

    let plain = Plain.LSTM(kernel: kernel.values, recurrent: recurrent.values, bias: bias.values)
    let states = plain.forward(x.values, batch: batch, time: time)
    let expected =
      returnsSequence
      ? plain.backward(x.values, states, upstream: upstream.values)
      : plain.backward(x.values, states, lastUpstream: upstream.values)

    let operands = Operands(["x": x, "kernel": kernel, "recurrent": recurrent, "bias": bias])
    let (layout, workspace) = (ParameterLayout(of: operands), Workspace())
    let gradients = Gradients(layout: layout)
    for slot in layout.slots { gradients.flat[slot.range].fill(.nan) }
    for _ in 0..<2 {  // the second time in memory that holds the first one's numbers
      let tape = Tape(layout: layout, workspace: workspace)
      let y = Latent.lstm(
        operands("x", on: tape), kernel: operands("kernel", on: tape),
        recurrentKernel: operands("recurrent", on: tape), bias: operands("bias", on: tape),
        returnsSequence: returnsSequence)
      #expect(maxRelativeError(y.tensor.values, returnsSequence ? states.h : states.last) < tolerance(element))
      tape.backward(from: (y * tape.constant(upstream)).sum(), into: gradients)
      let sizes = "B=\(batch) T=\(time) D=\(input) H=\(hidden)"
      #expect(maxRelativeError(gradients["x"].values, expected.x) < tolerance(element), "dx, \(sizes)")
      #expect(maxRelativeError(gradients["kernel"].values, expected.kernel) < tolerance(element), "dW, \(sizes)")
      if time > 1 {
        let error = maxRelativeError(gradients["recurrent"].values, expected.recurrent)
        #expect(error < tolerance(element), "dR, \(sizes)")
      } else {
        #expect(gradients["recurrent"].values.allSatisfy { $0 == 0 })
      }
      #expect(maxRelativeError(gradients["bias"].values, expected.bias) < tolerance(element), "db, \(sizes)")
    }
    let tape = Tape()  // records nothing, and keeps no more state than the next step needs
    let y = Latent.lstm(
      tape.constant(x), kernel: tape.constant(kernel), recurrentKernel: tape.constant(recurrent),
      bias: tape.constant(bias), returnsSequence: returnsSequence)
    #expect(maxRelativeError(y.tensor.values, returnsSequence ? states.h : states.last) < tolerance(element))
  }

  @Test(arguments: 0..<8, ElementType.allCases)
  func dense(_ seed: Int, _ element: ElementType) throws {
    var sample = SampleValues(seed: 100 + seed)
    let (rows, inputs, outputs) = (sample.whole(1...40), sample.whole(1...70), sample.whole(1...70))
    let activation = [Activation.linear, .relu, .sigmoid, .tanh][seed % 4]
    func tensor(_ shape: [Int]) -> Tensor {
      Tensor(sample.numbers(shape.reduce(1, *)), shape: shape, element: element)
    }
    let (x, kernel, bias) = (tensor([rows, inputs]), tensor([inputs, outputs]), tensor([outputs]))
    let upstream = tensor([rows, outputs])
    let plain = Plain.Dense(
      kernel: kernel.values, bias: bias.values,
      activation: try #require(Plain.Activation(rawValue: activation.rawValue)))
    let expected = plain.backward(x.values, upstream: upstream.values)
    let operands = Operands(["x": x, "kernel": kernel, "bias": bias])
    let (_, gradients) = valueWithGradients(of: operands) { operands, tape in
      let y = Latent.dense(
        operands("x", on: tape), kernel: operands("kernel", on: tape), bias: operands("bias", on: tape),
        activation: activation)
      #expect(maxRelativeError(y.tensor.values, plain.forward(x.values)) < tolerance(element))
      return (y * tape.constant(upstream)).sum()
    }
    let sizes = "[\(rows), \(inputs)] by [\(inputs), \(outputs)] \(activation)"
    #expect(maxRelativeError(gradients["x"].values, expected.x) < tolerance(element), "dx, \(sizes)")
    #expect(maxRelativeError(gradients["kernel"].values, expected.kernel) < tolerance(element), "dW, \(sizes)")
    #expect(maxRelativeError(gradients["bias"].values, expected.bias) < tolerance(element), "db, \(sizes)")
  }

  @Test(arguments: [1, 3, 8], ElementType.allCases)
  func losses(_ batch: Int, _ element: ElementType) {
    var sample = SampleValues(seed: batch)
    func tensor(_ range: ClosedRange<Double>) -> Tensor {
      Tensor(sample.numbers(batch * 129, range), shape: [batch, 129], element: element)
    }
    let (z, p, targets) = (tensor(-9...9), tensor(0.05...0.95), tensor(0...1))
    let (mean, logVariance) = (tensor(-2...2), tensor(-4...1))
    func check(_ name: String, _ operand: Tensor, _ expected: Plain.Loss, _ loss: @escaping (Variable) -> Variable) {
      let (value, gradients) = valueWithGradients(of: Operands(["x": operand])) { loss($0("x", on: $1)) }
      #expect(maxRelativeError([value], [Plain.mean(expected.rows)]) < tolerance(element), "\(name)")
      let slopes = expected.gradient.map { $0 / Double(batch) }
      #expect(maxRelativeError(gradients["x"].values, slopes) < tolerance(element), "\(name)")
    }
    let (zs, ps, ts) = (z.values, p.values, targets.values)
    check("logits", z, Plain.binaryCrossEntropy(ts, logits: zs, batch: batch)) {
      binaryCrossEntropy(logits: $0, targets: targets)
    }
    check("probabilities", p, Plain.binaryCrossEntropy(ts, probabilities: ps, batch: batch)) {
      binaryCrossEntropy(probabilities: $0, targets: targets)
    }
    check("squared error", z, Plain.squaredError(ts, reconstruction: zs, batch: batch)) {
      squaredError($0, targets: targets)
    }
    let divergence = Plain.divergence(mean: mean.values, logVariance: logVariance.values, batch: batch)
    let both = Operands(["mean": mean, "logVariance": logVariance])
    let (value, gradients) = valueWithGradients(of: both) {
      standardNormalDivergence(mean: $0("mean", on: $1), logVariance: $0("logVariance", on: $1))
    }
    let scale = 1 / Double(batch)
    #expect(maxRelativeError([value], [Plain.mean(divergence.rows)]) < tolerance(element))
    #expect(maxRelativeError(gradients["mean"].values, divergence.mean.map { $0 * scale }) < tolerance(element))
    let slopes = divergence.logVariance.map { $0 * scale }
    #expect(maxRelativeError(gradients["logVariance"].values, slopes) < tolerance(element))
  }
}
