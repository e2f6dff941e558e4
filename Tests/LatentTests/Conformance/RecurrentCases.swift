import Latent
import TestSupport

/// Each sequence's last state.
private func last(_ states: [Double], _ s: Sizes) -> [Double] {
  var last: [Double] = []
  for end in stride(from: s.T * s.H, through: states.count, by: s.T * s.H) { last += states[end - s.H..<end] }
  return last
}

/// The last states' gradient as that of all states.
private func all(_ lastUpstream: [Double], _ s: Sizes) -> [Double] {
  var all: [Double] = []
  for start in stride(from: 0, to: lastUpstream.count, by: s.H) {
    all += [Double](repeating: 0, count: (s.T - 1) * s.H)
    all += lastUpstream[start..<start + s.H]
  }
  return all
}

private func shape(_ s: Sizes, _ returnsSequence: Bool) -> [Int] { returnsSequence ? [s.B, s.T, s.H] : [s.B, s.H] }

private let small: Sizes = ["B": 2, "T": 3, "D": 3, "H": 2]

private func sizes(_ golden: Golden) -> Sizes {
  let (x, weights) = (golden.shape(of: "x"), golden.names.first { $0.hasSuffix("recurrent_kernel") }!)
  return ["B": x[0], "T": x[1], "D": x[2], "H": golden.shape(of: weights)[0]]
}

// The LSTM.

private func lstmValue(_ s: Sizes, _ returnsSequence: Bool) -> @Sendable (Values) -> PlainTensor {
  { v in
    let h = plainLSTM(v).forward(v.x.values, batch: s.B, time: s.T).h
    return PlainTensor(returnsSequence ? h : last(h, s), shape(s, returnsSequence))
  }
}

private func lstmGradient(
  _ s: Sizes, _ returnsSequence: Bool
) -> @Sendable (Values, [Double]) -> [String: [Double]] {
  { v, upstream in
    let plain = plainLSTM(v)
    let states = plain.forward(v.x.values, batch: s.B, time: s.T)
    let slopes = plain.backward(v.x.values, states, upstream: returnsSequence ? upstream : all(upstream, s))
    return ["x": slopes.x, "kernel": slopes.kernel, "recurrentKernel": slopes.recurrent, "bias": slopes.bias]
  }
}

private func lstmCases(_ returnsSequence: Bool) -> [ConformingCase] {
  let result = returnsSequence ? "all states" : "last state"
  let files = (0..<5).map { "lstm_\(returnsSequence ? "sequence" : "last")_\($0)" }
  return [
    ConformingCase(
      "lstm, \(result)", covers: [], small: small,
      sizes: small.odd + [["B": 9, "T": 9, "D": 40, "H": 40]],
      emptyBatch: .stops("lstm", "x [0, 3, 3], kernel [3, 8], recurrent kernel [2, 8], bias [8] do not fit"),
      tolerance: 2e-5
    ) { s in
      Trial(
        [
          .input("x", [s.B, s.T, s.D]), .shared("kernel", [s.D, 4 * s.H], .between(-0.5, 0.5)),
          .shared("recurrentKernel", [s.H, 4 * s.H], .between(-0.3, 0.3)), .shared("bias", [4 * s.H]),
        ],
        call: {
          lstm(
            $0.x, kernel: $0.kernel, recurrentKernel: $0.recurrentKernel, bias: $0.bias,
            returnsSequence: returnsSequence)
        }, plain: lstmValue(s, returnsSequence), gradient: lstmGradient(s, returnsSequence))
    },
    ConformingCase(
      "LSTM, \(result)", covers: ["LSTM", "LSTM(Variable)"], small: small, sizes: [],
      emptyBatch: .stops("lstm", "x [0, 3, 3], kernel [3, 8], recurrent kernel [2, 8], bias [8] do not fit"),
      tolerance: 2e-5, keras: (files + (returnsSequence ? [] : ["lstm_saturated"])).map { .init($0, sizes: sizes) }
    ) { s in
      Trial(
        [.input("x", [s.B, s.T, s.D])],
        layer: {
          LSTM(
            inputSize: s.D, hiddenSize: s.H, returnsSequence: returnsSequence, key: RandomKey(seed: 1), element: $0)
        }, call: { $0($1.x) }, plain: lstmValue(s, returnsSequence), gradient: lstmGradient(s, returnsSequence))
    },
  ]
}

// Two of them.

private func reversed(_ values: [Double], _ s: Sizes, columns: Int) -> [Double] {
  values.indices.map { index in
    let (row, column) = (index / columns, index % columns)
    return values[(row / s.T * s.T + s.T - 1 - row % s.T) * columns + column]
  }
}

private func bidirectional(_ returnsSequence: Bool) -> ConformingCase {
  ConformingCase(
    "BidirectionalLSTM, \(returnsSequence ? "all states" : "last state")",
    covers: ["BidirectionalLSTM", "BidirectionalLSTM(Variable)"], small: small,
    emptyBatch: .stops("lstm", "x [0, 3, 3], kernel [3, 8]"), tolerance: 2e-5,
    keras: returnsSequence ? [.init("lstm_bidirectional", sizes: sizes)] : []
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.D])],
      layer: {
        BidirectionalLSTM(
          inputSize: s.D, hiddenSize: s.H, returnsSequence: returnsSequence, key: RandomKey(seed: 1), element: $0)
      }, call: { $0($1.x) },
      plain: { v in
        let first = plainLSTM(v, at: "forward.").forward(v.x.values, batch: s.B, time: s.T).h
        let second = plainLSTM(v, at: "backward.")
          .forward(reversed(v.x.values, s, columns: s.D), batch: s.B, time: s.T).h
        let halves = returnsSequence ? (first, reversed(second, s, columns: s.H)) : (last(first, s), last(second, s))
        var y: [Double] = []
        for start in stride(from: 0, to: halves.0.count, by: s.H) {
          y += halves.0[start..<start + s.H]
          y += halves.1[start..<start + s.H]
        }
        return PlainTensor(y, returnsSequence ? [s.B, s.T, 2 * s.H] : [s.B, 2 * s.H])
      })
  }
}

// The GRU.

private func plainGRU(
  _ s: Sizes, _ v: Values, _ resetsAfter: Bool, upstream: [Double]
) -> Plain.GRU.Result {
  Plain.GRU(
    kernel: v.kernel.values, recurrent: v.recurrentKernel.values, bias: v.bias.values, hidden: s.H,
    resetsAfter: resetsAfter
  ).run(v.x.values, upstream: upstream, batch: s.B, time: s.T)
}

private func gruValue(_ s: Sizes, _ resetsAfter: Bool, _ returnsSequence: Bool) -> @Sendable (Values) -> PlainTensor {
  { v in
    let none = [Double](repeating: 0, count: s.B * s.T * s.H)
    let y = plainGRU(s, v, resetsAfter, upstream: none).y
    return PlainTensor(returnsSequence ? y : last(y, s), shape(s, returnsSequence))
  }
}

private func gruGradient(
  _ s: Sizes, _ resetsAfter: Bool, _ returnsSequence: Bool
) -> @Sendable (Values, [Double]) -> [String: [Double]] {
  { v, upstream in
    let slopes = plainGRU(s, v, resetsAfter, upstream: returnsSequence ? upstream : all(upstream, s))
    return ["x": slopes.x, "kernel": slopes.kernel, "recurrentKernel": slopes.recurrent, "bias": slopes.bias]
  }
}

private func gruCases(_ resetsAfter: Bool, _ returnsSequence: Bool) -> [ConformingCase] {
  let form =
    (resetsAfter ? "resetting after, " : "resetting before, ") + (returnsSequence ? "all states" : "last state")
  let biasShape: @Sendable (Sizes) -> [Int] = { (resetsAfter ? [2] : []) + [3 * $0.H] }
  let stops = "x [0, 3, 3], kernel [3, 6], recurrent kernel [2, 6], bias \(biasShape(small)) do not fit"
  return [
    ConformingCase(
      "gru, \(form)",
      small: small,
      sizes: small.odd + [["B": 9, "T": 9, "D": 40, "H": 40]], emptyBatch: .stops("gru", stops), tolerance: 2e-5
    ) { s in
      Trial(
        [
          .input("x", [s.B, s.T, s.D]), .shared("kernel", [s.D, 3 * s.H], .between(-0.5, 0.5)),
          .shared("recurrentKernel", [s.H, 3 * s.H], .between(-0.5, 0.5)), .shared("bias", biasShape(s)),
        ],
        call: {
          gru(
            $0.x, kernel: $0.kernel, recurrentKernel: $0.recurrentKernel, bias: $0.bias, resetsAfter: resetsAfter,
            returnsSequence: returnsSequence)
        }, plain: gruValue(s, resetsAfter, returnsSequence), gradient: gruGradient(s, resetsAfter, returnsSequence))
    },
    ConformingCase(
      "GRU, \(form)", covers: ["GRU", "GRU(Variable)"], small: small, sizes: [], emptyBatch: .stops("gru", stops),
      tolerance: 2e-5, keras: returnsSequence ? [.init("gru_reset_after_\(resetsAfter)", sizes: sizes)] : []
    ) { s in
      Trial(
        [.input("x", [s.B, s.T, s.D])],
        layer: {
          GRU(
            inputSize: s.D, hiddenSize: s.H, resetsAfter: resetsAfter, returnsSequence: returnsSequence,
            key: RandomKey(seed: 1), element: $0)
        }, call: { $0($1.x) }, plain: gruValue(s, resetsAfter, returnsSequence),
        gradient: gruGradient(s, resetsAfter, returnsSequence))
    },
  ]
}

let recurrentCases: [ConformingCase] = [true, false].flatMap { returnsSequence in
  lstmCases(returnsSequence) + [bidirectional(returnsSequence)]
    + [true, false].flatMap { gruCases($0, returnsSequence) }
}
