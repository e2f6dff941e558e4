import LatentKernels

/// A whole GRU sequence from a zero state: `GRUSequence` has the mathematics, forward and backward.
///
///     x [B, T, D]   kernel [D, 3H]   recurrent kernel [H, 3H]   gate order z, r, n
///     bias [2, 3H], of the input's and of the recurrent product, where the reset gate acts after the product; else [3H]
///     result: [B, H], the last hidden state, or [B, T, H], all of them
///
/// - Parameter lengths: the steps of each sequence, from 1 to T; T where left out. Beyond them x is not read; the last
///   state is that of a sequence's own last step; in the result of all states there are zeros, as PyTorch's
///   `pad_packed_sequence` gives them (Keras repeats a sequence's last state).
public func gru(
  _ x: Variable, kernel: Variable, recurrentKernel: Variable, bias: Variable, resetsAfter: Bool = true,
  lengths: [Int]? = nil, returnsSequence: Bool = false
) -> Variable {
  gru(
    x, (kernel, recurrentKernel, bias), resetsAfter, nil, lengths, returnsSequence: returnsSequence, returnsState: false
  )[0]
}

/// The same from a state [B, H], zero where it is nil, with the state after each sequence's last step, from which it can
/// go on.
public func gru(
  _ x: Variable, kernel: Variable, recurrentKernel: Variable, bias: Variable, resetsAfter: Bool = true,
  from state: Variable?, lengths: [Int]? = nil, returnsSequence: Bool = false
) -> (y: Variable, state: Variable) {
  let outputs = gru(
    x, (kernel, recurrentKernel, bias), resetsAfter, state, lengths, returnsSequence: returnsSequence,
    returnsState: true)
  return (outputs[0], outputs[outputs.count - 1])
}

/// The sequence of states, where wanted; the last state, where wanted or there is no sequence.
private func gru(
  _ x: Variable, _ weights: (kernel: Variable, recurrentKernel: Variable, bias: Variable), _ resetsAfter: Bool,
  _ state: Variable?, _ lengths: [Int]?, returnsSequence: Bool, returnsState: Bool
) -> [Variable] {
  let (kernel, recurrentKernel, bias) = weights
  let hidden = recurrentKernel.shape.first ?? 0
  require(
    x.shape.count == 3 && x.shape[0] > 0 && x.shape[1] > 0 && kernel.shape == [x.shape[2], 3 * hidden]
      && recurrentKernel.shape == [hidden, 3 * hidden] && bias.shape == (resetsAfter ? [2] : []) + [3 * hidden],
    of: [x, kernel, recurrentKernel, bias],
    "gru: x \(x.shape), kernel \(kernel.shape), recurrent kernel \(recurrentKernel.shape), bias \(bias.shape) do not "
      + "fit [B, T, D], [D, 3H], [H, 3H], \(resetsAfter ? "[2, 3H]" : "[3H]") with B, T > 0")
  let (w, r, b) = (kernel.tensor.storage, recurrentKernel.tensor.storage, bias.tensor.storage)
  require(
    [w, r, b].allSatisfy { $0.element == x.tensor.element }, of: [x, kernel, recurrentKernel, bias],
    "gru: x \(x.tensor.element), kernel \(w.element), recurrent kernel \(r.element), bias \(b.element) differ")
  let sizes = GRUSequence.Sizes(
    batch: x.shape[0], time: x.shape[1], input: x.shape[2], hidden: hidden, resetsAfter: resetsAfter)
  let stateShape = [sizes.batch, hidden]
  if let state {
    require(
      state.shape == stateShape && state.tensor.element == x.tensor.element,
      "gru: state \(state.shape) \(state.tensor.element) for [B, H] = \(stateShape) \(x.tensor.element)"
        + "; both must be alike")
  }
  let tape = x.tape
  if tape.isDifferentiatedAgain {
    let result = ComposedRecurrence(x, lengths: lengths, for: "gru").gru(
      kernel: kernel, recurrentKernel: recurrentKernel, bias: bias, resetsAfter: resetsAfter, state: state)
    return (returnsSequence ? [result.all] : []) + (returnsState || !returnsSequence ? result.last : [])
  }
  let layer = tape.layerName(of: [kernel, recurrentKernel, bias]) ?? "GRU"
  let inputs = [x, kernel, recurrentKernel, bias] + (state.map { [$0] } ?? [])
  let sequence = GRUSequence(
    x.tensor.storage, kernel: w, recurrentKernel: r, bias: b, initialState: state?.tensor.storage, sizes: sizes,
    lengths: lengths, keepsState: tape.keepsState(for: inputs), packs: tape.packs, workspace: tape.workspace,
    profile: tape.profile.map { RecurrentRows($0, layer: layer) })
  tape.observe(gates: sequence.keptGates, columns: 3 * hidden, of: "GRU", [kernel, recurrentKernel, bias])
  var outputs = RecurrentOutputs(like: x)
  let all = returnsSequence ? outputs.add([sizes.batch, sizes.time, hidden], sequence.copyAllStates) : nil
  let last = returnsState || !returnsSequence ? outputs.add(stateShape, sequence.copyLastState) : nil

  return tape.record(
    "GRU", inputs: inputs, outputs: outputs.tensors
  ) { [hasState = state != nil] backward in
    let known = RecurrentUpstream(sequence: backward.upstream(all), last: backward.upstream(last))
    let gradients = backward.recurrentGradients(
      kernel: w, recurrentKernel: r, bias: b, writtenInOrder: [3, 1, 2], states: hasState ? 1 : 0)
    sequence.backward(upstream: known, kernel: w, recurrentKernel: r, into: gradients)
  }
}
