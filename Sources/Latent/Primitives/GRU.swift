import LatentKernels

/// A whole GRU sequence from a zero state: `GRUSequence` has the mathematics, forward and backward.
///
///     x [B, T, D]   kernel [D, 3H]   recurrent kernel [H, 3H]   gate order z, r, n
///     bias [2, 3H], of the input's and of the recurrent product, where the reset gate acts after the product; else [3H]
///     result: [B, H], the last hidden state, or [B, T, H], all of them
public func gru(
  _ x: Variable, kernel: Variable, recurrentKernel: Variable, bias: Variable, resetsAfter: Bool = true,
  returnsSequence: Bool = false
) -> Variable {
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
  let tape = x.tape
  let layer = tape.layerName(of: [kernel, recurrentKernel, bias]) ?? "GRU"
  let sequence = GRUSequence(
    x.tensor.storage, kernel: w, recurrentKernel: r, bias: b, sizes: sizes, keepsState: tape.isRecording,
    packs: tape.packs, workspace: tape.workspace, profile: tape.profile.map { RecurrentRows($0, layer: layer) })
  let y = tape.makeTensor(
    returnsSequence ? [sizes.batch, sizes.time, hidden] : [sizes.batch, hidden], element: x.tensor.element)
  if returnsSequence { sequence.copyAllStates(into: y.storage) } else { sequence.copyLastState(into: y.storage) }

  return tape.record("GRU", inputs: [x, kernel, recurrentKernel, bias], output: y) { backward in
    let gradients = backward.recurrentGradients(kernel: w, recurrentKernel: r, bias: b, writtenInOrder: [3, 1, 2])
    sequence.backward(
      upstream: backward.upstream.storage, upstreamIsSequence: returnsSequence, kernel: w, recurrentKernel: r,
      into: gradients)
  }
}
