import Latent
import TestSupport
import Testing

/// LSTMs on top of each other, and what stops where states and lengths do not fit.
@Suite struct StackedLSTMTests {
  private func layer(_ layers: Int, returnsSequence: Bool) -> StackedLSTM {
    StackedLSTM(
      inputSize: 3, hiddenSize: 4, layerCount: layers, returnsSequence: returnsSequence, key: RandomKey(seed: 1),
      element: .float64)
  }

  private func input() -> Tensor {
    var sample = SampleValues(seed: 1)
    return Tensor(sample.numbers(2 * 5 * 3), shape: [2, 5, 3], element: .float64)
  }

  /// The same layers, one called after the other.
  @Test(arguments: [1, 2, 3], [true, false])
  func layersInTurn(_ count: Int, _ returnsSequence: Bool) {
    let stack = layer(count, returnsSequence: returnsSequence)
    let x = Tape().constant(input())
    #expect(stack.layers.map(\.returnsSequence) == (1...count).map { $0 < count || returnsSequence })
    #expect(Set(stack.layers.map { $0.recurrentKernel.value.values }).count == count)
    var (plain, withLengths) = (x, x)
    for one in stack.layers { (plain, withLengths) = (one(plain), one(withLengths, lengths: [4, 2])) }
    #expect(stack(x).tensor.values == plain.tensor.values)
    #expect(stack(x, lengths: [4, 2]).tensor.values == withLengths.tensor.values)
    let (y, states) = stack(x, from: nil)
    #expect(y.tensor.values == plain.tensor.values && states.count == count)
    if !returnsSequence { #expect(states.last!.h.tensor.values == plain.tensor.values) }
    // Two halves, the states carried on.
    let (_, half) = stack(x.sliced(0..<2, axis: 1), from: nil)
    let (_, end) = stack(x.sliced(2..<5, axis: 1), from: half)
    for (whole, halves) in zip(states, end) {
      #expect(whole.h.tensor.values == halves.h.tensor.values && whole.c.tensor.values == halves.c.tensor.values)
    }
    #expect(stack.parameters.map(\.path).prefix(3) == ["0.kernel", "0.recurrentKernel", "0.bias"])
    #expect(Sequential(stack)(x).tensor.values == plain.tensor.values)
  }

  @Test func differences() {
    let x = input()
    #expect(
      gradientMismatches(of: layer(2, returnsSequence: false)) { stack, tape in
        let (first, states) = stack(tape.constant(x), from: nil, lengths: [3, 5])
        let (second, end) = stack(tape.constant(x), from: states, lengths: [4, 1])
        return .joined([first, second] + end.flatMap { [$0.h, $0.c] })
      } == [])
  }

  /// A state on another tape is a constant there.
  @Test func detachedStates() {
    let stack = layer(1, returnsSequence: false)
    let (_, states) = stack(Tape().constant(input()), from: nil)
    func gradients(_ state: (Tape) -> LSTMState) -> Gradients {
      valueWithGradients(of: stack.layers[0]) { lstm, tape in
        lstm(tape.constant(input()), from: state(tape)).state.c.sum()
      }.gradients
    }
    let detached = gradients { states[0].detached(on: $0) }
    let constant = gradients { LSTMState(h: $0.constant(states[0].h.tensor), c: $0.constant(states[0].c.tensor)) }
    #expect(detached.flat.doubles() == constant.flat.doubles())
  }

  @Test func misuse() async {
    let none = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = StackedLSTM(inputSize: 3, hiddenSize: 4, layerCount: 0, key: RandomKey(seed: 1))
    }
    #expect(message(none).contains("StackedLSTM: 0 layers"))
    let states = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Tape().constant(Tensor(zeros: [2, 5, 3]))
      let stack = StackedLSTM(inputSize: 3, hiddenSize: 4, layerCount: 2, key: RandomKey(seed: 1))
      _ = stack(x, from: [stack(x, from: nil).states[0]])
    }
    #expect(message(states).contains("StackedLSTM: 1 states for 2 layers"))
    let lstm = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let tape = Tape()
      let state = tape.constant(Tensor(zeros: [2, 3]))
      _ = LSTM(inputSize: 3, hiddenSize: 4, key: RandomKey(seed: 1))(
        tape.constant(Tensor(zeros: [2, 5, 3])), from: LSTMState(h: state, c: state))
    }
    #expect(message(lstm).contains("lstm: state h [2, 3] float32, c [2, 3] float32 for [B, H] = [2, 4] float32"))
    let gru = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let tape = Tape()
      _ = GRU(inputSize: 3, hiddenSize: 4, key: RandomKey(seed: 1))(
        tape.constant(Tensor(zeros: [2, 5, 3])), from: tape.constant(Tensor(zeros: [2, 4], element: .float64)))
    }
    #expect(message(gru).contains("gru: state [2, 4] float64 for [B, H] = [2, 4] float32"))
    let empty = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let layer = LSTM(inputSize: 3, hiddenSize: 4, key: RandomKey(seed: 1))
      _ = layer(Tape().constant(Tensor(zeros: [2, 5, 3])), lengths: [5, 0])
    }
    #expect(message(empty).contains("lengths [5, 0] for [B, T] = [2, 5]; there must be B of them, from 1 to T"))
    let long = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let layer = GRU(inputSize: 3, hiddenSize: 4, key: RandomKey(seed: 1))
      _ = layer(Tape().constant(Tensor(zeros: [2, 5, 3])), lengths: [6, 5])
    }
    #expect(message(long).contains("lengths [6, 5] for [B, T] = [2, 5]"))
    let few = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let layer = LSTM(inputSize: 3, hiddenSize: 4, key: RandomKey(seed: 1))
      _ = layer(Tape().constant(Tensor(zeros: [2, 5, 3])), lengths: [5])
    }
    #expect(message(few).contains("lengths [5] for [B, T] = [2, 5]"))
  }
}
