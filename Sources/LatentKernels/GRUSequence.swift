import CLatentKernels

/// A whole GRU sequence (Cho et al. 2014) from a zero state: the forward pass, and what it leaves for the backward pass.
///
///     z = sigmoid(x W_z + h' R_z + b_z)   r = sigmoid(x W_r + h' R_r + b_r)   h = z h' + (1 - z) n
///     before the product:  n = tanh(x W_n + (r h') R_n + b_n)
///     after the product:   n = tanh(x W_n + b_n + r (h' R_n + c_n)), and c_z, c_r add to b_z, b_r
///
/// Time-major inside, so that each time step is one block. x W is one product for all steps; R's two parts, [R_z, R_r]
/// and R_n, are packed once. Weight gradients are products over all steps too. No product is spent on h_(-1) = 0.
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
  let input: Storage  // [T, B, D]
  let states: Storage  // [T + 1, B, H]: the first block, h_(-1), is zero
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
  ///   - keepsState: whether a backward pass is to come
  ///   - packs: the packed weights of the step
  ///   - profile: where the times of its parts go
  public init(
    _ x: Storage, kernel: Storage, recurrentKernel: Storage, bias: Storage, sizes: Sizes, keepsState: Bool,
    packs: PackedWeights, workspace: Workspace?, profile: RecurrentRows? = nil
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
    input = Storage(count: x.count, element: element, workspace: workspace)
    states = Storage(count: (time + 1) * state, element: element, workspace: workspace)
    gates = Storage(count: time * 3 * state, element: element, workspace: workspace)
    inner = Storage(count: (keepsState ? time : 1) * state, element: element, workspace: workspace)
    operations.to_time_major(x.pointer, input.pointer, batch, time, sizes.input, sizes.input)
    operations.fill(0, states.pointer, state)
    let weights = packs.matrix(Matrix(kernel, rows: sizes.input, columns: 3 * hidden))
    let gateWeights = packs.matrix(GRUSequence.gatePart(of: recurrentKernel, hidden))
    let candidateWeights = packs.matrix(GRUSequence.candidatePart(of: recurrentKernel, hidden))
    profile?.mark(\.copies, .forward)
    weights.multiplied(
      by: Matrix(input, rows: time * batch, columns: sizes.input),
      into: Matrix(gates, rows: time * batch, columns: 3 * hidden))
    profile?.mark(\.inputProduct, .forward, product: (time * batch, 3 * hidden, sizes.input), element)

    for t in 0..<time {
      let (step, previous) = (stepGates(at: t), Matrix(states[t * state..<states.count], rows: batch, columns: hidden))
      let next = states.pointer(at: (t + 1) * state)
      let innerStep = stepInner(at: t)
      if t > 0 {
        gateWeights.multiplied(by: previous, into: gateColumns(at: t), accumulating: true)
        profile?.mark(\.products, .forward, product: (batch, 2 * hidden, hidden), element)
      }
      if sizes.resetsAfter {
        if t > 0 {
          candidateWeights.multiplied(by: previous, into: innerStep)
          profile?.mark(\.products, .forward, product: (batch, hidden, hidden), element)
        } else {
          operations.fill(0, innerStep.pointer, state)
        }
        operations.gru_gates(step, innerStep.pointer, bias.pointer, previous.pointer, next, batch, hidden)
      } else {
        operations.gru_reset(step, innerStep.pointer, bias.pointer, previous.pointer, batch, hidden)
        profile?.mark(\.gates, .forward)
        if t > 0 {
          candidateWeights.multiplied(by: innerStep, into: candidateColumns(at: t), accumulating: true)
          profile?.mark(\.products, .forward, product: (batch, hidden, hidden), element)
        }
        operations.gru_output(step, bias.pointer, previous.pointer, next, batch, hidden)
      }
      profile?.mark(\.gates, .forward, Self.gatesForward(cells: state, element))
    }
  }

  /// Writes the last hidden state [B, H].
  public func copyLastState(into y: Storage) {
    let (batch, hidden) = (sizes.batch, sizes.hidden)
    y.operations.to_batch_major(
      states.pointer(at: sizes.time * batch * hidden), y.pointer, batch, 1, hidden, hidden)
  }

  /// Writes all hidden states [B, T, H].
  public func copyAllStates(into y: Storage) {
    let (batch, hidden) = (sizes.batch, sizes.hidden)
    y.operations.to_batch_major(states.pointer(at: batch * hidden), y.pointer, batch, sizes.time, hidden, hidden)
  }

  /// R_z and R_r, side by side: [H, 2H].
  static func gatePart(of recurrentKernel: Storage, _ hidden: Int) -> Matrix {
    Matrix(recurrentKernel, rows: hidden, columns: 2 * hidden, stride: 3 * hidden)
  }

  /// R_n [H, H].
  static func candidatePart(of recurrentKernel: Storage, _ hidden: Int) -> Matrix {
    Matrix(recurrentKernel[2 * hidden..<recurrentKernel.count], rows: hidden, columns: hidden, stride: 3 * hidden)
  }

  func stepGates(at t: Int) -> UnsafeMutableRawPointer { gates.pointer(at: t * sizes.batch * 3 * sizes.hidden) }

  /// The columns of z and r of one step: [B, 2H].
  func gateColumns(at t: Int) -> Matrix {
    let (batch, hidden) = (sizes.batch, sizes.hidden)
    return Matrix(gates[t * batch * 3 * hidden..<gates.count], rows: batch, columns: 2 * hidden, stride: 3 * hidden)
  }

  /// The columns of n of one step: [B, H].
  func candidateColumns(at t: Int) -> Matrix {
    let (batch, hidden) = (sizes.batch, sizes.hidden)
    let start = t * batch * 3 * hidden + 2 * hidden
    return Matrix(gates[start..<gates.count], rows: batch, columns: hidden, stride: 3 * hidden)
  }

  func stepInner(at t: Int) -> Matrix {
    let start = (keepsState ? t : 0) * sizes.batch * sizes.hidden
    return Matrix(inner[start..<inner.count], rows: sizes.batch, columns: sizes.hidden)
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
