import Foundation
import Latent
import TestSupport

private func silu(_ x: Double) -> Double { x / (1 + exp(-x)) }

private let hasChannels: @Sendable (Sizes, Values) -> Bool = { s, v in
  s.C > 1 || v.x.values.allSatisfy { abs($0) > 0.5 }
}

private let isOffZero: @Sendable (Sizes, Values) -> Bool = { _, v in v.x.values.allSatisfy { abs($0) > 0.01 } }

let sequenceLayerCases: [ConformingCase] = [
  // Of one channel it is nearly a sign.
  ConformingCase(
    "RMSNorm", covers: ["RMSNorm", "RMSNorm(Variable)"], small: ["B": 2, "T": 3, "C": 4],
    sizes: [["B": 3, "T": 7, "C": 17]],
    isSmooth: hasChannels
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.C], .between(-2, 3))], layer: { RMSNorm(size: s.C, element: $0) }, call: { $0($1.x) },
      plain: { v in
        let squares = v.x.reduced([2]) { $0.reduce(0) { $0 + $1 * $1 } / Double(s.C) }
        return PlainTensor(v.x.shape) { v.x[$0] / sqrt(squares[[$0[0], $0[1], 0]] + 1e-6) * v.scale[[$0[2]]] }
      })
  },
  ConformingCase(
    "PositionEmbedding", covers: ["PositionEmbedding", "PositionEmbedding(Variable)"], small: ["B": 2, "T": 3, "C": 4]
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.C])],
      layer: { PositionEmbedding(steps: s.T + 2, size: s.C, key: RandomKey(seed: 1), element: $0) },
      call: { $0($1.x) }, plain: { v in PlainTensor(v.x.shape) { v.x[$0] + v.table[[$0[1], $0[2]]] } })
  },
  ConformingCase(
    "sinusoidalPositions", small: ["B": 2, "T": 3, "C": 2]
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, 2 * s.C])],
      call: { inputs in
        inputs.x
          + inputs.tape.constant(sinusoidalPositions(steps: s.T, size: 2 * s.C, element: inputs.tensor("x").element))
      },
      plain: { v in
        PlainTensor(v.x.shape) { index in
          let angle = Double(index[1]) / pow(10_000, Double(index[2] / 2) / Double(s.C))
          return v.x[index] + (index[2] % 2 == 0 ? sin(angle) : cos(angle))
        }
      })
  },
  ConformingCase(
    "rotated", covers: ["Variable.rotated(heads:, from:)"], small: ["B": 2, "T": 3, "N": 2, "C": 2],
    sizes: [["B": 3, "T": 7, "N": 1, "C": 3], ["B": 1, "T": 2, "N": 3, "C": 1]]
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.N * 2 * s.C])], call: { $0.x.rotated(heads: s.N, from: 5) },
      plain: { v in
        PlainTensor(v.x.shape) { index in
          let (head, place) = (index[2] / (2 * s.C) * 2 * s.C, index[2] % (2 * s.C))
          let angle = Double(index[1] + 5) / pow(10_000, Double(place % s.C) / Double(s.C))
          let other = v.x[[index[0], index[1], head + (place + s.C) % (2 * s.C)]]
          return v.x[index] * cos(angle) + (place < s.C ? -other : other) * sin(angle)
        }
      })
  },
  ConformingCase("glu", covers: ["Variable.glu(axis:)"], small: ["B": 2, "T": 3, "C": 2]) { s in
    Trial(
      [.input("x", [s.B, s.T, 2 * s.C])], call: { $0.x.glu() },
      plain: { v in
        PlainTensor([s.B, s.T, s.C]) { v.x[$0] / (1 + exp(-v.x[[$0[0], $0[1], $0[2] + s.C]])) }
      })
  },
  ConformingCase("SwiGLU", covers: ["SwiGLU", "SwiGLU(Variable)"], small: ["B": 2, "T": 3, "C": 2, "H": 4]) { s in
    Trial(
      [.input("x", [s.B, s.T, s.C])],
      layer: { SwiGLU(size: s.C, hiddenSize: s.H, key: RandomKey(seed: 1), element: $0) }, call: { $0($1.x) },
      plain: { v in
        PlainTensor(v.x.shape) { index in
          (0..<s.H).reduce(0) { sum, h in
            func product(_ kernel: PlainTensor) -> Double {
              (0..<s.C).reduce(0) { $0 + v.x[[index[0], index[1], $1]] * kernel[[$1, h]] }
            }
            return sum + silu(product(v.gate)) * product(v.up) * v.down[[h, index[2]]]
          }
        }
      })
  },
  ConformingCase(
    "PReLU", covers: ["PReLU", "PReLU(Variable)"], small: ["B": 2, "T": 3, "C": 4],
    sizes: [["B": 3, "T": 5, "C": 7]], isSmooth: isOffZero
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.C])], layer: { PReLU(size: s.C, element: $0) }, call: { $0($1.x) },
      plain: { v in PlainTensor(v.x.shape) { v.x[$0] > 0 ? v.x[$0] : v.slope[[$0[2]]] * v.x[$0] } })
  },
]
