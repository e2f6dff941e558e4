import CLatentKernels

extension GRUSequence {
  /// Walks back through time. The sequence's own state is used up: call this once.
  ///
  /// - Parameters:
  ///   - upstream: what is known of the outputs
  ///   - kernel: that of the way forward
  ///   - recurrentKernel: that of the way forward
  ///   - gradients: where to write. What the way forward began from zero has no gradient.
  public func backward(
    upstream: RecurrentUpstream, kernel: Storage, recurrentKernel: Storage, into gradients: RecurrentGradients
  ) {
    require(keepsState, "GRUSequence.backward: the forward pass kept no state")
    let hidden = sizes.hidden
    let (element, operations) = (gates.element, gates.operations)
    upstream.check("GRUSequence.backward", batch: sizes.batch, time: sizes.time, hidden: hidden, element)
    let bias = gradients.bias.storage
    require(
      bias.count == sizes.biasCount && bias.element == element,
      "GRUSequence.backward: bias gradient \(bias.count) \(bias.element) for \(sizes) of \(element)")
    let dh = StateGradient(upstream, steps: steps, hidden: hidden, element: element, workspace: workspace)
    if !gradients.bias.isAccumulating { bias.fill(0) }
    let gateWeights = packs.matrix(GRUSequence.gatePart(of: recurrentKernel, hidden), transposed: true)
    let candidateWeights = packs.matrix(GRUSequence.candidatePart(of: recurrentKernel, hidden), transposed: true)
    profile?.mark(\.copies, .backward)

    for t in stride(from: sizes.time - 1, through: 0, by: -1) {
      let rows = steps.count(t)
      let dPrevious = Matrix(dh.storage, rows: rows, columns: hidden)
      let hasState = t > 0 || gradients.initialState.h != nil
      if sizes.resetsAfter {
        operations.gru_gates_backward(
          stepGates(at: t), stepInner(at: t).mutablePointer, stateRows(at: t).pointer, dh.completed(at: t),
          dPrevious.mutablePointer,
          bias.mutablePointer, rows, hidden)
        profile?.mark(\.gates, .backward, Self.gatesBackward(cells: rows * hidden, element))
        if hasState { candidateWeights.multiplied(by: stepInner(at: t), into: dPrevious, accumulating: true) }
      } else {
        resetBefore(at: t, dh: dh.completed(at: t), into: dPrevious, candidateWeights, biasGradient: bias)
      }
      if hasState {
        gateWeights.multiplied(by: gateColumns(at: t), into: dPrevious, accumulating: true)
        profile?.mark(\.products, .backward, product: (rows, hidden, 3 * hidden), element)
      }
    }
    steps.write(dh.storage, to: gradients.initialState.h, workspace: workspace)
    withExtendedLifetime((dh, upstream, gradients)) {}
    weightGradients(into: gradients)
    if let dx = gradients.input {
      inputGradient(kernel: kernel, into: dx)
      profile?.mark(\.inputGradient, .backward, product: (steps.total, sizes.input, 3 * hidden), element)
    }
  }

  /// A step whose reset gate acts before the product: its way back has that product in its middle.
  private func resetBefore(
    at t: Int, dh: UnsafeRawPointer, into dPrevious: Matrix, _ candidateWeights: PackedMatrix,
    biasGradient: Storage
  ) {
    let (rows, hidden, operations) = (steps.count(t), sizes.hidden, gates.operations)
    let previous = stateRows(at: t).pointer
    operations.gru_output_backward(
      stepGates(at: t), previous, dh, dPrevious.mutablePointer, biasGradient.mutablePointer, rows, hidden)
    let dInner = Storage(count: sizes.batch * hidden, element: gates.element, workspace: workspace)
    candidateWeights.multiplied(by: candidateColumns(at: t), into: Matrix(dInner, rows: rows, columns: hidden))
    operations.gru_reset_backward(
      stepGates(at: t), previous, dInner.pointer, dPrevious.mutablePointer, biasGradient.mutablePointer, rows, hidden)
    profile?.mark(\.gates, .backward, Self.gatesBackward(cells: rows * hidden, gates.element))
    withExtendedLifetime(dInner) {}
  }

  /// dW [D, 3H] = x^T dz and dR [H, 3H], the latter in two parts: h'^T [dz_z, dz_r], and of R_n either h'^T dq or
  /// (r h')^T dz_n. The first step has no part in dR where h' is zero there.
  private func weightGradients(into gradients: RecurrentGradients) {
    guard let dKernel = gradients.kernel, let dRecurrentKernel = gradients.recurrentKernel else { return }
    let hidden = sizes.hidden
    multiplyTransposed(
      Matrix(input, rows: steps.total, columns: sizes.input),
      Matrix(gates, rows: steps.total, columns: 3 * hidden),
      into: Matrix(dKernel.storage, rows: sizes.input, columns: 3 * hidden),
      accumulating: dKernel.isAccumulating, precision: packs.precision, workspace: workspace)

    let first = startsFromZero ? steps.start(1) : 0  // the first row with a state
    let later = steps.total - first
    let previous = Matrix(states[first * hidden..<states.count], rows: later, columns: hidden)
    let laterInner = Matrix(inner[first * hidden..<inner.count], rows: later, columns: hidden)
    let laterGates = gates[first * 3 * hidden..<gates.count]
    let gatePart = Storage(count: hidden * 2 * hidden, element: gates.element, workspace: workspace)
    multiplyTransposed(
      previous, Matrix(laterGates, rows: later, columns: 2 * hidden, stride: 3 * hidden),
      into: Matrix(gatePart, rows: hidden, columns: 2 * hidden), precision: packs.precision, workspace: workspace)
    let candidatePart = Storage(count: hidden * hidden, element: gates.element, workspace: workspace)
    let candidateStart = min(2 * hidden, laterGates.count)  // a single step leaves nothing
    let candidates = Matrix(
      laterGates[candidateStart..<laterGates.count], rows: later, columns: hidden, stride: 3 * hidden)
    multiplyTransposed(
      sizes.resetsAfter ? previous : laterInner, sizes.resetsAfter ? laterInner : candidates,
      into: Matrix(candidatePart, rows: hidden, columns: hidden), precision: packs.precision, workspace: workspace)

    let (dRecurrent, isAccumulating) = dRecurrentKernel
    let target =
      isAccumulating ? Storage(count: dRecurrent.count, element: gates.element, workspace: workspace) : dRecurrent
    let loops = gates.operandLoops
    loops.to_time_major(gatePart.pointer, target.mutablePointer, 1, hidden, 2 * hidden, 3 * hidden)
    loops.to_time_major(candidatePart.pointer, target.mutablePointer(at: 2 * hidden), 1, hidden, hidden, 3 * hidden)
    if isAccumulating { dRecurrent.assign(.add, dRecurrent, target) }
    withExtendedLifetime((gatePart, candidatePart, target)) {}
    profile?.markWeightGradient(
      (sizes.input, 3 * hidden, steps.total), (hidden, 3 * hidden, later), gates.element)
  }

  /// dx [B, T, D]: dz of all steps by the transposed kernel.
  private func inputGradient(kernel: Storage, into dx: RecurrentGradients.Place) {
    let (rows, input, columns) = (steps.total, sizes.input, 3 * sizes.hidden)
    let timeMajor = Storage(count: steps.capacity * input, element: gates.element, workspace: workspace)
    packs.matrix(Matrix(kernel, rows: input, columns: columns), transposed: true).multiplied(
      by: Matrix(gates, rows: rows, columns: columns), into: Matrix(timeMajor, rows: rows, columns: input))
    steps.write(rows: timeMajor, to: dx, columns: input, workspace: workspace)
  }
}
