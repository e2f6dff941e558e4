import Latent
import TestSupport

/// An LSTM or a GRU in one of the forms in which it is called; `RecurrentLayerCases` has the layers.
struct RecurrentForm: Sendable {
  enum Kind: Sendable { case lstm, gruResettingAfter, gruResettingBefore }

  let kind: Kind
  let returnsSequence: Bool
  /// Sequences of unequal length.
  var hasLengths = false
  /// From a state.
  var hasState = false
  /// Whether the state after the last step is a result too; always, where there is one to begin with.
  var returnsState = false

  static let small: Sizes = ["B": 2, "T": 3, "D": 3, "H": 2]

  /// What is run of each kind.
  static let all: [RecurrentForm] = [Kind.lstm, .gruResettingAfter, .gruResettingBefore].flatMap { kind in
    [
      RecurrentForm(kind: kind, returnsSequence: true), RecurrentForm(kind: kind, returnsSequence: false),
      RecurrentForm(kind: kind, returnsSequence: false, hasLengths: true),
      RecurrentForm(kind: kind, returnsSequence: true, returnsState: true),
      RecurrentForm(kind: kind, returnsSequence: false, hasState: true, returnsState: true),
      RecurrentForm(kind: kind, returnsSequence: true, hasLengths: true, hasState: true, returnsState: true),
      RecurrentForm(kind: kind, returnsSequence: false, hasLengths: true, hasState: true, returnsState: true),
    ]
  }

  var gates: Int { kind == .lstm ? 4 : 3 }
  var name: String {
    (kind == .lstm ? "" : kind == .gruResettingAfter ? "resetting after, " : "resetting before, ")
      + (returnsSequence ? "all states" : "last state") + (hasLengths ? ", lengths" : "")
      + (hasState ? ", from a state" : returnsState ? ", to a state" : "")
  }

  func biasShape(_ s: Sizes) -> [Int] { (kind == .gruResettingAfter ? [2] : []) + [gates * s.H] }

  /// What it stops with where there are no examples.
  var emptyBatch: ConformingCase.EmptyBatch {
    let s = RecurrentForm.small
    return .stops(
      kind == .lstm ? "lstm" : "gru",
      "x [0, 3, 3], kernel [3, \(gates * s.H)], recurrent kernel [2, \(gates * s.H)], bias \(biasShape(s)) do not fit")
  }

  /// x, the states and the lengths.
  func operands(_ s: Sizes) -> [Operand] {
    var operands: [Operand] = [.input("x", [s.B, s.T, s.D])]
    if hasState { operands.append(.input("h", [s.B, s.H])) }
    if hasState && kind == .lstm { operands.append(.input("c", [s.B, s.H], .between(-1.5, 1.5))) }
    if hasLengths { operands.append(.constant("lengths", [s.B], .lengths(s.T))) }
    return operands
  }

  /// From 1 to T.
  func lengths(_ v: Values) -> [Int]? { hasLengths ? v.lengths.values.map { Int($0) } : nil }
  func lengths(_ i: Inputs) -> [Int]? { hasLengths ? i.numbers("lengths") : nil }

  func plain(_ s: Sizes) -> Trial.Plain { { run(s, $0, nil).outputs } }
  func gradient(_ s: Sizes) -> Trial.PlainGradient { { run(s, $0, $1).gradients } }

  private func run(
    _ s: Sizes, _ v: Values, _ upstreams: [[Double]]?
  ) -> (outputs: [PlainTensor], gradients: [String: [Double]]) {
    let stateShape = [s.B, s.H]
    // The last state is y where the sequence is not returned, and a result of its own where the state is.
    let parts = [returnsSequence ? nil : upstreams?[0], returnsState ? upstreams?[1] : nil].compactMap { $0 }
    let lastUpstream = parts.count == 2 ? Plain.sum(parts[0], parts[1]) : parts.first
    let upstream = returnsSequence ? upstreams?[0] : nil
    func outputs(_ all: [Double], _ last: [Double], _ cell: [Double]?) -> [PlainTensor] {
      let y = returnsSequence ? PlainTensor(all, [s.B, s.T, s.H]) : PlainTensor(last, stateShape)
      if !returnsState { return [y] }
      return [y, PlainTensor(last, stateShape)] + (cell.map { [PlainTensor($0, stateShape)] } ?? [])
    }
    var gradients: [String: [Double]] = [:]
    if kind == .lstm {
      let plain = plainLSTM(v)
      let states = plain.forward(
        v.x.values, batch: s.B, time: s.T, initial: hasState ? (v.h.values, v.c.values) : nil, lengths: lengths(v))
      if let upstreams {
        let slopes = plain.backward(
          v.x.values, states, upstream: upstream, lastUpstream: lastUpstream,
          lastCellUpstream: returnsState ? upstreams[2] : nil)
        gradients = [
          "x": slopes.x, "kernel": slopes.kernel, "recurrentKernel": slopes.recurrent, "bias": slopes.bias,
        ]
        if hasState { gradients.merge(["h": slopes.h, "c": slopes.c]) { $1 } }
      }
      return (outputs(states.h, states.last, states.lastCell), gradients)
    }
    let result = Plain.GRU(
      kernel: v.kernel.values, recurrent: v.recurrentKernel.values, bias: v.bias.values, hidden: s.H,
      resetsAfter: kind == .gruResettingAfter
    ).run(
      v.x.values, initial: hasState ? v.h.values : nil, lengths: lengths(v), upstream: upstream,
      lastUpstream: lastUpstream, batch: s.B, time: s.T)
    gradients = [
      "x": result.x, "kernel": result.kernel, "recurrentKernel": result.recurrent, "bias": result.bias,
    ]
    if hasState { gradients["h"] = result.h }
    return (outputs(result.y, result.last, nil), gradients)
  }

  /// What an LSTM starts from.
  func state(_ i: Inputs) -> LSTMState? { hasState ? LSTMState(h: i.h, c: i.c) : nil }

  /// The primitive.
  private func call(_ i: Inputs) -> [Variable] {
    let (lengths, resetsAfter) = (lengths(i), kind == .gruResettingAfter)
    switch (kind, returnsState) {
    case (.lstm, false):
      return [
        lstm(
          i.x, kernel: i.kernel, recurrentKernel: i.recurrentKernel, bias: i.bias, lengths: lengths,
          returnsSequence: returnsSequence)
      ]
    case (.lstm, true):
      let (y, state) = lstm(
        i.x, kernel: i.kernel, recurrentKernel: i.recurrentKernel, bias: i.bias, from: state(i),
        lengths: lengths, returnsSequence: returnsSequence)
      return [y, state.h, state.c]
    case (_, false):
      return [
        gru(
          i.x, kernel: i.kernel, recurrentKernel: i.recurrentKernel, bias: i.bias, resetsAfter: resetsAfter,
          lengths: lengths, returnsSequence: returnsSequence)
      ]
    case (_, true):
      let (y, state) = gru(
        i.x, kernel: i.kernel, recurrentKernel: i.recurrentKernel, bias: i.bias, resetsAfter: resetsAfter,
        from: hasState ? i.h : nil, lengths: lengths, returnsSequence: returnsSequence)
      return [y, state]
    }
  }

  var conforming: ConformingCase {
    let name = kind == .lstm ? "lstm" : "gru"
    let labels = (kind == .lstm ? "" : "resetsAfter:, ") + (returnsState ? "from:, " : "")
    return ConformingCase(
      "\(name), \(self.name)",
      covers: ["\(name)(Variable, kernel:, recurrentKernel:, bias:, \(labels)lengths:, returnsSequence:)"],
      small: RecurrentForm.small, sizes: RecurrentForm.small.odd + [["B": 9, "T": 9, "D": 40, "H": 40]],
      emptyBatch: emptyBatch, tolerance: 2e-5
    ) { s in
      Trial(
        operands(s) + [
          .shared("kernel", [s.D, gates * s.H], .between(-0.5, 0.5)),
          .shared("recurrentKernel", [s.H, gates * s.H], .between(-0.4, 0.4)), .shared("bias", biasShape(s)),
        ], calls: call, plain: plain(s), gradient: gradient(s))
    }
  }
}

let recurrentCases: [ConformingCase] = RecurrentForm.all.map(\.conforming)
