import Latent
import TestSupport
import Testing

@Suite struct ObservationTests {
  private func sampleValues(_ count: Int, seed: Int) -> [Double] {
    var values = SampleValues(seed: seed)
    return values.numbers(count)
  }

  private struct Model: Module {
    var lstm = LSTM(inputSize: 3, hiddenSize: 4, key: RandomKey(seed: 1), element: .float64)
    var output = Dense(inputSize: 4, outputSize: 2, activation: .relu, key: RandomKey(seed: 2), element: .float64)

    mutating func visit(_ visitor: inout ParameterVisitor) {
      visitor.visit("lstm", &lstm)
      visitor.visit("output", &output)
    }
  }

  @Test func everyResultIsSeenWithItsLayer() {
    let model = Model()
    let tape = Tape(layout: ParameterLayout(of: model))
    var seen: [Observation] = []
    tape.observer = { seen.append($0) }
    let x = Tensor(sampleValues(30, seed: 3), shape: [2, 5, 3], element: .float64)
    let y = model.output(model.lstm(tape.constant(x)))
    let loss = tape.scoped("loss") { y.squared().sum() }
    #expect(seen.map(\.operation).prefix(3) == ["LSTM", "LSTM", "Dense"])
    #expect(seen.map(\.layer).prefix(3) == ["lstm", "lstm", "output"])
    #expect(seen.map(\.detail).prefix(3) == ["gates", nil, "relu"])
    #expect(seen.map(\.output.shape).prefix(3) == [[10, 16], [2, 4], [2, 2]])
    #expect(seen[2].output.values == y.tensor.values)
    #expect(seen.last?.layer == "loss" && seen.last?.output.scalar == loss.tensor.scalar)
  }

  /// h = o tanh(c) with c = f c' + i g, from the gates that were seen.
  @Test func gatesAreThoseOfTheSteps() {
    let model = Model()
    let tape = Tape(layout: ParameterLayout(of: model))
    var gates: Tensor?
    tape.observer = { if $0.detail == "gates" { gates = $0.output } }
    let x = Tensor(sampleValues(15, seed: 4), shape: [1, 5, 3], element: .float64)
    let h = model.lstm(tape.constant(x)).tensor.values
    let g = gates!.values
    var (cell, state) = ([Double](repeating: 0, count: 4), [Double](repeating: 0, count: 4))
    for t in 0..<5 {
      for unit in 0..<4 {
        let (i, f, candidate, o) = (g[16 * t + unit], g[16 * t + 4 + unit], g[16 * t + 8 + unit], g[16 * t + 12 + unit])
        cell[unit] = f * cell[unit] + i * candidate
        state[unit] = o * Tape().constant(Tensor([cell[unit]], shape: [1], element: .float64)).tanh().tensor.scalar
      }
    }
    #expect(zip(state, h).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func nobodyIsToldWithoutAnObserver() {
    let tape = Tape()
    var count = 0
    tape.observer = { _ in count += 1 }
    _ = tape.constant(Tensor([1], shape: [1])).exp()
    tape.observer = nil
    _ = tape.constant(Tensor([1], shape: [1])).exp()
    #expect(count == 1)
  }
}
