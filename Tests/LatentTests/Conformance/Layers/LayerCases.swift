import Latent
import TestSupport

private let denseLayers: [ConformingCase] = Activation.allCases.map { activation in
  let plain = Plain.Activation(rawValue: activation.rawValue)!
  // TensorFlow rounds the constants of these two to float32.
  let tolerance = [.gelu, .leakyRelu].contains(activation) ? 2e-8 : 1e-10
  return ConformingCase(
    "Dense, \(activation)", covers: ["Dense", "Dense(Variable)"], small: ["B": 2, "I": 3, "O": 4], sizes: [],
    keras: [
      .init("dense_\(activation.rawValue)", tolerance: tolerance) {
        ["B": $0.shape(of: "x")[0], "I": $0.shape(of: "x")[1], "O": $0.shape(of: "weight.bias")[0]]
      }
    ], isSmooth: { _, v in keepsOffCorner(plain, plainDense(v, .linear).preactivation(v.x.values)) }
  ) { s in
    Trial(
      [.input("x", [s.B, s.I])],
      layer: {
        Dense(inputSize: s.I, outputSize: s.O, activation: activation, key: RandomKey(seed: 1), element: $0)
      }, call: { $0($1.x) }, plain: { PlainTensor(plainDense($0, plain).forward($0.x.values), [s.B, s.O]) },
      gradient: { v, upstream in
        let slopes = plainDense(v, plain).backward(v.x.values, upstream: upstream)
        return ["x": slopes.x, "kernel": slopes.kernel, "bias": slopes.bias]
      })
  }
}

private let denseOnSequences = ConformingCase(
  "Dense on sequences", small: ["B": 2, "T": 3, "I": 4, "O": 2],
  keras: [
    .init("dense_on_sequence") {
      let x = $0.shape(of: "x")
      return ["B": x[0], "T": x[1], "I": x[2], "O": $0.shape(of: "weight.bias")[0]]
    }
  ]
) { s in
  Trial(
    [.input("x", [s.B, s.T, s.I])],
    layer: { Dense(inputSize: s.I, outputSize: s.O, activation: .linear, key: RandomKey(seed: 1), element: $0) },
    call: { $0($1.x) }, plain: { PlainTensor(plainDense($0, .linear).forward($0.x.values), [s.B, s.T, s.O]) },
    gradient: { v, upstream in
      let slopes = plainDense(v, .linear).backward(v.x.values, upstream: upstream)
      return ["x": slopes.x, "kernel": slopes.kernel, "bias": slopes.bias]
    })
}

/// Attention to a context, or of x to itself.
private func attention(
  _ name: String, covers: [String] = [], hasContext: Bool, isCausal: Bool = false
) -> ConformingCase {
  ConformingCase(
    name, covers: covers, small: ["B": 2, "T": 3, "S": 2, "N": 2, "W": 1],
    sizes: [
      ["B": 1, "T": 7, "S": 17, "N": 3, "W": 7], ["B": 7, "T": 17, "S": 1, "N": 1, "W": 17],
      ["B": 2, "T": 1, "S": 33, "N": 4, "W": 1], ["B": 17, "T": 2, "S": 7, "N": 2, "W": 3],
    ],
    // The softmax does not see the key's bias.
    idle: ["key.bias"]
  ) { s in
    let (width, heads) = (s.W, s.N)
    let x = Operand.input("x", [s.B, s.T, width * heads])
    return Trial(
      hasContext ? [x, .input("context", [s.B, s.S, width * heads])] : [x],
      layer: { MultiHeadAttention(size: width * heads, heads: heads, key: RandomKey(seed: 1), element: $0) },
      call: { $0($1.x, context: hasContext ? $1.context : nil, isCausal: isCausal) },
      plain: { v in
        let plain = Plain.Attention(
          query: plainDense(v, .linear, at: "query."), key: plainDense(v, .linear, at: "key."),
          value: plainDense(v, .linear, at: "value."), output: plainDense(v, .linear, at: "output."), heads: heads)
        let y = plain.forward(
          v.x.values, context: (hasContext ? v.context : v.x).values, batch: s.B, isCausal: isCausal)
        return PlainTensor(y, v.x.shape)
      })
  }
}

/// Keys and values of their own widths, more rows than a block has; and all three of one variable.
private let dotProducts: [ConformingCase] = [false, true].flatMap { isCausal -> [ConformingCase] in
  let note = isCausal ? ", causal" : ""
  let sizes: [Sizes] = [
    ["B": 1, "T": 70, "N": 2, "d": 3, "e": 5], ["B": 3, "T": 1, "N": 1, "d": 17, "e": 1],
    ["B": 1, "T": 300, "N": 1, "d": 1, "e": 2],
  ]
  return [
    ConformingCase(
      "scaledDotProductAttention" + note,
      covers: isCausal
        ? []
        : [
          "scaledDotProductAttention(Variable, Variable, Variable, heads:, isCausal:, from:, scale:, mask:, dropout:)"
        ],
      small: ["B": 2, "T": 3, "N": 2, "d": 2, "e": 1], sizes: sizes
    ) { s in
      let keys = isCausal ? s.T : s.T + 2
      return Trial(
        [
          .input("q", [s.B, s.T, s.N * s.d]), .input("k", [s.B, keys, s.N * s.d]), .input("v", [s.B, keys, s.N * s.e]),
        ],
        call: { (i: Inputs) -> Variable in
          scaledDotProductAttention(i.q, i.k, i.v, heads: s.N, isCausal: isCausal, scale: 0.7)
        },
        plain: {
          PlainTensor(
            Plain.attention(
              $0.q.values, $0.k.values, $0.v.values, batch: s.B, heads: s.N, isCausal: isCausal, queries: s.T,
              keys: keys,
              scale: 0.7), [s.B, s.T, s.N * s.e])
        })
    },
    ConformingCase(
      "scaledDotProductAttention of one variable" + note, covers: [], small: ["B": 2, "T": 3, "N": 2, "d": 2, "e": 0],
      sizes: sizes
    ) { s in
      Trial(
        [.input("x", [s.B, s.T, s.N * s.d])],
        call: { (i: Inputs) -> Variable in scaledDotProductAttention(i.x, i.x, i.x, heads: s.N, isCausal: isCausal) },
        plain: {
          PlainTensor(
            Plain.attention(
              $0.x.values, $0.x.values, $0.x.values, batch: s.B, heads: s.N, isCausal: isCausal, queries: s.T, keys: s.T
            ),
            $0.x.shape)
        })
    },
  ]
}

let layerCases: [ConformingCase] =
  denseLayers + dotProducts + [
    denseOnSequences,
    attention(
      "MultiHeadAttention",
      covers: [
        "MultiHeadAttention", "MultiHeadAttention(Variable)",
        "MultiHeadAttention(Variable, context:, values:, isCausal:, mask:, lengths:)",
      ],
      hasContext: true),
    attention("MultiHeadAttention to itself", hasContext: false),
    attention("MultiHeadAttention, causal", hasContext: false, isCausal: true),
    ConformingCase(
      "Sequential", covers: ["Sequential", "Sequential(Variable)"], small: ["B": 2, "T": 2, "D": 3]
    ) { s in
      Trial(
        [.input("x", [s.B, s.T, s.D])],
        layer: {
          Sequential(
            Flatten(),
            Dense(inputSize: s.T * s.D, outputSize: 6, activation: .tanh, key: RandomKey(seed: 1), element: $0),
            Reshape([3, 2]), Dense(inputSize: 2, outputSize: 4, key: RandomKey(seed: 2), element: $0))
        }, call: { $0($1.x) },
        plain: { v in
          let hidden = plainDense(v, .tanh, at: "1.").forward(v.x.values)
          return PlainTensor(plainDense(v, .linear, at: "3.").forward(hidden), [s.B, 3, 4])
        },
        gradient: { v, upstream in
          let (first, second) = (plainDense(v, .tanh, at: "1."), plainDense(v, .linear, at: "3."))
          let outer = second.backward(first.forward(v.x.values), upstream: upstream)
          let inner = first.backward(v.x.values, upstream: outer.x)
          return [
            "x": inner.x, "1.kernel": inner.kernel, "1.bias": inner.bias, "3.kernel": outer.kernel,
            "3.bias": outer.bias,
          ]
        })
    },
    ConformingCase("Flatten", covers: ["Flatten", "Flatten(Variable)"], small: ["B": 2, "T": 2, "D": 3]) { s in
      Trial(
        [.input("x", [s.B, s.T, s.D])], layer: { _ in Flatten() }, call: { $0($1.x) },
        plain: { PlainTensor($0.x.values, [s.B, s.T * s.D]) }, gradient: { ["x": $1] })
    },
    ConformingCase("Reshape", covers: ["Reshape", "Reshape(Variable)"], small: ["B": 2, "T": 2, "D": 3]) { s in
      Trial(
        [.input("x", [s.B, s.T, s.D])], layer: { _ in Reshape([s.D, 1, s.T]) }, call: { $0($1.x) },
        plain: { PlainTensor($0.x.values, [s.B, s.D, 1, s.T]) }, gradient: { ["x": $1] })
    },
    ConformingCase(
      "Embedding of numbers", covers: ["Embedding(Variable)"], small: ["B": 2, "T": 5, "N": 4, "D": 3]
    ) { s in
      Trial(
        [.constant("numbers", [s.B, s.T], .whole(s.N))],
        layer: { Embedding(count: s.N, size: s.D, key: RandomKey(seed: 1), element: $0) },
        call: { layer, i in layer(i.tape.constant(i.tensor("numbers"))) },
        plain: { v in
          PlainTensor(
            v.numbers.values.flatMap { v.table.values[Int($0) * s.D..<(Int($0) + 1) * s.D] }, [s.B, s.T, s.D])
        },
        gradient: { v, upstream in
          var table = v.table.values.map { _ in 0.0 }
          for (place, number) in v.numbers.values.enumerated() {
            for d in 0..<s.D { table[Int(number) * s.D + d] += upstream[place * s.D + d] }
          }
          return ["table": table]
        })
    },
    ConformingCase(
      "Embedding", covers: ["Embedding", "Embedding([[Int]], on:)"], small: ["B": 2, "T": 5, "N": 4, "D": 3]
    ) { s in
      Trial(
        [.constant("numbers", [s.B, s.T], .whole(s.N))],
        layer: { Embedding(count: s.N, size: s.D, key: RandomKey(seed: 1), element: $0) },
        call: { layer, i in
          let numbers = i.numbers("numbers")
          return layer((0..<s.B).map { Array(numbers[$0 * s.T..<($0 + 1) * s.T]) }, on: i.tape)
        },
        plain: { v in
          let rows = v.numbers.values.flatMap { v.table.values[Int($0) * s.D..<(Int($0) + 1) * s.D] }
          // Nothing says how long no sequences are.
          return PlainTensor(rows, [s.B, s.B == 0 ? 0 : s.T, s.D])
        },
        gradient: { v, upstream in
          var table = v.table.values.map { _ in 0.0 }
          for (place, number) in v.numbers.values.enumerated() {
            for d in 0..<s.D { table[Int(number) * s.D + d] += upstream[place * s.D + d] }
          }
          return ["table": table]
        })
    },
  ]
