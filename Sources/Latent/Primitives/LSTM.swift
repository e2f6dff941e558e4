import LatentKernels

/// What an LSTM knows between two steps.
public struct LSTMState {
  /// The hidden state [B, H].
  public var h: Variable
  /// The cell [B, H].
  public var c: Variable

  public init(h: Variable, c: Variable) { (self.h, self.c) = (h, c) }

  /// The same numbers as constants of another tape, so that a sequence goes on there and no gradient comes back
  /// (truncated back-propagation through time, Williams & Peng 1990).
  public func detached(on tape: Tape) -> LSTMState {
    LSTMState(h: tape.constant(h.tensor), c: tape.constant(c.tensor))
  }
}

/// A whole LSTM sequence from a zero state: `LSTMSequence` has the mathematics, forward and backward.
///
///     x [B, T, D]   kernel [D, 4H]   recurrent kernel [H, 4H]   bias [4H]   gate order i, f, g, o
///     result: [B, H], the last hidden state, or [B, T, H], all of them
///
/// - Parameter lengths: the steps of each sequence, from 1 to T; T where left out. Beyond them x is not read; the last
///   state is that of a sequence's own last step; in the result of all states there are zeros, as PyTorch's
///   `pad_packed_sequence` gives them (Keras repeats a sequence's last state).
public func lstm(
  _ x: Variable, kernel: Variable, recurrentKernel: Variable, bias: Variable, lengths: [Int]? = nil,
  returnsSequence: Bool = false
) -> Variable {
  lstm(x, (kernel, recurrentKernel, bias), nil, lengths, returnsSequence: returnsSequence, returnsState: false)[0]
}

/// The same from a state, zero where it is nil, with the state after each sequence's last step, from which it can go on.
public func lstm(
  _ x: Variable, kernel: Variable, recurrentKernel: Variable, bias: Variable, from state: LSTMState?,
  lengths: [Int]? = nil, returnsSequence: Bool = false
) -> (y: Variable, state: LSTMState) {
  let outputs = lstm(
    x, (kernel, recurrentKernel, bias), state, lengths, returnsSequence: returnsSequence, returnsState: true)
  return (outputs[0], LSTMState(h: outputs[outputs.count - 2], c: outputs[outputs.count - 1]))
}

/// The sequence of states, where wanted; the last state, where wanted or there is no sequence; the last cell, where wanted.
private func lstm(
  _ x: Variable, _ weights: (kernel: Variable, recurrentKernel: Variable, bias: Variable), _ state: LSTMState?,
  _ lengths: [Int]?, returnsSequence: Bool, returnsState: Bool
) -> [Variable] {
  let (kernel, recurrentKernel, bias) = weights
  let hidden = recurrentKernel.shape.first ?? 0
  require(
    x.shape.count == 3 && x.shape[0] > 0 && x.shape[1] > 0 && kernel.shape == [x.shape[2], 4 * hidden]
      && recurrentKernel.shape == [hidden, 4 * hidden] && bias.shape == [4 * hidden],
    of: [x, kernel, recurrentKernel, bias],
    "lstm: x \(x.shape), kernel \(kernel.shape), recurrent kernel \(recurrentKernel.shape), bias \(bias.shape) do not "
      + "fit [B, T, D], [D, 4H], [H, 4H], [4H] with B, T > 0")
  let (w, r, b) = (kernel.tensor.storage, recurrentKernel.tensor.storage, bias.tensor.storage)
  require(
    [w, r, b].allSatisfy { $0.element == x.tensor.element }, of: [x, kernel, recurrentKernel, bias],
    "lstm: x \(x.tensor.element), kernel \(w.element), recurrent kernel \(r.element), bias \(b.element) differ")
  let sizes = LSTMSequence.Sizes(batch: x.shape[0], time: x.shape[1], input: x.shape[2], hidden: hidden)
  let stateShape = [sizes.batch, hidden]
  if let state {
    require(
      [state.h, state.c].allSatisfy { $0.shape == stateShape && $0.tensor.element == x.tensor.element },
      "lstm: state h \(state.h.shape) \(state.h.tensor.element), c \(state.c.shape) \(state.c.tensor.element) for "
        + "[B, H] = \(stateShape) \(x.tensor.element); both must be of this shape and type")
  }
  let tape = x.tape
  if tape.isDifferentiatedAgain {
    let result = ComposedRecurrence(x, lengths: lengths, for: "lstm").lstm(
      kernel: kernel, recurrentKernel: recurrentKernel, bias: bias, state: state)
    let last = returnsState ? result.last : returnsSequence ? [] : [result.last[0]]
    return (returnsSequence ? [result.all] : []) + last
  }
  let layer = tape.layerName(of: [kernel, recurrentKernel, bias]) ?? "LSTM"
  let inputs = [x, kernel, recurrentKernel, bias] + (state.map { [$0.h, $0.c] } ?? [])
  let sequence = LSTMSequence(
    x.tensor.storage, kernel: w, recurrentKernel: r, bias: b,
    initialState: state.map { ($0.h.tensor.storage, $0.c.tensor.storage) }, sizes: sizes, lengths: lengths,
    keepsState: tape.keepsState(for: inputs), packs: tape.packs, workspace: tape.workspace,
    profile: tape.profile.map { RecurrentRows($0, layer: layer) })
  tape.observe(gates: sequence.keptGates, columns: 4 * hidden, of: "LSTM", [kernel, recurrentKernel, bias])
  var outputs = RecurrentOutputs(like: x)
  let all = returnsSequence ? outputs.add([sizes.batch, sizes.time, hidden], sequence.copyAllStates) : nil
  let last = returnsState || !returnsSequence ? outputs.add(stateShape, sequence.copyLastState) : nil
  let lastCell = returnsState ? outputs.add(stateShape, sequence.copyLastCell) : nil

  return tape.record(
    "LSTM", inputs: inputs, outputs: outputs.tensors
  ) { [hasState = state != nil] backward in
    let known = RecurrentUpstream(
      sequence: backward.upstream(all), last: backward.upstream(last), lastCell: backward.upstream(lastCell))
    let gradients = backward.recurrentGradients(
      kernel: w, recurrentKernel: r, bias: b, writtenInOrder: [2, 1, 3], states: hasState ? 2 : 0)
    sequence.backward(upstream: known, kernel: w, recurrentKernel: r, into: gradients)
  }
}
