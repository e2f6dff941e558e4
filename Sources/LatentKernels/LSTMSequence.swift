import CLatentKernels

/// A whole LSTM sequence: the forward pass, and what it leaves for the backward pass.
///
/// Time-major inside, so that each time step is one block. The operand of step t holds [h_(t-1), x_t] side by side and
/// the weights are stacked [R; W] likewise, so that a step is one product, and the weight gradient one product over all
/// steps. No product is spent on h_(-1), which is zero. <doc:LSTMBackward> derives the way back.
public struct LSTMSequence {
  /// B sequences of T steps with D features, H hidden units.
  public struct Sizes: Equatable, Sendable {
    /// B, T, D and H.
    public let batch: Int, time: Int, input: Int, hidden: Int

    public init(batch: Int, time: Int, input: Int, hidden: Int) {
      self.batch = batch
      self.time = time
      self.input = input
      self.hidden = hidden
    }

    /// Rows of the operand start on a cache line.
    var stride: Int { (hidden + input + 15) / 16 * 16 }
  }

  let sizes: Sizes
  private let operand: Storage  // [T + 1, B, stride]: h_(t-1) and x_t; h_(T-1) ends up in the last block
  private let gates: Storage  // [T, B, 4H]: i, f, g, o; the backward pass turns them into dz
  private let cells: Storage  // [T, B, H]
  private let keepsState: Bool  // without a backward pass to come, steps share one block of gates and two of cells
  private let packs: PackedWeights
  private let profile: RecurrentRows?
  private let workspace: Workspace?

  /// Runs the sequence.
  ///
  /// - Parameters:
  ///   - x: [B, T, D]
  ///   - kernel: [D, 4H], gate order i, f, g, o
  ///   - recurrentKernel: [H, 4H]
  ///   - bias: [4H]
  ///   - keepsState: whether a backward pass is to come
  ///   - packs: the packed weights of the step
  ///   - profile: where the times of its parts go
  public init(
    _ x: Storage, kernel: Storage, recurrentKernel: Storage, bias: Storage, sizes: Sizes, keepsState: Bool,
    packs: PackedWeights, workspace: Workspace?, profile: RecurrentRows? = nil
  ) {
    let (batch, time, input, hidden) = (sizes.batch, sizes.time, sizes.input, sizes.hidden)
    let (element, operations, stride) = (x.element, x.operations, sizes.stride)
    require(
      batch > 0 && time > 0 && x.count == batch * time * input && kernel.count == input * 4 * hidden
        && recurrentKernel.count == hidden * 4 * hidden && bias.count == 4 * hidden
        && [kernel, recurrentKernel, bias].allSatisfy { $0.element == element },
      "LSTMSequence: x \(x.count) \(element), kernel \(kernel.count) \(kernel.element), recurrent kernel "
        + "\(recurrentKernel.count) \(recurrentKernel.element), bias \(bias.count) \(bias.element) for \(sizes)")
    self.sizes = sizes
    self.packs = packs
    self.profile = profile
    self.workspace = workspace
    operand = Storage(count: (time + 1) * batch * stride, element: element, workspace: workspace)
    gates = Storage(count: (keepsState ? time : 1) * batch * 4 * hidden, element: element, workspace: workspace)
    cells = Storage(count: (keepsState ? time : 2) * batch * hidden, element: element, workspace: workspace)
    self.keepsState = keepsState
    operations.to_time_major(x.pointer, operand.pointer(at: hidden), batch, time, input, stride)

    let weights = packs.stacking(
      Matrix(recurrentKernel, rows: hidden, columns: 4 * hidden), on: Matrix(kernel, rows: input, columns: 4 * hidden))
    profile?.mark(\.copies, .forward)
    for t in 0..<time {
      if t == 0 {
        weights.multiplied(by: operandRows(at: 0, input: true), fromRow: hidden, into: gateRows(at: 0))
      } else {
        weights.multiplied(by: operandRows(at: t), into: gateRows(at: t))
      }
      profile?.mark(\.products, .forward, product: (batch, 4 * hidden, t == 0 ? input : hidden + input), element)
      operations.lstm_gates(
        gateRows(at: t).pointer, bias.pointer, t == 0 ? nil : cellPointer(at: t - 1),
        cellPointer(at: t), operand.pointer(at: (t + 1) * batch * stride), stride, batch, hidden)
      profile?.mark(\.gates, .forward, Self.gatesForward(cells: batch * hidden, element))
    }
  }

  /// Writes the last hidden state [B, H].
  public func copyLastState(into y: Storage) {
    y.operations.to_batch_major(
      operand.pointer(at: sizes.time * sizes.batch * sizes.stride), y.pointer, sizes.batch, 1, sizes.hidden,
      sizes.stride)
  }

  /// Writes all hidden states [B, T, H].
  public func copyAllStates(into y: Storage) {
    y.operations.to_batch_major(
      operand.pointer(at: sizes.batch * sizes.stride), y.pointer, sizes.batch, sizes.time, sizes.hidden, sizes.stride)
  }

  /// Walks back through time. The sequence's own state is used up: call this once.
  ///
  /// - Parameters:
  ///   - upstream: dL/dh, [B, H] for the last state or [B, T, H] for all of them
  ///   - upstreamIsSequence: which of the two it is
  public func backward(
    upstream: Storage, upstreamIsSequence: Bool, kernel: Storage, recurrentKernel: Storage,
    into gradients: RecurrentGradients
  ) {
    require(keepsState, "LSTMSequence.backward: the forward pass kept no state")
    let (batch, time, input, hidden) = (sizes.batch, sizes.time, sizes.input, sizes.hidden)
    require(
      upstream.count == batch * hidden * (upstreamIsSequence ? time : 1) && gradients.bias.count == 4 * hidden
        && [upstream, gradients.bias].allSatisfy { $0.element == gates.element },
      "LSTMSequence.backward: upstream \(upstream.count) \(upstream.element), bias gradient "
        + "\(gradients.bias.count) \(gradients.bias.element) for \(sizes)")
    let (element, operations) = (gates.element, gates.operations)
    let state = batch * hidden
    // dL/dh from above, time-major: for the last state alone there is one block, and the others are zero.
    let above = Storage(count: upstreamIsSequence ? time * state : 0, element: element, workspace: workspace)
    if upstreamIsSequence { operations.to_time_major(upstream.pointer, above.pointer, batch, time, hidden, hidden) }
    let dh = Storage(count: state, element: element, workspace: workspace)
    let dc = Storage(count: state, element: element, workspace: workspace)
    operations.fill(0, dc.pointer, state)
    if !gradients.isAccumulating.bias { operations.fill(0, gradients.bias.pointer, 4 * hidden) }
    let recurrentTransposed = packs.matrix(
      Matrix(recurrentKernel, rows: hidden, columns: 4 * hidden), transposed: true)

    profile?.mark(\.copies, .backward)

    for t in stride(from: time - 1, through: 0, by: -1) {
      var dhPointer = dh.pointer
      if t == time - 1 {
        dhPointer = upstreamIsSequence ? above.pointer(at: t * state) : upstream.pointer
      } else if upstreamIsSequence {
        operations.add(dh.pointer, above.pointer(at: t * state), dh.pointer, state)
      }
      operations.lstm_gates_backward(
        gates.pointer(at: t * 4 * state), t == 0 ? nil : cellPointer(at: t - 1), cellPointer(at: t), dhPointer,
        dc.pointer, gradients.bias.pointer, batch, hidden)
      profile?.mark(\.gates, .backward, Self.gatesBackward(cells: batch * hidden, element))
      if t > 0 {
        recurrentTransposed.multiplied(by: gateRows(at: t), into: Matrix(dh, rows: batch, columns: hidden))
        profile?.mark(\.products, .backward, product: (batch, hidden, 4 * hidden), element)
      }
    }
    withExtendedLifetime((dh, dc, above, upstream, gradients)) {}
    weightGradients(into: gradients)
    profile?.markWeightGradient(
      (hidden + input, 4 * hidden, (time - 1) * batch), (input, 4 * hidden, batch), element)
    if let dx = gradients.input {
      inputGradient(kernel: kernel, into: dx, accumulating: gradients.isAccumulating.input, input: input)
      profile?.mark(\.inputGradient, .backward, product: (time * batch, input, 4 * hidden), element)
    }
  }

  /// dW [D, 4H] and dR [H, 4H]: the operands of all steps, transposed, by dz of all steps.
  private func weightGradients(into gradients: RecurrentGradients) {
    let (batch, input, hidden, stride) = (sizes.batch, sizes.input, sizes.hidden, sizes.stride)
    let columns = 4 * hidden
    let laterSteps = (sizes.time - 1) * batch
    let kernel = Matrix(gradients.kernel, rows: input, columns: columns)
    multiplyTransposed(
      Matrix(operand[batch * stride..<operand.count], rows: laterSteps, columns: hidden + input, stride: stride),
      Matrix(gates[batch * columns..<gates.count], rows: laterSteps, columns: columns),
      into: Matrix(gradients.recurrentKernel, rows: hidden, columns: columns),
      accumulating: gradients.isAccumulating.recurrentKernel, lower: kernel,
      accumulatingLower: gradients.isAccumulating.kernel)
    // The first step, where h_(-1) = 0, has only the kernel's part.
    multiplyTransposed(
      Matrix(operand[hidden..<operand.count], rows: batch, columns: input, stride: stride), gateRows(at: 0),
      into: kernel, accumulating: true)
  }

  /// dx [B, T, D]: dz of all steps by the transposed kernel.
  private func inputGradient(kernel: Storage, into dx: Storage, accumulating: Bool, input: Int) {
    let rows = sizes.time * sizes.batch
    let timeMajor = Storage(count: rows * input, element: dx.element, workspace: workspace)
    packs.matrix(Matrix(kernel, rows: input, columns: 4 * sizes.hidden), transposed: true).multiplied(
      by: Matrix(gates, rows: rows, columns: 4 * sizes.hidden), into: Matrix(timeMajor, rows: rows, columns: input))
    let target = accumulating ? Storage(count: dx.count, element: dx.element, workspace: workspace) : dx
    dx.operations.to_batch_major(timeMajor.pointer, target.pointer, sizes.batch, sizes.time, input, input)
    if accumulating { dx.operations.add(dx.pointer, target.pointer, dx.pointer, dx.count) }
    withExtendedLifetime((timeMajor, target)) {}
  }

  private func operandRows(at t: Int, input inputOnly: Bool = false) -> Matrix {
    let start = t * sizes.batch * sizes.stride + (inputOnly ? sizes.hidden : 0)
    return Matrix(
      operand[start..<operand.count], rows: sizes.batch,
      columns: inputOnly ? sizes.input : sizes.hidden + sizes.input, stride: sizes.stride)
  }

  private func gateRows(at t: Int) -> Matrix {
    let count = sizes.batch * 4 * sizes.hidden
    let block = keepsState ? t : 0
    return Matrix(gates[block * count..<(block + 1) * count], rows: sizes.batch, columns: 4 * sizes.hidden)
  }

  private func cellPointer(at t: Int) -> UnsafeMutableRawPointer {
    cells.pointer(at: (keepsState ? t : t % 2) * sizes.batch * sizes.hidden)
  }

  // Five of exp, sigmoid or tanh a cell forward and one backward, and the arithmetic around them. Forward reads four
  // gates and a cell and writes four gates, a cell and a state; backward reads four gates, two cells, dh and dc and
  // writes four gates and dc.
  private static func gatesForward(cells: Int, _ element: ElementType) -> Work {
    Work(cells: cells, element, transcendental: 5, arithmetic: 8, values: 11)
  }

  private static func gatesBackward(cells: Int, _ element: ElementType) -> Work {
    Work(cells: cells, element, transcendental: 1, arithmetic: 26, values: 13)
  }
}
