import Latent
import TestSupport
import Testing

/// The checks of gradients by central differences: the library's own and that of the tests.
@Suite struct GradientCheckTests {
  private func operands(_ a: [Int], _ b: [Int]) -> Operands {
    var (first, second) = (SampleValues(seed: 11), SampleValues(seed: 12))
    return Operands([
      "a": Tensor(first.numbers(a.reduce(1, *), 0.3...2), shape: a, element: .float64),
      "b": Tensor(second.numbers(b.reduce(1, *), 0.3...2), shape: b, element: .float64),
    ])
  }

  /// What is right passes: one operation, a reduction whose gradient is zero but for rounding, whole layers.
  @Test func rightGradientsPass() {
    #expect(checkGradients(of: operands([2, 1, 2], [3, 1])) { $0("a", on: $1) / $0("b", on: $1) }.isEmpty)
    #expect(checkGradients(of: operands([2, 3], [3])) { $0("a", on: $1).softmax().sum() * $0("b", on: $1) }.isEmpty)
    let key = RandomKey(seed: 1)
    let model = Sequential(
      LSTM(inputSize: 3, hiddenSize: 2, returnsSequence: true, key: key, element: .float64), Flatten(),
      BatchNorm(size: 4, element: .float64),
      Dense(inputSize: 4, outputSize: 2, activation: .tanh, key: key, element: .float64))
    var sample = SampleValues(seed: 3)
    let x = Tensor(sample.numbers(18), shape: [3, 2, 3], element: .float64)
    #expect(checkGradients(of: model, pass: Pass(isTraining: true)) { $0($1.constant(x)) }.isEmpty)
    #expect(gradientMismatches(of: model, pass: Pass(isTraining: true)) { $0($1.constant(x)) } == [])
  }

  /// A wrong backward pass is found, and said where.
  @Test func wrongGradientsAreFound() {
    let differences = checkGradients(of: operands([3], [3])) { operands, tape in
      let (a, b) = (operands("a", on: tape), operands("b", on: tape))
      let output = (a.detached() * b.detached()).tensor
      return tape.record("wrong", inputs: [a, b], output: output) { backward in
        backward.add(Tensor(repeating: 1, shape: [3], element: .float64), to: 0)  // forgets b
        let upstream = backward.upstream.storage
        backward.accumulate(1) { $0.assign(.multiply, upstream, a.tensor.storage) }
      }
    }
    #expect(differences.map { "\($0.path) \($0.element)" } == ["a 0", "a 1", "a 2"])
  }

  /// One coordinate that is wrong by one part in a million does not pass.
  @Test func smallErrorsAreFound() {
    let operands = operands([17], [3])
    func squares(_ error: Double) -> [String] {
      gradientMismatches(of: operands) { operands, tape in
        let x = operands("a", on: tape)
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
    #expect(squares(1e-6).first?.hasPrefix("d/da [17]: relative error") == true)
    #expect(squares(.nan).count == 1)
  }

  @Test func plainTensors() {
    let x = Tensor([1, 2, 3], shape: [3], element: .float64)
    #expect(gradient(at: x) { ($0 * $0).sum() }.values == [2, 4, 6])
    let (value, gradients) = valueWithGradient(at: [x, Tensor([2], shape: [], element: .float64)]) {
      ($0[0] * $0[1]).sum()
    }
    #expect(value == 12 && gradients[0].values == [2, 2, 2] && gradients[1].values == [6])
  }
}
