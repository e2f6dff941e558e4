import CLatentKernels

extension GRUSequence {
  /// Walks back through time. The sequence's own state is used up: call this once.
  ///
  /// - Parameters:
  ///   - upstream: dL/dh, [B, H] for the last state or [B, T, H] for all of them
  ///   - upstreamIsSequence: which of the two it is
  public func backward(
    upstream: Storage, upstreamIsSequence: Bool, kernel: Storage, recurrentKernel: Storage,
    into gradients: RecurrentGradients
  ) {
    require(keepsState, "GRUSequence.backward: the forward pass kept no state")
    let (batch, time, hidden) = (sizes.batch, sizes.time, sizes.hidden)
    let (element, operations, state) = (gates.element, gates.operations, batch * hidden)
    require(
      upstream.count == state * (upstreamIsSequence ? time : 1) && gradients.bias.count == sizes.biasCount
        && [upstream, gradients.bias].allSatisfy { $0.element == element },
      "GRUSequence.backward: upstream \(upstream.count) \(upstream.element), bias gradient "
        + "\(gradients.bias.count) \(gradients.bias.element) for \(sizes)")
    // dL/dh from above, time-major: for the last state alone there is one block, and the others are zero.
    let above = Storage(count: upstreamIsSequence ? time * state : 0, element: element, workspace: workspace)
    if upstreamIsSequence { operations.to_time_major(upstream.pointer, above.pointer, batch, time, hidden, hidden) }
    let dh = Storage(count: state, element: element, workspace: workspace)
    if !gradients.isAccumulating.bias { operations.fill(0, gradients.bias.pointer, gradients.bias.count) }
    let gateWeights = packs.matrix(GRUSequence.gatePart(of: recurrentKernel, hidden), transposed: true)
    let candidateWeights = packs.matrix(GRUSequence.candidatePart(of: recurrentKernel, hidden), transposed: true)
    let dhRows = Matrix(dh, rows: batch, columns: hidden)
    profile?.mark(\.copies, .backward)

    for t in stride(from: time - 1, through: 0, by: -1) {
      var dhPointer = dh.pointer
      if t == time - 1 {
        dhPointer = upstreamIsSequence ? above.pointer(at: t * state) : upstream.pointer
      } else if upstreamIsSequence {
        operations.add(dh.pointer, above.pointer(at: t * state), dh.pointer, state)
      }
      let previous = states.pointer(at: t * state)
      if sizes.resetsAfter {
        operations.gru_gates_backward(
          stepGates(at: t), stepInner(at: t).pointer, previous, dhPointer, dh.pointer, gradients.bias.pointer, batch,
          hidden)
        profile?.mark(\.gates, .backward, Self.gatesBackward(cells: state, element))
        if t > 0 { candidateWeights.multiplied(by: stepInner(at: t), into: dhRows, accumulating: true) }
      } else {
        resetBefore(at: t, dh: dhPointer, into: dh, candidateWeights, biasGradient: gradients.bias)
      }
      if t > 0 {
        gateWeights.multiplied(by: gateColumns(at: t), into: dhRows, accumulating: true)
        profile?.mark(\.products, .backward, product: (batch, hidden, 3 * hidden), element)
      }
    }
    withExtendedLifetime((dh, above, upstream, gradients)) {}
    weightGradients(into: gradients)
    profile?.markWeightGradient(
      (sizes.input, 3 * hidden, time * batch), (hidden, 3 * hidden, (time - 1) * batch), element)
    if let dx = gradients.input {
      inputGradient(kernel: kernel, into: dx, accumulating: gradients.isAccumulating.input)
      profile?.mark(\.inputGradient, .backward, product: (time * batch, sizes.input, 3 * hidden), element)
    }
  }

  /// A step whose reset gate acts before the product: its way back has that product in its middle.
  private func resetBefore(
    at t: Int, dh: UnsafeMutableRawPointer, into dPrevious: Storage, _ candidateWeights: PackedMatrix,
    biasGradient: Storage
  ) {
    let (batch, hidden, operations) = (sizes.batch, sizes.hidden, gates.operations)
    let previous = states.pointer(at: t * batch * hidden)
    operations.gru_output_backward(
      stepGates(at: t), previous, dh, dPrevious.pointer, biasGradient.pointer, batch, hidden)
    let dInner = Storage(count: batch * hidden, element: gates.element, workspace: workspace)
    candidateWeights.multiplied(by: candidateColumns(at: t), into: Matrix(dInner, rows: batch, columns: hidden))
    operations.gru_reset_backward(
      stepGates(at: t), previous, dInner.pointer, dPrevious.pointer, biasGradient.pointer, batch, hidden)
    profile?.mark(\.gates, .backward, Self.gatesBackward(cells: batch * hidden, gates.element))
    withExtendedLifetime(dInner) {}
  }

  /// dW [D, 3H] = x^T dz and dR [H, 3H], the latter in two parts: h'^T [dz_z, dz_r], and of R_n either h'^T dq or
  /// (r h')^T dz_n. At the first step h' is zero.
  private func weightGradients(into gradients: RecurrentGradients) {
    let (batch, hidden) = (sizes.batch, sizes.hidden)
    let rows = sizes.time * batch
    multiplyTransposed(
      Matrix(input, rows: rows, columns: sizes.input), Matrix(gates, rows: rows, columns: 3 * hidden),
      into: Matrix(gradients.kernel, rows: sizes.input, columns: 3 * hidden),
      accumulating: gradients.isAccumulating.kernel)

    let later = rows - batch
    let previous = Matrix(states[batch * hidden..<states.count], rows: later, columns: hidden)
    let laterInner = Matrix(inner[batch * hidden..<inner.count], rows: later, columns: hidden)
    let laterGates = gates[batch * 3 * hidden..<gates.count]
    let gatePart = Storage(count: hidden * 2 * hidden, element: gates.element, workspace: workspace)
    multiplyTransposed(
      previous, Matrix(laterGates, rows: later, columns: 2 * hidden, stride: 3 * hidden),
      into: Matrix(gatePart, rows: hidden, columns: 2 * hidden))
    let candidatePart = Storage(count: hidden * hidden, element: gates.element, workspace: workspace)
    let candidateStart = min(2 * hidden, laterGates.count)  // a single step leaves nothing
    let candidates = Matrix(
      laterGates[candidateStart..<laterGates.count], rows: later, columns: hidden, stride: 3 * hidden)
    multiplyTransposed(
      sizes.resetsAfter ? previous : laterInner, sizes.resetsAfter ? laterInner : candidates,
      into: Matrix(candidatePart, rows: hidden, columns: hidden))

    let isAccumulating = gradients.isAccumulating.recurrentKernel
    let dRecurrent = gradients.recurrentKernel
    let target =
      isAccumulating ? Storage(count: dRecurrent.count, element: gates.element, workspace: workspace) : dRecurrent
    let operations = gates.operations
    operations.to_time_major(gatePart.pointer, target.pointer, 1, hidden, 2 * hidden, 3 * hidden)
    operations.to_time_major(candidatePart.pointer, target.pointer(at: 2 * hidden), 1, hidden, hidden, 3 * hidden)
    if isAccumulating { dRecurrent.assign(.add, dRecurrent, target) }
    withExtendedLifetime((gatePart, candidatePart, target)) {}
  }

  /// dx [B, T, D]: dz of all steps by the transposed kernel.
  private func inputGradient(kernel: Storage, into dx: Storage, accumulating: Bool) {
    let (rows, columns) = (sizes.time * sizes.batch, 3 * sizes.hidden)
    let timeMajor = Storage(count: rows * sizes.input, element: dx.element, workspace: workspace)
    packs.matrix(Matrix(kernel, rows: sizes.input, columns: columns), transposed: true).multiplied(
      by: Matrix(gates, rows: rows, columns: columns), into: Matrix(timeMajor, rows: rows, columns: sizes.input))
    let target = accumulating ? Storage(count: dx.count, element: dx.element, workspace: workspace) : dx
    dx.operations.to_batch_major(timeMajor.pointer, target.pointer, sizes.batch, sizes.time, sizes.input, sizes.input)
    if accumulating { dx.assign(.add, dx, target) }
    withExtendedLifetime((timeMajor, target)) {}
  }
}
