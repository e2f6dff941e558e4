import Latent
import TestSupport
import Testing

/// Gradients that are passed on without a copy, or take the place of those that they are made from.
@Suite struct SharedGradientTests {
  /// Sums, differences, reshapes and element functions of shared variables, in any order.
  @Test(arguments: 0..<24)
  func anyGraph(_ seed: Int) {
    func graph(_ operands: Operands, _ tape: Tape) -> Variable {
      var sample = SampleValues(seed: 100 + seed)
      var variables =
        ["a", "b", "c"].map { operands($0, on: tape) } + [
          tape.constant(Tensor([0.3, -0.4, 0.5, 0.6, -0.7, 0.8], shape: [2, 3], element: .float64))
        ]
      func pick() -> Variable { variables[sample.whole(0...variables.count - 1)] }
      for _ in 0..<12 {
        let x = pick()
        switch sample.whole(0...11) {
        case 0: variables.append(x + pick())
        case 1: variables.append(x - pick())
        case 2: variables.append((0.5 * x) * pick().tanh())
        case 3: variables.append(x.tanh())
        case 4: variables.append(x + 1)
        case 5: variables.append(1 - x)
        case 6: variables.append(-x)
        case 7: variables.append(x.reshaped(to: [6]).reshaped(to: [2, 3]))
        case 8: variables.append((x / 3).exp())
        case 9: variables.append(x + pick().sum(axes: [0]))
        case 10: variables.append(x.sigmoid() / (pick().exp() + 1))
        default: variables.append(Variable.concatenated([x, pick()], axis: 1).sliced(1..<4, axis: 1))
        }
      }
      // Each parameter at least once, so that no gradient is 0.
      return variables.dropFirst().reduce(0.3 * variables[0]) { $0 + $1 } + variables[1] * variables[2]
    }
    var sample = SampleValues(seed: seed)
    let operands = Operands([
      "a": Tensor(sample.numbers(6), shape: [2, 3], element: .float64),
      "b": Tensor(sample.numbers(6), shape: [2, 3], element: .float64),
      "c": Tensor(sample.numbers(6), shape: [2, 3], element: .float64),
    ])
    #expect(gradientMismatches(of: operands, graph) == [])
  }

  /// What a pass adds stays as it is, for whoever else holds it.
  @Test func whatIsAddedIsNotWritten() {
    let kept = Tensor([2, 3], shape: [2], element: .float64)
    let (_, gradients) = valueWithGradients(of: Operands(["w": Tensor([1, 1], shape: [2], element: .float64)])) {
      w, tape in
      let x = w("w", on: tape).exp()  // its gradient is changed where it lies
      let y = tape.record("twice", inputs: [x, x], output: Tensor([0, 0], shape: [2], element: .float64)) { backward in
        backward.add(kept, to: 0)
        backward.add(kept, to: 1)
      }
      return y.sum()
    }
    #expect(kept.values == [2, 3])
    let e = 2.718281828459045
    #expect(maxRelativeError(gradients["w"].values, [4 * e, 6 * e]) < 1e-15)
  }

  /// Neither the values on the tape nor the caller's tensors change.
  @Test func valuesStay() {
    var sample = SampleValues(seed: 1)
    let x = Tensor(sample.numbers(100), shape: [10, 10], element: .float64)
    let operands = Operands(["x": x])
    let (layout, before) = (ParameterLayout(of: operands), x.values)
    let tape = Tape(layout: layout, workspace: Workspace())
    let a = operands("x", on: tape).tanh()
    let b = a + a.reshaped(to: [100]).reshaped(to: [10, 10]) - 2 * a * a
    let values = [a.tensor.values, b.tensor.values]
    _ = tape.backward(from: (b * b).sum())
    #expect([a.tensor.values, b.tensor.values] == values)
    #expect(x.values == before)
  }

  /// A chain of element functions goes back in the memory of one gradient.
  @Test func chainsNeedNoMoreMemory() {
    func bytes(_ length: Int) -> Int {
      let operands = Operands(["x": Tensor(repeating: 0.5, shape: [10_000])])
      let (layout, workspace) = (ParameterLayout(of: operands), Workspace())
      let tape = Tape(layout: layout, workspace: workspace)
      var y = operands("x", on: tape)
      for _ in 0..<length { y = (0.5 * y.tanh() + 1).exp() }
      let loss = y.sum()
      let forward = workspace.allocatedBytes
      _ = tape.backward(from: loss)
      return workspace.allocatedBytes - forward
    }
    #expect(bytes(20) == bytes(1))
    #expect(bytes(20) <= 2 * 40_960)
  }
}
