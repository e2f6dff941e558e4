import LatentKernels

/// A whole LSTM sequence from a zero state: `LSTMSequence` has the mathematics, forward and backward.
///
///     x [B, T, D]   kernel [D, 4H]   recurrent kernel [H, 4H]   bias [4H]   gate order i, f, g, o
///     result: [B, H], the last hidden state, or [B, T, H], all of them
public func lstm(
  _ x: Variable, kernel: Variable, recurrentKernel: Variable, bias: Variable, returnsSequence: Bool = false
) -> Variable {
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
  let tape = x.tape
  let layer = tape.layerName(of: [kernel, recurrentKernel, bias]) ?? "LSTM"
  let sequence = LSTMSequence(
    x.tensor.storage, kernel: w, recurrentKernel: r, bias: b, sizes: sizes, keepsState: tape.isRecording,
    packs: tape.packs, workspace: tape.workspace, profile: tape.profile.map { RecurrentRows($0, layer: layer) })
  let y = tape.makeTensor(
    returnsSequence ? [sizes.batch, sizes.time, hidden] : [sizes.batch, hidden], element: x.tensor.element)
  if returnsSequence { sequence.copyAllStates(into: y.storage) } else { sequence.copyLastState(into: y.storage) }

  return tape.record("LSTM", inputs: [x, kernel, recurrentKernel, bias], output: y) { backward in
    let gradients = backward.recurrentGradients(kernel: w, recurrentKernel: r, bias: b, writtenInOrder: [2, 1, 3])
    sequence.backward(
      upstream: backward.upstream.storage, upstreamIsSequence: returnsSequence, kernel: w, recurrentKernel: r,
      into: gradients)
  }
}
