import Latent
import TestSupport
import Testing

/// Steps whose sequences change in length take no memory beyond the first ones'; `ConformanceTests` has the others.
@Suite struct LayerMemoryTests {
  private func expectSteady(_ bytes: [Int], _ name: String) {
    #expect(bytes[0] > 0 && Set(bytes).count == 1, "\(name): \(bytes)")
  }

  /// Whatever the lengths, and with a state that comes from the step before.
  @Test func sequencesTakeNoNewMemory() {
    let key = RandomKey(seed: 1)
    let model = StackedLSTM(inputSize: 3, hiddenSize: 7, layerCount: 2, key: key)
    let gru = GRU(inputSize: 3, hiddenSize: 7, key: key)
    func run<M: Module, S>(_ model: M, _ step: (M, Variable, S?, [Int]) -> (Variable, S)) -> [Int] {
      let (layout, workspace) = (ParameterLayout(of: model), Workspace())
      let x = Tensor(repeating: 0.5, shape: [4, 9, 3])
      var state: S?
      var bytes: [Int] = []
      for lengths in [[9, 9, 9, 8], [1, 1, 1, 1], [3, 9, 1, 4], [9, 9, 9, 9], [2, 7, 5, 8], [9, 1, 1, 1]] {
        _ = valueWithGradients(of: model, layout: layout, workspace: workspace) { model, tape in
          let (y, next) = step(model, tape.constant(x), state, lengths)
          state = next
          return y.sum()
        }
        bytes.append(workspace.allocatedBytes)
      }
      return bytes
    }
    // The first two steps, without a state to begin with and with one, may take more.
    let stacked = run(model) { (model, x, states: [LSTMState]?, lengths) in
      let output = model(x, from: states?.map { $0.detached(on: x.tape) }, lengths: lengths)
      return (output.y, output.states)
    }
    expectSteady(Array(stacked[1...]), "StackedLSTM with states")
    let single = run(gru) { (model, x, state: Variable?, lengths) in
      let output = model(x, from: state.map { x.tape.constant($0.tensor) }, lengths: lengths)
      return (output.y, output.state)
    }
    expectSteady(Array(single[1...]), "GRU with states")
  }
}
