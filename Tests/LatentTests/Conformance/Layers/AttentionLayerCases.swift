import Foundation
import Latent
import TestSupport

/// What attention reads: [B, T, N d], [B, S, N d], [B, S, N e].
private func operands(_ s: Sizes, keys: Int) -> [Operand] {
  [
    .input("q", [s.B, s.T, s.N * s.d]), .input("k", [s.B, keys, s.N * s.d]), .input("v", [s.B, keys, s.N * s.e]),
  ]
}

private func plain(
  _ s: Sizes, _ v: Values, keys: Int, isCausal: Bool = false, scale: Double? = nil,
  added: ((Int, Int, Int, Int) -> Double)? = nil, kept: ((Int, Int, Int, Int) -> Double)? = nil
) -> PlainTensor {
  PlainTensor(
    Plain.attention(
      v.q.values, v.k.values, v.v.values, batch: s.B, heads: s.N, isCausal: isCausal, queries: s.T, keys: keys,
      scale: scale, added: added, kept: kept), [s.B, s.T, s.N * s.e])
}

private let small: Sizes = ["B": 2, "T": 3, "N": 2, "d": 2, "e": 1]
private let sizes: [Sizes] = [
  ["B": 2, "T": 70, "N": 2, "d": 3, "e": 5], ["B": 3, "T": 1, "N": 1, "d": 17, "e": 1],
  ["B": 1, "T": 300, "N": 1, "d": 1, "e": 2],
]

/// Minus infinity beyond a sequence's end.
private func beyond(_ lengths: PlainTensor, _ b: Int, _ s: Int) -> Double {
  Double(s) < lengths.values[b] ? 0 : -.infinity
}

private let dotProducts: [ConformingCase] = [
  ConformingCase("scaledDotProductAttention, learned mask", small: small, sizes: sizes) { s in
    let keys = s.T + 2
    return Trial(
      operands(s, keys: keys) + [.shared("m", [1, s.N, s.T, keys]), .input("n", [s.B, s.T, keys])],
      call: { (i: Inputs) -> Variable in
        scaledDotProductAttention(
          i.q, i.k, i.v, heads: s.N, scale: 0.7, mask: AttentionMask.added(i.m).and(.added(i.n)))
      },
      plain: { v in
        plain(s, v, keys: keys, scale: 0.7) { b, head, t, k in v.m[[0, head, t, k]] + v.n[[b, t, k]] }
      })
  },
  // Rows that see nothing are among them.
  ConformingCase("scaledDotProductAttention, masked", small: small, sizes: sizes) { s in
    let keys = s.T + 2
    return Trial(
      operands(s, keys: keys) + [
        .sharedConstant("m", [s.T, keys]), .constant("places", [s.B, s.T, keys], .whole(2)),
        .constant("row", [s.B, s.N, 1, keys], .whole(3)), .constant("lengths", [s.B], .lengths(keys)),
      ],
      call: { (i: Inputs) -> Variable in
        let mask = AttentionMask.added(i.tensor("m")).and(.visible(i.tensor("places"))).and(.visible(i.tensor("row")))
        return scaledDotProductAttention(
          i.q, i.k, i.v, heads: s.N, mask: mask.and(.visible(lengths: i.numbers("lengths"))))
      },
      plain: { v in
        plain(s, v, keys: keys) { b, head, t, k in
          let isSeen = v.places[[b, t, k]] != 0 && v.row[[b, head, 0, k]] != 0
          return v.m[[t, k]] + (isSeen ? 0 : -.infinity) + beyond(v.lengths, b, k)
        }
      })
  },
  ConformingCase("scaledDotProductAttention, causal and masked", small: small, sizes: sizes) { s in
    Trial(
      operands(s, keys: s.T + 2) + [.constant("lengths", [s.B], .lengths(s.T + 2))],
      call: { (i: Inputs) -> Variable in
        scaledDotProductAttention(
          i.q, i.k, i.v, heads: s.N, isCausal: true, from: 2, mask: .visible(lengths: i.numbers("lengths")))
      },
      plain: { v in plain(s, v, keys: s.T + 2, isCausal: true) { b, _, _, k in beyond(v.lengths, b, k) } })
  },
  ConformingCase("scaledDotProductAttention, causal from a place on", small: small, sizes: sizes) { s in
    Trial(
      operands(s, keys: s.T + 4),
      call: { (i: Inputs) -> Variable in
        scaledDotProductAttention(i.q, i.k, i.v, heads: s.N, isCausal: true, from: 4)
      },
      plain: { plain(s, $0, keys: s.T + 4, isCausal: true) })
  },
  ConformingCase(
    "scaledDotProductAttention in training", small: small, sizes: sizes, pass: Pass(isTraining: true),
    except: [.repeatedUse]  // which draws again
  ) { s in
    Trial(
      operands(s, keys: s.T) + [.constant("places", [s.B, s.T, s.T], .whole(2))],
      call: { (i: Inputs) -> Variable in
        scaledDotProductAttention(
          i.q, i.k, i.v, heads: s.N, isCausal: true, mask: .visible(i.tensor("places")), dropout: 0.3)
      },
      plain: { v in
        let shape = [s.B, s.N, s.T, s.T]
        let kept = PlainTensor(PlainDropout(rate: 0.3, draw: 1).factors(shape), shape)
        return plain(s, v, keys: s.T, isCausal: true) { b, _, t, k in
          v.places[[b, t, k]] == 0 ? -.infinity : 0
        } kept: { b, head, t, k in
          kept[[b, head, t, k]]
        }
      })
  },
]

/// A dense layer at a path, with or without a bias.
private func dense(_ v: Values, _ path: String, hasBias: Bool = true) -> Plain.Dense {
  let kernel = v[path + ".kernel"]
  return Plain.Dense(
    kernel: kernel.values,
    bias: hasBias ? v[path + ".bias"].values : kernel.shape[1...].flatMap { [Double](repeating: 0, count: $0) },
    activation: .linear)
}

/// Elements i and i + d / 2 of each head turned by t / 10000^(2i / d).
private func rotated(_ x: [Double], _ s: Sizes, time: Int) -> [Double] {
  let tensor = PlainTensor(x, [s.B, time, s.N * s.d])
  return PlainTensor(tensor.shape) { index in
    let (head, place, half) = (index[2] / s.d * s.d, index[2] % s.d, s.d / 2)
    let angle = Double(index[1]) / pow(10_000, Double(place % half) / Double(half))
    let other = tensor[[index[0], index[1], head + (place + half) % s.d]]
    return tensor[index] * cos(angle) + (place < half ? -other : other) * sin(angle)
  }.values
}

/// Attention of x to itself, as a layer has it.
private func plainLayer(
  _ s: Sizes, _ v: Values, isCausal: Bool, isRotary: Bool = false, distance: Int? = nil, lengths: PlainTensor? = nil
) -> PlainTensor {
  let (q, k) = (dense(v, "query").forward(v.x.values), dense(v, "key").forward(v.x.values))
  let y = Plain.attention(
    isRotary ? rotated(q, s, time: s.T) : q, isRotary ? rotated(k, s, time: s.T) : k,
    dense(v, "value").forward(v.x.values), batch: s.B, heads: s.N, isCausal: isCausal, queries: s.T, keys: s.T,
    added: { b, head, t, k in
      let row = distance.map { min(max(k - t, -$0), $0) + $0 }
      return (row.map { v["relativeBias.table"][[$0, head]] } ?? 0) + (lengths.map { beyond($0, b, k) } ?? 0)
    })
  return PlainTensor(dense(v, "output").forward(y), v.x.shape)
}

private let layerSmall: Sizes = ["B": 2, "T": 3, "N": 2, "d": 2]
private let layerSizes: [Sizes] = [["B": 3, "T": 9, "N": 3, "d": 4], ["B": 1, "T": 17, "N": 1, "d": 6]]

/// A layer whose heads have an even number of dimensions.
private func layer(
  _ name: String, covers: [String] = [], _ positions: AttentionPositions, isCausal: Bool,
  call: @escaping @Sendable (MultiHeadAttention, Inputs) -> Variable
) -> ConformingCase {
  var distance: Int?
  if case .relative(let farthest) = positions { distance = farthest }
  return ConformingCase(
    name, covers: covers, small: layerSmall, sizes: layerSizes,
    idle: ["key.bias"].filter { _ in positions != .rotary }
  ) { [distance] s in
    // One of everything is two of what rotary positions turn.
    let s = s.with("d", s.d + s.d % 2)
    return Trial(
      [.input("x", [s.B, s.T, s.N * s.d])],
      layer: {
        MultiHeadAttention(size: s.N * s.d, heads: s.N, positions: positions, key: RandomKey(seed: 1), element: $0)
      }, call: call,
      plain: { plainLayer(s, $0, isCausal: isCausal, isRotary: positions == .rotary, distance: distance) })
  }
}

/// The first step alone, then all others at once.
private let inSteps: @Sendable (MultiHeadAttention, Inputs) -> Variable = { layer, i in
  var cache = AttentionCache()
  let parts = i.x.shape[1] == 1 ? [i.x] : i.x.split([1, i.x.shape[1] - 1], axis: 1)
  return Variable.concatenated(parts.map { layer($0, cache: &cache) }, axis: 1)
}

let attentionLayerCases: [ConformingCase] =
  dotProducts + [
    layer("MultiHeadAttention, relative positions", .relative(distance: 1), isCausal: false) { $0($1.x) },
    layer("MultiHeadAttention, rotary positions", .rotary, isCausal: true) { $0($1.x, isCausal: true) },
    layer(
      "MultiHeadAttention in steps", covers: ["MultiHeadAttention(Variable, cache:, mask:)"], .none, isCausal: true,
      call: inSteps),
    layer("MultiHeadAttention in steps, relative positions", .relative(distance: 2), isCausal: true, call: inSteps),
    layer("MultiHeadAttention in steps, rotary positions", .rotary, isCausal: true, call: inSteps),
    ConformingCase(
      "MultiHeadAttention to padded sequences", small: layerSmall, sizes: layerSizes, idle: ["key.bias"]
    ) { s in
      Trial(
        [.input("x", [s.B, s.T, s.N * s.d]), .constant("lengths", [s.B], .lengths(s.T))],
        layer: { MultiHeadAttention(size: s.N * s.d, heads: s.N, key: RandomKey(seed: 1), element: $0) },
        call: { $0($1.x, lengths: $1.numbers("lengths")) },
        plain: { plainLayer(s, $0, isCausal: false, lengths: $0.lengths) })
    },
    ConformingCase(
      "MultiHeadAttention to a context of another size",
      covers: ["MultiHeadAttention(Variable, contextCache:, mask:, lengths:)"], small: layerSmall.with("T", 2),
      sizes: layerSizes
    ) { s in
      Trial(
        [
          .input("x", [s.B, s.T, s.N * s.d]), .input("context", [s.B, s.T + 1, 3]),
          .input("others", [s.B, s.T + 1, 3]), .constant("lengths", [s.B], .lengths(s.T + 1)),
        ],
        layer: {
          MultiHeadAttention(
            size: s.N * s.d, heads: s.N, contextSize: 3, hasBias: false, key: RandomKey(seed: 1), element: $0)
        },
        calls: { layer, i in
          let lengths = i.numbers("lengths")
          return [
            layer(i.x, context: i.context, values: i.others, lengths: lengths),
            layer(i.x, contextCache: layer.contextCache(i.context), lengths: lengths),
          ]
        },
        plain: { v in
          [v.others, v.context].map { values in
            let y = Plain.attention(
              dense(v, "query", hasBias: false).forward(v.x.values),
              dense(v, "key", hasBias: false).forward(v.context.values),
              dense(v, "value", hasBias: false).forward(values.values), batch: s.B, heads: s.N, isCausal: false,
              queries: s.T, keys: s.T + 1, added: { b, _, _, k in beyond(v.lengths, b, k) })
            return PlainTensor(dense(v, "output", hasBias: false).forward(y), v.x.shape)
          }
        })
    },
    ConformingCase(
      "RelativePositionBias",
      covers: ["RelativePositionBias", "RelativePositionBias(queries:, keys:, from:, on:)"],
      small: ["B": 2, "N": 2, "T": 3, "S": 4], emptyBatch: .works
    ) { s in
      Trial(
        [.input("x", [s.B, s.N, s.T, s.S])],
        layer: { RelativePositionBias(heads: s.N, distance: 2, key: RandomKey(seed: 1), element: $0) },
        call: { $1.x * $0(queries: s.T, keys: s.S, from: 1, on: $1.tape) },
        plain: { v in
          PlainTensor(v.x.shape) { v.x[$0] * v.table[[min(max($0[3] - $0[2] - 1, -2), 2) + 2, $0[1]]] }
        })
    },
  ]
