import Latent
import TestSupport

/// A recurrent primitive with operands of some sizes: what the tests of states and lengths run.
struct RecurrentCase: CustomStringConvertible, Sendable {
  enum Kind: CaseIterable, Sendable { case lstm, gru, gruResettingBefore }

  let kind: Kind
  let batch: Int, time: Int, input: Int, hidden: Int
  var lengths: [Int]?
  var hasState = true
  var returnsSequence = true

  var description: String {
    "\(kind) B=\(batch) T=\(time) D=\(input) H=\(hidden) lengths \(lengths ?? []) state \(hasState) all \(returnsSequence)"
  }

  private var gates: Int { kind == .lstm ? 4 : 3 }
  private var biasShape: [Int] { (kind == .gru ? [2] : []) + [gates * hidden] }

  /// x, kernel, recurrent, bias, h and c; c is the LSTM's.
  func operands(_ element: ElementType = .float64, seed: Int = 1) -> Operands {
    var sample = SampleValues(seed: seed)
    func tensor(_ shape: [Int], _ reach: Double = 1) -> Tensor {
      Tensor(sample.numbers(shape.reduce(1, *), -reach...reach), shape: shape, element: element)
    }
    return Operands([
      "x": tensor([batch, time, input]), "kernel": tensor([input, gates * hidden], 0.6),
      "recurrent": tensor([hidden, gates * hidden], 0.4), "bias": tensor(biasShape), "h": tensor([batch, hidden]),
      "c": tensor([batch, hidden], 1.5),
    ])
  }

  /// What a run gives: y, and the last states h and, of an LSTM, c.
  struct Outputs {
    let y: Variable, h: Variable, c: Variable?
    var all: [Variable] { [y, h] + (c.map { [$0] } ?? []) }
  }

  /// Runs the whole, or the steps of x that it is given from the state that it is given.
  func run(
    _ operands: Operands, on tape: Tape, x: Variable? = nil, from state: (h: Variable, c: Variable?)? = nil
  ) -> Outputs {
    func operand(_ name: String) -> Variable { operands(name, on: tape) }
    let (x, kernel, recurrent, bias) = (x ?? operand("x"), operand("kernel"), operand("recurrent"), operand("bias"))
    let state = state ?? (hasState ? (operand("h"), kind == .lstm ? operand("c") : nil) : nil)
    guard kind == .lstm else {
      let (y, h) = gru(
        x, kernel: kernel, recurrentKernel: recurrent, bias: bias, resetsAfter: kind == .gru, from: state?.h,
        lengths: lengths, returnsSequence: returnsSequence)
      return Outputs(y: y, h: h, c: nil)
    }
    let (y, end) = lstm(
      x, kernel: kernel, recurrentKernel: recurrent, bias: bias, from: state.map { LSTMState(h: $0.h, c: $0.c!) },
      lengths: lengths, returnsSequence: returnsSequence)
    return Outputs(y: y, h: end.h, c: end.c)
  }

  /// The same without states, through the function that gives y alone.
  func plainRun(_ operands: Operands, on tape: Tape) -> Variable {
    func operand(_ name: String) -> Variable { operands(name, on: tape) }
    let (x, kernel, recurrent, bias) = (operand("x"), operand("kernel"), operand("recurrent"), operand("bias"))
    guard kind == .lstm else {
      return gru(
        x, kernel: kernel, recurrentKernel: recurrent, bias: bias, resetsAfter: kind == .gru, lengths: lengths,
        returnsSequence: returnsSequence)
    }
    return lstm(
      x, kernel: kernel, recurrentKernel: recurrent, bias: bias, lengths: lengths, returnsSequence: returnsSequence)
  }

  /// By the plain implementation: outputs, and gradients by the operands' names, given those of the outputs.
  func plain(
    _ operands: Operands, upstream: (y: [Double], h: [Double], c: [Double])
  ) -> (y: [Double], h: [Double], c: [Double], gradients: [String: [Double]]) {
    let values = Dictionary(uniqueKeysWithValues: operands.parameters.map { ($0.path, $0.value.values) })
    let last = returnsSequence ? upstream.h : Plain.sum(upstream.y, upstream.h)
    let all = returnsSequence ? upstream.y : nil
    if kind == .lstm {
      let layer = Plain.LSTM(kernel: values["kernel"]!, recurrent: values["recurrent"]!, bias: values["bias"]!)
      let states = layer.forward(
        values["x"]!, batch: batch, time: time, initial: hasState ? (values["h"]!, values["c"]!) : nil,
        lengths: lengths)
      let slopes = layer.backward(
        values["x"]!, states, upstream: all, lastUpstream: last, lastCellUpstream: upstream.c)
      return (
        returnsSequence ? states.h : states.last, states.last, states.lastCell,
        [
          "x": slopes.x, "kernel": slopes.kernel, "recurrent": slopes.recurrent, "bias": slopes.bias, "h": slopes.h,
          "c": slopes.c,
        ]
      )
    }
    let result = Plain.GRU(
      kernel: values["kernel"]!, recurrent: values["recurrent"]!, bias: values["bias"]!, hidden: hidden,
      resetsAfter: kind == .gru
    ).run(
      values["x"]!, initial: hasState ? values["h"]! : nil, lengths: lengths, upstream: all, lastUpstream: last,
      batch: batch, time: time)
    return (
      returnsSequence ? result.y : result.last, result.last, [],
      [
        "x": result.x, "kernel": result.kernel, "recurrent": result.recurrent, "bias": result.bias, "h": result.h,
      ]
    )
  }
}

extension Variable {
  /// All elements of some variables in a row.
  static func joined(_ variables: [Variable]) -> Variable {
    concatenated(variables.map { $0.reshaped(to: [$0.tensor.count]) })
  }
}

extension [Double] {
  /// Of [B, T, C], with `value` beyond the sequences' ends.
  func filled(beyond lengths: [Int], time: Int, with value: Double) -> [Double] {
    let columns = count / (lengths.count * time)
    return enumerated().map { index, element in
      index / columns % time < lengths[index / columns / time] ? element : value
    }
  }
}
