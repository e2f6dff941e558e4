import LatentKernels

/// LSTMs made of operations, a step at a time: one `scan`.
struct SteppedLSTM {
  /// The layer's, for messages.
  let name: String
  /// [D, 4H], [H, 4H] and [4H]
  let kernel: Parameter, recurrentKernel: Parameter, bias: Parameter?
  let noise: RecurrentNoise
  /// Of what gates take from x and from h; nil where nothing is normalised.
  var norms: (input: LayerNorm, recurrent: LayerNorm)?

  /// H
  private var hidden: Int { recurrentKernel.value.shape[0] }

  /// Runs sequences.
  ///
  /// - Parameters:
  ///   - x: [B, T, D]
  ///   - state: before the first step; zero where it is nil
  ///   - lengths: the steps of each sequence, from 1 to T; T where left out. Beyond them x is not read and outputs are zeros.
  ///   - step: the state after a step: of what the gates i, f, g and o take from x and from the hidden state, [B, H] each, and the cell
  /// - Returns: the outputs of all steps [B, T, H], or the last, and the state after each sequence's last step
  func callAsFunction(
    _ x: Variable, from state: LSTMState?, lengths: [Int]?, returnsSequence: Bool,
    step: @escaping (_ gates: [Variable], _ c: Variable) -> LSTMState
  ) -> (y: Variable, state: LSTMState) {
    let (tape, shape, element) = (x.tape, [x.shape.first ?? 0, hidden], x.element)
    require(
      x.shape.count == 3 && x.shape[0] > 0 && x.shape[1] > 0
        && (state == nil || state!.h.shape == shape && state!.c.shape == shape), of: [x],
      "\(name): x \(x.shape)" + (state.map { ", state \($0.h.shape) and \($0.c.shape)" } ?? "")
        + " do not fit [B, T, D] with B, T > 0 and \(shape)")
    func zeros() -> Variable { tape.constant(Tensor(zeros: shape, element: element)) }
    let first = state ?? LSTMState(h: zeros(), c: zeros())
    let goesOn = lengths.map { steps($0, of: x) }
    var read = inputs(goesOn?.selecting(.selectWhereTrue, x) ?? x)
    if let goesOn { read = .concatenated([read, goesOn], axis: 2) }
    let mask = noise.mask(shape, on: tape, element)
    // What follows must not hold the tape.
    let (hidden, hasEnds) = (hidden, goesOn != nil)
    // What the gates do not see of the hidden state is the same in all steps.
    let (outputs, last) = scan(read, from: [first.h, first.c] + (mask.map { [$0] } ?? [])) { input, state in
      let parts = hasEnds ? input.split([4 * hidden, 1], axis: 1) : [input]
      let (h, c) = (state[0], state[1])
      let sums = parts[0] + recurrent(state.count > 2 ? h * state[2] : h)
      let next = step(sums.split(Array(repeating: hidden, count: 4), axis: 1), c)
      var after = [
        RecurrentNoise.mixed(h, next.h, rate: noise.hiddenZoneout),
        RecurrentNoise.mixed(c, next.c, rate: noise.cellZoneout),
      ]
      var output = after[0]
      if parts.count > 1 {
        output = parts[1].selecting(.selectWhereTrue, output)
        after = zip(after, state).map { parts[1].select($0, $1) }
      }
      return (output, after + state[2...])
    }
    return (returnsSequence ? outputs : last[0], LSTMState(h: last[0], c: last[1]))
  }

  /// What gates take from x [B, T, D], all steps at once: [B, T, 4H].
  private func inputs(_ x: Variable) -> Variable {
    let kernel = kernel.on(x.tape)
    require(
      x.shape.last == kernel.shape[0], of: [x, kernel],
      "\(name): \(x.shape) by \(kernel.shape)"
        + "; the last axis of x must be the kernel's first")
    let product = matmul(x, kernel)
    return (norms?.input(product) ?? product) + bias.on(x.tape, zeros: [4 * hidden], x.element)
  }

  /// What gates take from the hidden state [B, H] in a step: [B, 4H].
  private func recurrent(_ h: Variable) -> Variable {
    let product = matmul(h, recurrentKernel.on(h.tape))
    return norms?.recurrent(product) ?? product
  }

  /// 1 where a sequence has a step and 0 beyond its end: [B, T, 1].
  private func steps(_ lengths: [Int], of x: Variable) -> Variable {
    require(
      lengths.count == x.shape[0] && lengths.allSatisfy { (1...x.shape[1]).contains($0) }, of: [x],
      "\(name): lengths \(lengths) for \(x.shape[0]) sequences of \(x.shape[1]) steps"
        + "; there must be one for each, from 1 to all steps")
    let ends = Tensor(lengths.map(Double.init), shape: [lengths.count, 1, 1], element: x.element)
    let range = x.tape.makeRange(x.shape[1], element: x.element).reshaped(to: [x.shape[1], 1])
    return x.tape.constant(range) .< x.tape.constant(ends)
  }

  /// What an LSTM starts with: a Glorot-uniform kernel [D, 4H], an orthogonal recurrent kernel [H, 4H], and a bias [4H] of 0 but for the
  /// forget gate's, which is 1.
  static func parameters(
    _ name: String, inputSize: Int, hiddenSize: Int, key: RandomKey, element: ElementType
  ) -> (kernel: Parameter, recurrentKernel: Parameter, bias: Parameter) {
    require(inputSize > 0 && hiddenSize > 0, "\(name): sizes \(inputSize) and \(hiddenSize) must be positive")
    let layer = LSTM(inputSize: inputSize, hiddenSize: hiddenSize, key: key, element: element)
    return (layer.kernel, layer.recurrentKernel, layer.bias!)
  }
}
