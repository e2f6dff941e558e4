import CLatentKernels

extension LSTMSequence {
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
    require(keepsState, "LSTMSequence.backward: the forward pass kept no state")
    let (batch, time, input, hidden) = (sizes.batch, sizes.time, sizes.input, sizes.hidden)
    let element = cells.element
    upstream.check("LSTMSequence.backward", batch: batch, time: time, hidden: hidden, element)
    let bias = gradients.bias.storage
    require(
      bias.count == 4 * hidden && bias.element == element,
      "LSTMSequence.backward: bias gradient \(bias.count) \(bias.element) for \(sizes) of \(element)")
    let dh = StateGradient(upstream, steps: steps, hidden: hidden, element: element, workspace: workspace)
    let dc = Storage(count: batch * hidden, element: element, workspace: workspace)
    dc.assign(steps, upstream.lastCell, workspace: workspace)
    if !gradients.bias.isAccumulating { bias.fill(0) }
    let recurrentTransposed = packs.matrix(
      Matrix(recurrentKernel, rows: hidden, columns: 4 * hidden), transposed: true)
    profile?.mark(\.copies, .backward)
    let loop = operand.operandLoops.lstm_gates_backward

    for t in stride(from: time - 1, through: 0, by: -1) {
      let rows = steps.count(t)
      loop(
        keptRows(at: t).mutablePointer, previousCellPointer(at: t), cellPointer(at: t), dh.completed(at: t),
        dc.mutablePointer,
        bias.mutablePointer, rows, hidden)
      profile?.mark(\.gates, .backward, Self.gatesBackward(cells: rows * hidden, element))
      if t > 0 || gradients.initialState.h != nil {
        recurrentTransposed.multiplied(by: keptRows(at: t), into: Matrix(dh.storage, rows: rows, columns: hidden))
        profile?.mark(\.products, .backward, product: (rows, hidden, 4 * hidden), element)
      }
    }
    steps.write(dh.storage, to: gradients.initialState.h, workspace: workspace)
    steps.write(dc, to: gradients.initialState.c, workspace: workspace)
    withExtendedLifetime((dh, dc, upstream, gradients)) {}
    weightGradients(into: gradients)
    if let dx = gradients.input {
      inputGradient(kernel: kernel, into: dx)
      profile?.mark(\.inputGradient, .backward, product: (steps.total, input, 4 * hidden), element)
    }
  }

  /// dW [D, 4H] and dR [H, 4H]: the operands of all steps, transposed, by dz of all steps.
  private func weightGradients(into gradients: RecurrentGradients) {
    guard let dKernel = gradients.kernel, let dRecurrentKernel = gradients.recurrentKernel else { return }
    let (input, hidden, precision) = (sizes.input, sizes.hidden, packs.precision)
    let inputPlace = sizes.inputPlace(precision)
    let (columns, element) = (4 * hidden, cells.element)
    let first = initialCell == nil ? steps.start(1) : 0  // the first row with a state
    let rows = steps.total - first
    let kernel = Matrix(dKernel.storage, rows: input, columns: columns)
    func operands(_ part: Range<Int>) -> Matrix {
      Matrix(
        operand[first * rowStride + part.lowerBound..<operand.count], rows: rows, columns: part.count, stride: rowStride
      )
    }
    let dz = keptRows(from: first, count: rows)
    let recurrent = Matrix(dRecurrentKernel.storage, rows: hidden, columns: columns)
    let (isAdded, isKernelAdded) = (dRecurrentKernel.isAccumulating, dKernel.isAccumulating)
    if inputPlace == hidden {
      multiplyTransposed(
        operands(0..<hidden + input), dz, into: recurrent, accumulating: isAdded, lower: kernel,
        accumulatingLower: isKernelAdded, precision: precision, workspace: workspace)
    } else {  // something lies between the two
      multiplyTransposed(
        operands(0..<hidden), dz, into: recurrent, accumulating: isAdded, precision: precision, workspace: workspace)
      multiplyTransposed(
        operands(inputPlace..<inputPlace + input), dz, into: kernel, accumulating: isKernelAdded,
        precision: precision, workspace: workspace)
    }
    if first > 0 {  // The first step, where h_(-1) = 0, has only the kernel's part.
      multiplyTransposed(
        Matrix(
          operand[steps.start(0) * rowStride + inputPlace..<operand.count], rows: steps.count(0), columns: input,
          stride: rowStride), keptRows(at: 0), into: kernel, accumulating: true, precision: precision,
        workspace: workspace)
    }
    profile?.markWeightGradient((hidden + input, columns, rows), (input, columns, first), element)
  }

  /// dx [B, T, D]: dz of all steps by the transposed kernel.
  private func inputGradient(kernel: Storage, into dx: RecurrentGradients.Place) {
    let (rows, input) = (steps.total, sizes.input)
    let timeMajor = Storage(count: steps.capacity * input, element: cells.element, workspace: workspace)
    packs.matrix(Matrix(kernel, rows: input, columns: 4 * sizes.hidden), transposed: true).multiplied(
      by: keptRows(from: 0, count: rows), into: Matrix(timeMajor, rows: rows, columns: input))
    steps.write(rows: timeMajor, to: dx, columns: input, workspace: workspace)
  }
}
