import CLatentKernels

/// A whole GRU sequence (Cho et al. 2014): the forward pass, and what it leaves for the backward pass.
///
///     z = sigmoid(x W_z + h' R_z + b_z)   r = sigmoid(x W_r + h' R_r + b_r)   h = z h' + (1 - z) n
///     before the product:  n = tanh(x W_n + (r h') R_n + b_n)
///     after the product:   n = tanh(x W_n + b_n + r (h' R_n + c_n)), and c_z, c_r add to b_z, b_r
///
/// Time-major inside, so that each time step is one block. x W is one product for all steps; R's two parts, [R_z, R_r]
/// and R_n, are packed once. Weight gradients are products over all steps too. No product is spent on h_(-1) where it is
/// zero. Sequences of unequal length take no more work than their own steps (``StepRows``).
public struct GRUSequence {
  /// B sequences of T steps with D features, H hidden units; where the reset gate acts.
  public struct Sizes: Equatable, Sendable {
    /// B, T, D and H.
    public let batch: Int, time: Int, input: Int, hidden: Int
    /// Whether the reset gate multiplies h' R_n (Keras's `reset_after`), or h' before the product.
    public let resetsAfter: Bool

    public init(batch: Int, time: Int, input: Int, hidden: Int, resetsAfter: Bool) {
      self.batch = batch
      self.time = time
      self.input = input
      self.hidden = hidden
      self.resetsAfter = resetsAfter
    }

    /// Elements of the bias: [2, 3H] where the reset gate acts after the product, [3H] where it acts before.
    public var biasCount: Int { (resetsAfter ? 6 : 3) * hidden }
  }

  let sizes: Sizes
  let steps: StepRows
  let input: Storage  // [T, B, D]
  let states: Storage  // [T + 1, B, H]: h_(t-1); the last states end up in the last block
  let startsFromZero: Bool
  let gates: Storage  // [T, B, 3H]: z, r, n; the backward pass turns them into dz
  let inner: Storage  // [T, B, H]: h' R_n + c_n or r h'; one block where no backward pass is to come
  let keepsState: Bool
  let packs: PackedWeights
  let profile: RecurrentRows?
  let workspace: Workspace?

  /// Runs the sequence.
  ///
  /// - Parameters:
  ///   - x: [B, T, D]
  ///   - kernel: [D, 3H], gate order z, r, n
  ///   - recurrentKernel: [H, 3H]
  ///   - bias: [2, 3H] or [3H], see ``Sizes/biasCount``
  ///   - initialState: h before the first step [B, H]; zero where left out
  ///   - lengths: the steps of each sequence, from 1 to T; T where left out. What x holds beyond is not read.
  ///   - keepsState: whether a backward pass is to come
  ///   - packs: the packed weights of the step
  ///   - profile: where the times of its parts go
  public init(
    _ x: Storage, kernel: Storage, recurrentKernel: Storage, bias: Storage, initialState: Storage? = nil,
    sizes: Sizes, lengths: [Int]? = nil, keepsState: Bool, packs: PackedWeights, workspace: Workspace?,
    profile: RecurrentRows? = nil
  ) {
    let (batch, time, hidden) = (sizes.batch, sizes.time, sizes.hidden)
    let (element, operations, state) = (x.element, x.operations, batch * hidden)
    require(
      batch > 0 && time > 0 && x.count == batch * time * sizes.input && kernel.count == sizes.input * 3 * hidden
        && recurrentKernel.count == hidden * 3 * hidden && bias.count == sizes.biasCount
        && [kernel, recurrentKernel, bias].allSatisfy { $0.element == element },
      "GRUSequence: x \(x.count) \(element), kernel \(kernel.count) \(kernel.element), recurrent kernel "
        + "\(recurrentKernel.count) \(recurrentKernel.element), bias \(bias.count) \(bias.element) for \(sizes)")
    self.sizes = sizes
    self.keepsState = keepsState
    self.packs = packs
    self.profile = profile
    self.workspace = workspace
    steps = StepRows(batch: batch, time: time, lengths: lengths, for: "GRUSequence")
    input = Storage(count: x.count, element: element, workspace: workspace)
    states = Storage(count: (time + 1) * state, element: element, workspace: workspace)
    startsFromZero = initialState == nil
    gates = Storage(count: time * 3 * state, element: element, workspace: workspace)
    inner = Storage(count: (keepsState ? time : 1) * state, element: element, workspace: workspace)
    steps.copy(x, toRowsOf: input, columns: sizes.input, stride: sizes.input)
    if let initialState {
      require(
        initialState.count == state && initialState.element == element,
        "GRUSequence: initial state \(initialState.count) \(initialState.element) for \(sizes) of \(element)")
      states[0..<state].assign(steps.sorted(initialState, workspace: workspace))
    } else {
      states[0..<state].fill(0)
    }
    let weights = packs.matrix(Matrix(kernel, rows: sizes.input, columns: 3 * hidden))
    let gateWeights = packs.matrix(GRUSequence.gatePart(of: recurrentKernel, hidden))
    let candidateWeights = packs.matrix(GRUSequence.candidatePart(of: recurrentKernel, hidden))
    profile?.mark(\.copies, .forward)
    weights.multiplied(
      by: Matrix(input, rows: steps.total, columns: sizes.input),
      into: Matrix(gates, rows: steps.total, columns: 3 * hidden))
    profile?.mark(\.inputProduct, .forward, product: (steps.total, 3 * hidden, sizes.input), element)

    for t in 0..<time {
      let (rows, previous, inner) = (steps.count(t), stateRows(at: t), stepInner(at: t))
      let hasState = t > 0 || !startsFromZero
      if hasState {
        gateWeights.multiplied(by: previous, into: gateColumns(at: t), accumulating: true)
        profile?.mark(\.products, .forward, product: (rows, 2 * hidden, hidden), element)
      }
      if sizes.resetsAfter {
        if hasState {
          candidateWeights.multiplied(by: previous, into: inner)
          profile?.mark(\.products, .forward, product: (rows, hidden, hidden), element)
        } else {
          operations.fill(0, inner.mutablePointer, state)
        }
      } else {
        operations.gru_reset(stepGates(at: t), inner.mutablePointer, bias.pointer, previous.pointer, rows, hidden)
        profile?.mark(\.gates, .forward)
        if hasState {
          candidateWeights.multiplied(by: inner, into: candidateColumns(at: t), accumulating: true)
          profile?.mark(\.products, .forward, product: (rows, hidden, hidden), element)
        }
      }
      steps.forEachPart(of: t) { part, stateRow in
        let size = part.lowerBound * hidden * element.size
        let (step, next) = (stepGates(at: t) + 3 * size, states.mutablePointer(at: stateRow * hidden))
        if sizes.resetsAfter {
          operations.gru_gates(
            step, inner.mutablePointer + size, bias.pointer, previous.pointer + size, next, part.count, hidden)
        } else {
          operations.gru_output(step, bias.pointer, previous.pointer + size, next, part.count, hidden)
        }
      }
      profile?.mark(\.gates, .forward, Self.gatesForward(cells: rows * hidden, element))
    }
    withExtendedLifetime((x, bias)) {}
  }

  /// A copy of the gates z, r, n of all steps, [steps and sequences, 3H]; nil where no backward pass is to come, whose first
  /// act is to overwrite them.
  public var keptGates: Storage? { keepsState ? gates[0..<steps.total * 3 * sizes.hidden].copy() : nil }

  /// Writes the last hidden state of each sequence [B, H].
  public func copyLastState(into y: Storage) {
    let (first, count) = (steps.total * sizes.hidden, sizes.batch * sizes.hidden)
    steps.unsorting(into: y, workspace: workspace) { $0.assign(states[first..<first + count]) }
  }

  /// Writes all hidden states [B, T, H], with zeros beyond the sequences' ends.
  public func copyAllStates(into y: Storage) {
    steps.copyStates(of: states, stride: sizes.hidden, to: y, columns: sizes.hidden)
  }

  /// R_z and R_r, side by side: [H, 2H].
  static func gatePart(of recurrentKernel: Storage, _ hidden: Int) -> Matrix {
    Matrix(recurrentKernel, rows: hidden, columns: 2 * hidden, stride: 3 * hidden)
  }

  /// R_n [H, H].
  static func candidatePart(of recurrentKernel: Storage, _ hidden: Int) -> Matrix {
    Matrix(recurrentKernel[2 * hidden..<recurrentKernel.count], rows: hidden, columns: hidden, stride: 3 * hidden)
  }

  func stateRows(at t: Int) -> Matrix {
    Matrix(states[steps.start(t) * sizes.hidden..<states.count], rows: steps.count(t), columns: sizes.hidden)
  }

  func stepGates(at t: Int) -> UnsafeMutableRawPointer { gates.mutablePointer(at: steps.start(t) * 3 * sizes.hidden) }

  /// The columns of z and r of one step: [B, 2H].
  func gateColumns(at t: Int) -> Matrix { columns(2 * sizes.hidden, from: 0, at: t) }

  /// The columns of n of one step: [B, H].
  func candidateColumns(at t: Int) -> Matrix { columns(sizes.hidden, from: 2 * sizes.hidden, at: t) }

  private func columns(_ count: Int, from first: Int, at t: Int) -> Matrix {
    let stride = 3 * sizes.hidden
    return Matrix(
      gates[steps.start(t) * stride + first..<gates.count], rows: steps.count(t), columns: count, stride: stride)
  }

  func stepInner(at t: Int) -> Matrix {
    let start = keepsState ? steps.start(t) * sizes.hidden : 0
    return Matrix(inner[start..<inner.count], rows: steps.count(t), columns: sizes.hidden)
  }

  // Three of sigmoid or tanh a cell forward, and the arithmetic around them. Forward reads three gates, the inner product
  // and a state and writes the same; backward reads those and dh and writes three gates, the inner and dh.
  static func gatesForward(cells: Int, _ element: ElementType) -> Work {
    Work(cells: cells, element, transcendental: 3, arithmetic: 10, values: 10)
  }

  static func gatesBackward(cells: Int, _ element: ElementType) -> Work {
    Work(cells: cells, element, transcendental: 0, arithmetic: 24, values: 11)
  }
}
