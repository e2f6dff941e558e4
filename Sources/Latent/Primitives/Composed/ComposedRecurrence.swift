import LatentKernels

/// Recurrent layers step by step: operations whose gradients can be differentiated again.
struct ComposedRecurrence {
  /// [B, T, D], with zeros beyond the ends of sequences, which may hold anything.
  private let x: Variable
  private let lengths: [Int]?

  /// - Parameter lengths: the steps of each sequence, from 1 to T; T where left out
  init(_ x: Variable, lengths: [Int]?, for operation: String) {
    _ = StepRows(batch: x.shape[0], time: x.shape[1], lengths: lengths, for: operation)
    self.lengths = lengths
    let time = x.shape[1]
    guard let lengths else {
      self.x = x
      return
    }
    let known = lengths.flatMap { length in (0..<time).map { $0 < length ? 1.0 : 0 } }
    let mask = x.tape.constant(Tensor(known, shape: [x.shape[0], time, 1], element: x.element))
    self.x = mask.selecting(.selectWhereTrue, x)
  }

  /// Runs all steps.
  ///
  /// - Parameters:
  ///   - kernel: [D, columns], of which the product with x is made for all steps at once
  ///   - bias: [columns], added to it
  ///   - state: what is known before the first step, each [B, H]; the first is the layer's output
  ///   - step: what is known after a step, from its part of that product [B, columns] and what was known before
  /// - Returns: the output after each step [B, T, H], zeros beyond the ends, and what is known after each sequence's last step
  func run(
    kernel: Variable, bias: Variable, state: [Variable], _ step: (_ input: Variable, _ state: [Variable]) -> [Variable]
  ) -> (all: Variable, last: [Variable]) {
    let inputs = matmul(x, kernel) + bias
    var (state, outputs) = (state, [Variable]())
    for time in 0..<x.shape[1] {
      let input = inputs.sliced(time..<time + 1, axis: 1).reshaped(to: [x.shape[0], kernel.shape[1]])
      let next = step(input, state)
      guard let lengths else {
        (state, outputs) = (next, outputs + [next[0]])
        continue
      }
      let goesOn = x.tape.constant(
        Tensor(lengths.map { time < $0 ? 1 : 0 }, shape: [lengths.count, 1], element: x.element))
      state = zip(next, state).map { goesOn.select($0, $1) }
      outputs.append(goesOn.selecting(.selectWhereTrue, next[0]))
    }
    return (Variable.stacked(outputs, axis: 1), state)
  }

  /// A state of zeros [B, H].
  func zeros(_ hidden: Int) -> Variable {
    x.tape.constant(Tensor(zeros: [x.shape[0], hidden], element: x.element))
  }

  /// `LSTMSequence` has the formulas.
  func lstm(kernel: Variable, recurrentKernel: Variable, bias: Variable, state: LSTMState?) -> (
    all: Variable, last: [Variable]
  ) {
    let hidden = recurrentKernel.shape[0]
    return run(
      kernel: kernel, bias: bias, state: [state?.h ?? zeros(hidden), state?.c ?? zeros(hidden)]
    ) { input, state in
      let gates = (input + matmul(state[0], recurrentKernel)).split(Array(repeating: hidden, count: 4), axis: 1)
      let c = gates[1].sigmoid() * state[1] + gates[0].sigmoid() * gates[2].tanh()
      return [gates[3].sigmoid() * c.tanh(), c]
    }
  }

  /// `GRUSequence` has the formulas.
  func gru(kernel: Variable, recurrentKernel: Variable, bias: Variable, resetsAfter: Bool, state: Variable?) -> (
    all: Variable, last: [Variable]
  ) {
    let hidden = recurrentKernel.shape[0]
    let three = Array(repeating: hidden, count: 3)
    let biases = resetsAfter ? bias.split([1, 1]).map { $0.reshaped(to: [3 * hidden]) } : [bias]
    let kernels = recurrentKernel.split(three, axis: 1)
    return run(kernel: kernel, bias: biases[0], state: [state ?? zeros(hidden)]) { input, state in
      let (h, x) = (state[0], input.split(three, axis: 1))
      var recurrent = matmul(h, recurrentKernel)
      if resetsAfter { recurrent = recurrent + biases[1] }
      let parts = recurrent.split(three, axis: 1)
      let (z, r) = ((x[0] + parts[0]).sigmoid(), (x[1] + parts[1]).sigmoid())
      let n = (x[2] + (resetsAfter ? r * parts[2] : matmul(r * h, kernels[2]))).tanh()
      return [z * h + (1 - z) * n]
    }
  }
}
