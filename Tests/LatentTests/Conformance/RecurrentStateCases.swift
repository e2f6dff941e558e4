import Latent
import TestSupport

// Recurrent layers from a given state, with sequences of unequal length, and on top of each other. A sequence's length is
// a function of its place in the batch, so rows are not compared with batches of one.

private let small: Sizes = ["B": 3, "T": 3, "D": 2, "H": 2]
private let odd: [Sizes] = [["B": 7, "T": 4, "D": 3, "H": 17], ["B": 5, "T": 2, "D": 7, "H": 33]]

private func lengths(_ s: Sizes) -> [Int] { (0..<s.B).map { 1 + ($0 * 2 + 1) % s.T } }

private let shape: @Sendable (Sizes) -> [Int] = { [$0.B, $0.H] }

private func input(_ s: Sizes) -> Operand { .input("x", [s.B, s.T, s.D]) }
private func state(_ s: Sizes, _ name: String) -> Operand { .input(name, [s.B, s.H]) }

private func plainStates(
  _ v: Values, _ s: Sizes, at path: String = "", x: [Double]? = nil, isStateful: Bool, isCut: Bool
) -> Plain.LSTM.States {
  plainLSTM(v, at: path).forward(
    x ?? v.x.values, batch: s.B, time: s.T, initial: isStateful ? (v.h.values, v.c.values) : nil,
    lengths: isCut ? lengths(s) : nil)
}

private func results(_ states: Plain.LSTM.States, _ s: Sizes) -> [PlainTensor] {
  [
    PlainTensor(states.h, [s.B, s.T, s.H]), PlainTensor(states.last, shape(s)), PlainTensor(states.lastCell, shape(s)),
  ]
}

private func lstmCase(isStateful: Bool, isCut: Bool) -> ConformingCase {
  ConformingCase(
    "lstm\(isStateful ? ", a first state" : "")\(isCut ? ", lengths" : "")",
    covers: isStateful && isCut
      ? ["lstm(Variable, kernel:, recurrentKernel:, bias:, from:, lengths:, returnsSequence:)", "LSTMState.h"] : [],
    small: small, sizes: odd, rows: .mixed, emptyBatch: .stops("lstm", "x [0, 3, 2], kernel [2, 8]"), tolerance: 2e-5
  ) { s in
    Trial(
      [
        input(s), .shared("kernel", [s.D, 4 * s.H], .between(-0.5, 0.5)),
        .shared("recurrentKernel", [s.H, 4 * s.H], .between(-0.3, 0.3)), .shared("bias", [4 * s.H]),
      ] + (isStateful ? [state(s, "h"), state(s, "c")] : []),
      calls: { i in
        let (y, last) = lstm(
          i.x, kernel: i.kernel, recurrentKernel: i.recurrentKernel, bias: i.bias,
          from: isStateful ? LSTMState(h: i.h, c: i.c) : nil, lengths: isCut ? lengths(s) : nil, returnsSequence: true)
        return [y, last.h, last.c]
      },
      plain: { v in results(plainStates(v, s, isStateful: isStateful, isCut: isCut), s) },
      gradient: { v, upstreams in
        let states = plainStates(v, s, isStateful: isStateful, isCut: isCut)
        let g = plainLSTM(v).backward(
          v.x.values, states, upstream: upstreams[0], lastUpstream: upstreams[1], lastCellUpstream: upstreams[2])
        let weights = ["x": g.x, "kernel": g.kernel, "recurrentKernel": g.recurrent, "bias": g.bias]
        return isStateful ? weights.merging(["h": g.h, "c": g.c]) { $1 } : weights
      })
  }
}

private func makeLSTM(_ s: Sizes) -> @Sendable (ElementType) -> LSTM {
  { LSTM(inputSize: s.D, hiddenSize: s.H, returnsSequence: true, key: RandomKey(seed: 1), element: $0) }
}

private let lstmLayerCases = [
  ConformingCase(
    "LSTM, lengths",
    covers: [
      "LSTM(Variable, lengths:)", "lstm(Variable, kernel:, recurrentKernel:, bias:, lengths:, returnsSequence:)",
    ],
    small: small, sizes: odd, rows: .mixed, emptyBatch: .stops("lstm", "x [0, 3, 2]"), tolerance: 2e-5
  ) { s in
    Trial(
      [input(s)], layer: makeLSTM(s), call: { $0($1.x, lengths: lengths(s)) },
      plain: { v in results(plainStates(v, s, isStateful: false, isCut: true), s)[0] })
  },
  ConformingCase(
    "LSTM, a first state and lengths", covers: ["LSTM(Variable, from:, lengths:)"], small: small, sizes: odd,
    rows: .mixed, emptyBatch: .stops("lstm", "x [0, 3, 2]"), tolerance: 2e-5
  ) { s in
    Trial(
      [input(s), state(s, "h"), state(s, "c")], layer: makeLSTM(s),
      calls: { layer, i in
        let (y, last) = layer(i.x, from: LSTMState(h: i.h, c: i.c), lengths: lengths(s))
        return [y, last.h, last.c]
      }, plain: { v in results(plainStates(v, s, isStateful: true, isCut: true), s) })
  },
]

private func gruCases(_ resetsAfter: Bool) -> [ConformingCase] {
  @Sendable func plain(_ v: Values, _ s: Sizes, isStateful: Bool, upstreams: [[Double]]? = nil) -> Plain.GRU.Result {
    Plain.GRU(
      kernel: v.kernel.values, recurrent: v.recurrentKernel.values, bias: v.bias.values, hidden: s.H,
      resetsAfter: resetsAfter
    ).run(
      v.x.values, initial: isStateful ? v.h.values : nil, lengths: lengths(s), upstream: upstreams?[0],
      lastUpstream: upstreams?[1], batch: s.B, time: s.T)
  }
  let form = resetsAfter ? "resetting after" : "resetting before"
  let make: @Sendable (Sizes) -> @Sendable (ElementType) -> GRU = { s in
    {
      GRU(
        inputSize: s.D, hiddenSize: s.H, resetsAfter: resetsAfter, returnsSequence: true, key: RandomKey(seed: 1),
        element: $0)
    }
  }
  return [
    ConformingCase(
      "gru, \(form), a first state and lengths",
      covers: ["gru(Variable, kernel:, recurrentKernel:, bias:, resetsAfter:, from:, lengths:, returnsSequence:)"],
      small: small, sizes: odd, rows: .mixed, emptyBatch: .stops("gru", "x [0, 3, 2]"), tolerance: 2e-5
    ) { s in
      Trial(
        [
          input(s), .shared("kernel", [s.D, 3 * s.H], .between(-0.5, 0.5)),
          .shared("recurrentKernel", [s.H, 3 * s.H], .between(-0.5, 0.5)),
          .shared("bias", (resetsAfter ? [2] : []) + [3 * s.H]), state(s, "h"),
        ],
        calls: { i in
          let (y, last) = gru(
            i.x, kernel: i.kernel, recurrentKernel: i.recurrentKernel, bias: i.bias, resetsAfter: resetsAfter,
            from: i.h, lengths: lengths(s), returnsSequence: true)
          return [y, last]
        },
        plain: { v in
          let result = plain(v, s, isStateful: true)
          return [PlainTensor(result.y, [s.B, s.T, s.H]), PlainTensor(result.last, shape(s))]
        },
        gradient: { v, upstreams in
          let g = plain(v, s, isStateful: true, upstreams: upstreams)
          return ["x": g.x, "kernel": g.kernel, "recurrentKernel": g.recurrent, "bias": g.bias, "h": g.h]
        })
    },
    ConformingCase(
      "GRU, \(form), lengths",
      covers: [
        "GRU(Variable, lengths:)",
        "gru(Variable, kernel:, recurrentKernel:, bias:, resetsAfter:, lengths:, returnsSequence:)",
      ],
      small: small, sizes: odd, rows: .mixed, emptyBatch: .stops("gru", "x [0, 3, 2]"), tolerance: 2e-5
    ) { s in
      Trial(
        [input(s)], layer: make(s), call: { $0($1.x, lengths: lengths(s)) },
        plain: { v in PlainTensor(plain(v, s, isStateful: false).y, [s.B, s.T, s.H]) })
    },
    ConformingCase(
      "GRU, \(form), a first state and lengths", covers: ["GRU(Variable, from:, lengths:)"], small: small, sizes: odd,
      rows: .mixed, emptyBatch: .stops("gru", "x [0, 3, 2]"), tolerance: 2e-5
    ) { s in
      Trial(
        [input(s), state(s, "h")], layer: make(s),
        calls: { layer, i in
          let (y, last) = layer(i.x, from: i.h, lengths: lengths(s))
          return [y, last]
        },
        plain: { v in
          let result = plain(v, s, isStateful: true)
          return [PlainTensor(result.y, [s.B, s.T, s.H]), PlainTensor(result.last, shape(s))]
        })
    },
  ]
}

/// Each sequence's own steps backwards; what lies beyond them stays.
private func reversed(_ values: [Double], _ s: Sizes, columns: Int) -> [Double] {
  values.indices.map { index in
    let (row, column) = (index / columns, index % columns)
    let (b, t, length) = (row / s.T, row % s.T, lengths(s)[row / s.T])
    return values[(b * s.T + (t < length ? length - 1 - t : t)) * columns + column]
  }
}

private func plainBidirectional(_ v: Values, _ s: Sizes, isStateful: Bool) -> [PlainTensor] {
  func half(_ path: String, _ x: [Double], _ h: String, _ c: String) -> Plain.LSTM.States {
    plainLSTM(v, at: path).forward(
      x, batch: s.B, time: s.T, initial: isStateful ? (v[h].values, v[c].values) : nil, lengths: lengths(s))
  }
  let first = half("forward.", v.x.values, "h", "c")
  let second = half("backward.", reversed(v.x.values, s, columns: s.D), "h2", "c2")
  let back = reversed(second.h, s, columns: s.H)
  var y: [Double] = []
  for start in stride(from: 0, to: back.count, by: s.H) {
    y += first.h[start..<start + s.H]
    y += back[start..<start + s.H]
  }
  return [PlainTensor(y, [s.B, s.T, 2 * s.H])]
    + [first.last, first.lastCell, second.last, second.lastCell].map { PlainTensor($0, shape(s)) }
}

private func makeBidirectional(_ s: Sizes) -> @Sendable (ElementType) -> BidirectionalLSTM {
  { BidirectionalLSTM(inputSize: s.D, hiddenSize: s.H, returnsSequence: true, key: RandomKey(seed: 1), element: $0) }
}

private let bidirectionalCases = [
  ConformingCase(
    "BidirectionalLSTM, lengths", covers: ["BidirectionalLSTM(Variable, lengths:)"], small: small, sizes: odd,
    rows: .mixed, emptyBatch: .stops("", "[0, 3, 2]"), tolerance: 2e-5
  ) { s in
    Trial(
      [input(s)], layer: makeBidirectional(s), call: { $0($1.x, lengths: lengths(s)) },
      plain: { v in plainBidirectional(v, s, isStateful: false)[0] })
  },
  ConformingCase(
    "BidirectionalLSTM, first states and lengths", covers: ["BidirectionalLSTM(Variable, from:, lengths:)"],
    small: small, sizes: odd, rows: .mixed, emptyBatch: .stops("", "[0, 3, 2]"), tolerance: 2e-5
  ) { s in
    Trial(
      [input(s)] + ["h", "c", "h2", "c2"].map { state(s, $0) }, layer: makeBidirectional(s),
      calls: { layer, i in
        let (y, last) = layer(
          i.x, from: (LSTMState(h: i.h, c: i.c), LSTMState(h: i.h2, c: i.c2)), lengths: lengths(s))
        return [y, last.forward.h, last.forward.c, last.backward.h, last.backward.c]
      }, plain: { v in plainBidirectional(v, s, isStateful: true) })
  },
]

private func plainStack(_ v: Values, _ s: Sizes, isStateful: Bool, isCut: Bool) -> [PlainTensor] {
  let first = plainStates(v, s, at: "0.", isStateful: isStateful, isCut: isCut)
  let second = plainLSTM(v, at: "1.").forward(
    first.h, batch: s.B, time: s.T, initial: isStateful ? (v.h2.values, v.c2.values) : nil,
    lengths: isCut ? lengths(s) : nil)
  return [PlainTensor(second.h, [s.B, s.T, s.H])]
    + [first.last, first.lastCell, second.last, second.lastCell].map { PlainTensor($0, shape(s)) }
}

private func makeStack(_ s: Sizes) -> @Sendable (ElementType) -> StackedLSTM {
  {
    StackedLSTM(
      inputSize: s.D, hiddenSize: s.H, layerCount: 2, returnsSequence: true, key: RandomKey(seed: 1), element: $0)
  }
}

private let stackedCases = [
  ConformingCase(
    "StackedLSTM", covers: ["StackedLSTM", "StackedLSTM(Variable)"], small: small, sizes: odd,
    emptyBatch: .stops("lstm", "x [0, 3, 2]"), tolerance: 2e-5
  ) { s in
    Trial(
      [input(s)], layer: makeStack(s), call: { $0($1.x) },
      plain: { v in plainStack(v, s, isStateful: false, isCut: false)[0] })
  },
  ConformingCase(
    "StackedLSTM, lengths", covers: ["StackedLSTM(Variable, lengths:)"], small: small, sizes: odd, rows: .mixed,
    emptyBatch: .stops("lstm", "x [0, 3, 2]"), tolerance: 2e-5
  ) { s in
    Trial(
      [input(s)], layer: makeStack(s), call: { $0($1.x, lengths: lengths(s)) },
      plain: { v in plainStack(v, s, isStateful: false, isCut: true)[0] })
  },
  ConformingCase(
    "StackedLSTM, first states and lengths", covers: ["StackedLSTM(Variable, from:, lengths:)"], small: small,
    sizes: odd, rows: .mixed, emptyBatch: .stops("lstm", "x [0, 3, 2]"), tolerance: 2e-5
  ) { s in
    Trial(
      [input(s)] + ["h", "c", "h2", "c2"].map { state(s, $0) }, layer: makeStack(s),
      calls: { layer, i in
        let (y, last) = layer(
          i.x, from: [LSTMState(h: i.h, c: i.c), LSTMState(h: i.h2, c: i.c2)], lengths: lengths(s))
        return [y] + last.flatMap { [$0.h, $0.c] }
      }, plain: { v in plainStack(v, s, isStateful: true, isCut: true) })
  },
]

let recurrentStateCases: [ConformingCase] =
  [true, false].flatMap { isStateful in [true, false].map { lstmCase(isStateful: isStateful, isCut: $0) } }
  + lstmLayerCases + gruCases(true) + gruCases(false) + bidirectionalCases + stackedCases
