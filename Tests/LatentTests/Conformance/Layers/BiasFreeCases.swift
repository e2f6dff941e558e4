import Latent
import TestSupport

/// As many zeros as a parameter has columns.
private func zeros(_ parameter: PlainTensor) -> [Double] { [Double](repeating: 0, count: parameter.shape.last!) }

private func normalized(_ v: Values, isByRow: Bool) -> PlainTensor {
  let plain = Plain.Normalization(gamma: v.gamma.values, beta: zeros(v.gamma), epsilon: 1e-3, isByRow: isByRow)
  return PlainTensor(plain.forward(v.x.values), v.x.shape)
}

private let recurrent: Sizes = ["B": 2, "T": 3, "D": 2, "H": 2]
private let rows: Sizes = ["B": 2, "T": 2, "C": 4]

/// Layers that learn no bias compute what those with a bias of zeros do.
let biasFreeCases: [ConformingCase] = [
  ConformingCase("Dense without a bias", small: ["B": 2, "I": 3, "O": 4], sizes: []) { s in
    Trial(
      [.input("x", [s.B, s.I])],
      layer: {
        Dense(
          inputSize: s.I, outputSize: s.O, activation: .tanh, hasBias: false, key: RandomKey(seed: 1), element: $0)
      }, call: { $0($1.x) },
      plain: { v in
        let plain = Plain.Dense(kernel: v.kernel.values, bias: zeros(v.kernel), activation: .tanh)
        return PlainTensor(plain.forward(v.x.values), [s.B, s.O])
      })
  },
  ConformingCase(
    "LSTM without a bias", small: recurrent, sizes: [], emptyBatch: .stops("lstm", "with B, T > 0"), tolerance: 2e-5
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.D])],
      layer: { LSTM(inputSize: s.D, hiddenSize: s.H, hasBias: false, key: RandomKey(seed: 1), element: $0) },
      call: { $0($1.x) },
      plain: { v in
        let plain = Plain.LSTM(kernel: v.kernel.values, recurrent: v.recurrentKernel.values, bias: zeros(v.kernel))
        return PlainTensor(plain.forward(v.x.values, batch: s.B, time: s.T).last, [s.B, s.H])
      })
  },
  ConformingCase(
    "GRU without a bias", small: recurrent, sizes: [], emptyBatch: .stops("gru", "with B, T > 0"), tolerance: 2e-5
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.D])],
      layer: { GRU(inputSize: s.D, hiddenSize: s.H, hasBias: false, key: RandomKey(seed: 1), element: $0) },
      call: { $0($1.x) },
      plain: { v in
        let plain = Plain.GRU(
          kernel: v.kernel.values, recurrent: v.recurrentKernel.values, bias: zeros(v.kernel) + zeros(v.kernel),
          hidden: s.H, resetsAfter: true)
        return PlainTensor(plain.run(v.x.values, batch: s.B, time: s.T).last, [s.B, s.H])
      })
  },
  ConformingCase(
    "LayerNorm without a shift", small: rows, emptyBatch: .stops("layerNorm", "do not fit [..., C], [C], [C]")
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.C + 1], .between(-2, 3))],
      layer: { LayerNorm(size: s.C + 1, hasBias: false, element: $0) },
      call: { $0($1.x) }, plain: { normalized($0, isByRow: true) })
  },
  ConformingCase(
    "BatchNorm without a shift", small: rows, rows: .mixed, emptyBatch: .stops("batchNorm", "do not fit"),
    pass: Pass(isTraining: true)
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.C], .between(-2, 3))], layer: { BatchNorm(size: s.C, hasBias: false, element: $0) },
      call: { $0($1.x) }, plain: { normalized($0, isByRow: false) })
  },
  ConformingCase(
    "GroupNorm without a shift", small: ["B": 2, "C": 4], emptyBatch: .stops("GroupNorm", "is not [B, ...,")
  ) { s in
    Trial(
      [.input("x", [s.B, 4 * s.C], .between(-2, 3))],
      layer: { GroupNorm(groups: 1, size: 4 * s.C, hasBias: false, element: $0) }, call: { $0($1.x) },
      plain: { normalized($0, isByRow: true) })
  },
]
