import CLatentKernels

/// A whole LSTM sequence: the forward pass, and what it leaves for the backward pass.
///
/// Time-major inside, so that each time step is one block. The operand of step t holds [h_(t-1), x_t] side by side and
/// the weights are stacked [R; W] likewise, so that a step is one product, and the weight gradient one product over all
/// steps. No product is spent on h_(-1) where it is zero. With a mixed ``Precision`` the operands are bfloat16, h and dz too,
/// which the passes over the gates write so; cells stay float32, and of the gates the way back is left 16 bits each, in steps of 2^-16
/// (2^-15 for g). Sequences of unequal length take no more work than their own steps (``StepRows``). <doc:LSTMBackward> derives the way
/// back.
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

    /// Where x begins in a row of the operand: at a whole group of terms.
    func inputPlace(_ precision: Precision) -> Int { precision.packedRows(hidden) }

    /// Rows of the operand start on a cache line.
    func stride(_ precision: Precision) -> Int {
      let line = precision == .full ? 16 : 32
      return (inputPlace(precision) + input + line - 1) / line * line
    }
  }

  let sizes: Sizes
  let steps: StepRows
  let rowStride: Int  // of the operand's rows
  let operand: Storage  // [T + 1, B, stride]: h_(t-1) and x_t; the last states end up in the last block
  let kept: Storage  // [T, B, 4H]: i, f, g, o, of operand's size; the backward pass turns them into dz
  let cells: Storage  // [T, B, H]
  let initialCell: Storage?  // [B, H]; nil where the first state is zero
  let keepsState: Bool  // without a backward pass to come, steps share one block of kept gates and two of cells
  let packs: PackedWeights
  let profile: RecurrentRows?
  let workspace: Workspace?

  /// Runs the sequence.
  ///
  /// - Parameters:
  ///   - x: [B, T, D]
  ///   - kernel: [D, 4H], gate order i, f, g, o
  ///   - recurrentKernel: [H, 4H]
  ///   - bias: [4H]
  ///   - initialState: h and c before the first step [B, H]; zero where left out
  ///   - lengths: the steps of each sequence, from 1 to T; T where left out. What x holds beyond is not read.
  ///   - keepsState: whether a backward pass is to come
  ///   - packs: the packed weights of the step
  ///   - profile: where the times of its parts go
  public init(
    _ x: Storage, kernel: Storage, recurrentKernel: Storage, bias: Storage,
    initialState: (h: Storage, c: Storage)? = nil, sizes: Sizes, lengths: [Int]? = nil, keepsState: Bool,
    packs: PackedWeights, workspace: Workspace?, profile: RecurrentRows? = nil
  ) {
    let (batch, time, input, hidden) = (sizes.batch, sizes.time, sizes.input, sizes.hidden)
    let (element, precision) = (x.element, packs.precision)
    let (stride, inputPlace) = (sizes.stride(precision), sizes.inputPlace(precision))
    require(
      batch > 0 && time > 0 && x.count == batch * time * input && kernel.count == input * 4 * hidden
        && recurrentKernel.count == hidden * 4 * hidden && bias.count == 4 * hidden
        && [kernel, recurrentKernel, bias].allSatisfy { $0.element == element } && precision.fits(element),
      "LSTMSequence\(precision.note): x \(x.count) \(element), kernel \(kernel.count) \(kernel.element), recurrent kernel "
        + "\(recurrentKernel.count) \(recurrentKernel.element), bias \(bias.count) \(bias.element) for \(sizes)")
    self.sizes = sizes
    rowStride = stride
    self.keepsState = keepsState
    self.packs = packs
    self.profile = profile
    self.workspace = workspace
    steps = StepRows(batch: batch, time: time, lengths: lengths, for: "LSTMSequence")
    let rows = steps.capacity
    operand = Storage(
      count: (rows + batch) * stride, element: precision == .full ? element : .bfloat16, workspace: workspace)
    // Behind the last terms of h and x.
    operand.clearColumns(hidden..<inputPlace, stride: stride)
    operand.clearColumns(inputPlace + input..<inputPlace + precision.packedRows(input), stride: stride)
    kept = Storage(
      count: (keepsState ? rows : batch) * 4 * hidden, element: operand.element, workspace: workspace)
    // What steps share before their gates are kept, where that takes other memory.
    let shared =
      precision.isMixed ? Storage(count: batch * 4 * hidden, element: element, workspace: workspace) : nil
    cells = Storage(count: (keepsState ? rows : 2 * batch) * hidden, element: element, workspace: workspace)
    steps.copy(x, toRowsOf: operand[inputPlace..<operand.count], columns: input, stride: stride)
    if let (h, c) = initialState {
      require(
        [h, c].allSatisfy { $0.count == batch * hidden && $0.element == element },
        "LSTMSequence: initial state h \(h.count) \(h.element), c \(c.count) \(c.element) for \(sizes)")
      steps.copyState(steps.sorted(h, workspace: workspace), toRowsOf: operand, columns: hidden, stride: stride)
      initialCell = steps.sorted(c, workspace: workspace)
    } else {
      initialCell = nil
    }

    let weights = packs.stacking(
      Matrix(recurrentKernel, rows: hidden, columns: 4 * hidden), on: Matrix(kernel, rows: input, columns: 4 * hidden))
    profile?.mark(\.copies, .forward)
    let loop = operand.operandLoops.lstm_gates
    for t in 0..<time {
      let isFromZero = t == 0 && initialCell == nil
      let gates = keptRows(at: t)
      let z = shared.map { Matrix($0, rows: steps.count(t), columns: 4 * hidden) } ?? gates
      weights.multiplied(by: operandRows(at: t, input: isFromZero), fromRow: isFromZero ? inputPlace : 0, into: z)
      profile?.mark(
        \.products, .forward, product: (steps.count(t), 4 * hidden, isFromZero ? input : hidden + input), element)
      let (cell, previous) = (cellPointer(at: t), previousCellPointer(at: t))
      steps.forEachPart(of: t) { rows, stateRow in
        let size = rows.lowerBound * hidden * element.size
        loop(
          z.pointer + 4 * size, gates.mutablePointer + rows.lowerBound * 4 * hidden * kept.element.size, bias.pointer,
          previous.map { $0 + size }, cell + size,
          operand.mutablePointer(at: stateRow * stride), stride, rows.count, hidden)
      }
      profile?.mark(\.gates, .forward, Self.gatesForward(cells: steps.count(t) * hidden, element))
    }
    withExtendedLifetime((x, bias, initialState, shared)) {}
  }

  /// A copy of the gates i, f, g, o of all steps as the way back will read them, [steps and sequences, 4H]; nil where no backward pass
  /// is to come, whose first act is to overwrite them.
  public var keptGates: Storage? {
    guard keepsState else { return nil }
    let gates = Storage(count: steps.total * 4 * sizes.hidden, element: cells.element)
    operand.operandLoops.lstm_kept_gates(kept.pointer, gates.mutablePointer, steps.total, sizes.hidden)
    return gates
  }

  /// Writes the last hidden state of each sequence [B, H].
  public func copyLastState(into y: Storage) {
    steps.unsorting(into: y, workspace: workspace) {
      steps.copyState(
        ofRows: operand[steps.total * rowStride..<operand.count], stride: rowStride, to: $0, columns: sizes.hidden)
    }
  }

  /// Writes the last cell of each sequence [B, H].
  public func copyLastCell(into y: Storage) {
    steps.unsorting(into: y, workspace: workspace) { y in
      for t in 0..<sizes.time where !steps.ending(t).isEmpty {
        let row = sizes.hidden * y.element.size
        let first = steps.ending(t).lowerBound * row
        (y.mutablePointer + first).copyMemory(from: cellPointer(at: t) + first, byteCount: steps.ending(t).count * row)
      }
    }
  }

  /// Writes all hidden states [B, T, H], with zeros beyond the sequences' ends.
  public func copyAllStates(into y: Storage) {
    steps.copyStates(of: operand, stride: rowStride, to: y, columns: sizes.hidden)
  }

  func operandRows(at t: Int, input inputOnly: Bool = false) -> Matrix {
    let inputPlace = sizes.inputPlace(packs.precision)
    let start = steps.start(t) * rowStride + (inputOnly ? inputPlace : 0)
    let input = packs.precision.packedRows(sizes.input)
    return Matrix(
      operand[start..<operand.count], rows: steps.count(t), columns: inputOnly ? input : inputPlace + input,
      stride: rowStride)
  }

  /// The gates of step t, or after its way back dz.
  func keptRows(at t: Int) -> Matrix { keptRows(from: keepsState ? steps.start(t) : 0, count: steps.count(t)) }

  func keptRows(from first: Int, count: Int) -> Matrix {
    Matrix(kept[first * 4 * sizes.hidden..<kept.count], rows: count, columns: 4 * sizes.hidden)
  }

  func cellPointer(at t: Int) -> UnsafeMutableRawPointer {
    cells.mutablePointer(at: (keepsState ? steps.start(t) : t % 2 * sizes.batch) * sizes.hidden)
  }

  /// The cells before step t; nil where they are zero.
  func previousCellPointer(at t: Int) -> UnsafeRawPointer? {
    t == 0 ? initialCell?.pointer : UnsafeRawPointer(cellPointer(at: t - 1))
  }

  // Five of exp, sigmoid or tanh a cell forward and one backward, and the arithmetic around them. Forward reads four
  // gates and a cell and writes four gates, a cell and a state; backward reads four gates, two cells, dh and dc and
  // writes four gates and dc.
  static func gatesForward(cells: Int, _ element: ElementType) -> Work {
    Work(cells: cells, element, transcendental: 5, arithmetic: 8, values: 11)
  }

  static func gatesBackward(cells: Int, _ element: ElementType) -> Work {
    Work(cells: cells, element, transcendental: 1, arithmetic: 26, values: 13)
  }
}
