import Latent
import TestSupport

/// A sum of products by its definition: loops over every letter.
private struct PlainSum: Sendable {
  let equation: String
  /// The same, where an ellipsis stands in it.
  let letters: String
  let operands: [String]

  init(_ equation: String, _ operands: [String], letters: String? = nil) {
    (self.equation, self.operands, self.letters) = (equation, operands, letters ?? equation)
  }

  private var sides: (terms: [[Character]], result: [Character]) {
    let parts = letters.split(separator: ">", omittingEmptySubsequences: false)
    return (parts[0].dropLast().split(separator: ",").map(Array.init), Array(parts[1]))
  }

  /// Calls `body` with the index of each operand and of the result.
  private func walk(_ v: Values, _ body: ([[Int]], [Int]) -> Void) -> [Int] {
    let (terms, result) = sides
    var sizes: [Character: Int] = [:]
    for (term, name) in zip(terms, operands) { for (letter, size) in zip(term, v[name].shape) { sizes[letter] = size } }
    let all = sizes.keys.sorted()
    _ = PlainTensor.walk(all.map { sizes[$0]! }) { index in
      func picked(_ letters: [Character]) -> [Int] { letters.map { index[all.firstIndex(of: $0)!] } }
      body(terms.map(picked), picked(result))
    }
    return result.map { sizes[$0]! }
  }

  func value(_ v: Values) -> PlainTensor {
    let shape = walk(v) { _, _ in }
    let places = PlainTensor([], shape)
    var y = [Double](repeating: 0, count: shape.reduce(1, *))
    _ = walk(v) { indices, index in
      y[places.place(index)] += zip(operands, indices).reduce(1) { $0 * v[$1.0][$1.1] }
    }
    return PlainTensor(y, shape)
  }

  func addGradients(_ v: Values, _ upstream: [Double], to gradients: inout [String: [Double]]) {
    let places = PlainTensor([], walk(v) { _, _ in })
    for (operand, name) in operands.enumerated() {
      var slopes = gradients[name] ?? v[name].values.map { _ in 0 }
      _ = walk(v) { indices, index in
        let others = operands.indices.reduce(1.0) { $1 == operand ? $0 : $0 * v[operands[$1]][indices[$1]] }
        slopes[v[name].place(indices[operand])] += upstream[places.place(index)] * others
      }
      gradients[name] = slopes
    }
  }
}

private let sums: [PlainSum] = [
  PlainSum("bij,bjk->bik", ["a", "b"]), PlainSum("bij,ij->b", ["a", "c"]), PlainSum("ij,bij->bji", ["c", "a"]),
  PlainSum("bii->bi", ["d"]), PlainSum("bii -> b", ["d"], letters: "bii->b"), PlainSum("bij->bj", ["a"]),
  PlainSum("...ij,...jk->...ik", ["a", "b"], letters: "bij,bjk->bik"),
  PlainSum("...j,kj->...k", ["a", "c"], letters: "bij,kj->bik"), PlainSum("bij,kj->bki", ["a", "c"]),
  PlainSum("bij,ij,bjk->bk", ["a", "c", "b"]), PlainSum("bij,bik->bjk", ["a", "a"]),
  PlainSum("bij,bkl->bilkj", ["a", "b"]), PlainSum("bij,bij->b", ["a", "a"]),
]

let arrangementCases: [ConformingCase] = [
  ConformingCase(
    "einsum", covers: ["einsum(String, Variable...)"], small: ["B": 2, "T": 3, "D": 2],
    sizes: [["B": 3, "T": 5, "D": 7], ["B": 7, "T": 1, "D": 3], ["B": 1, "T": 17, "D": 1]]
  ) { s in
    Trial(
      [
        .input("a", [s.B, s.T, s.D]), .input("b", [s.B, s.D, 3]), .shared("c", [s.T, s.D]),
        .input("d", [s.B, s.D, s.D]),
      ],
      calls: { i in
        sums.map { sum in
          let operands = sum.operands.map { i[dynamicMember: $0] }
          return switch operands.count {
          case 1: einsum(sum.equation, operands[0])
          case 2: einsum(sum.equation, operands[0], operands[1])
          default: einsum(sum.equation, operands[0], operands[1], operands[2])
          }
        }
      },
      plain: { v in sums.map { $0.value(v) } },
      gradient: { v, upstreams in
        var gradients: [String: [Double]] = [:]
        for (sum, upstream) in zip(sums, upstreams) { sum.addGradients(v, upstream, to: &gradients) }
        return gradients
      })
  },
  ConformingCase(
    "matmul, transposing",
    covers: [
      "matmul(Variable, Variable, transposingA:, transposingB:)", "matmul(Variable, Variable, transposingB:)",
    ], small: ["B": 2, "M": 2, "K": 3, "N": 4]
  ) { s in
    let sums = [
      PlainSum("bkm,bkn->bmn", ["a", "b"]), PlainSum("bmk,nk->bmn", ["c", "w"]), PlainSum("bkm,nk->bmn", ["a", "w"]),
    ]
    return Trial(
      [
        .input("a", [s.B, s.K, s.M]), .input("b", [s.B, s.K, s.N]), .input("c", [s.B, s.M, s.K]),
        .shared("w", [s.N, s.K]),
      ],
      calls: {
        [
          matmul($0.a, $0.b, transposingA: true), matmul($0.c, $0.w, transposingB: true),
          matmul($0.a, $0.w, transposingA: true, transposingB: true),
        ]
      },
      plain: { v in sums.map { $0.value(v) } },
      gradient: { v, upstreams in
        var gradients: [String: [Double]] = [:]
        for (sum, upstream) in zip(sums, upstreams) { sum.addGradients(v, upstream, to: &gradients) }
        return gradients
      })
  },
  ConformingCase("outer", covers: ["outer(Variable, Variable)"], small: ["B": 3, "D": 4]) { s in
    let sum = PlainSum("b,d->bd", ["x", "y"])
    return Trial(
      [.input("x", [s.B]), .shared("y", [s.D])], call: { outer($0.x, $0.y) }, plain: { sum.value($0) },
      gradient: { v, upstream in
        var gradients: [String: [Double]] = [:]
        sum.addGradients(v, upstream, to: &gradients)
        return gradients
      })
  },
  ConformingCase("oneHot", covers: ["Variable.oneHot(Int)"], small: ["B": 3, "D": 2]) { s in
    @Sendable func picked(_ v: Values, _ values: [Double]) -> PlainTensor {
      let values = PlainTensor(values, [s.B, s.D, 5])
      return PlainTensor(values.shape) { v.n[[$0[0], $0[1]]] == Double($0[2]) ? values[$0] : 0 }
    }
    return Trial(
      [.constant("n", [s.B, s.D], .whole(4)), .input("x", [s.B, s.D, 5])], call: { $0.n.oneHot(5) * $0.x },
      plain: { picked($0, $0.x.values) }, gradient: { ["x": picked($0, $1).values] })
  },
  oneInput(
    "flipped", covers: ["Variable.flipped(axes:)", "Variable.flipped(axis:)"],
    { s, x in [x.flipped(axes: [1]), x.flipped(axis: -1), x.flipped(axes: [1, 2]), x.flipped(axes: [])] },
    { s in
      [
        ([s.B, s.T, s.D], { [$0[0], s.T - 1 - $0[1], $0[2]] }),
        ([s.B, s.T, s.D], { [$0[0], $0[1], s.D - 1 - $0[2]] }),
        ([s.B, s.T, s.D], { [$0[0], s.T - 1 - $0[1], s.D - 1 - $0[2]] }), ([s.B, s.T, s.D], { $0 }),
      ]
    }),
  oneInput(
    "flipped along all axes", covers: [], rows: .mixed, { s, x in [x.flipped(), x.flipped(axes: [0])] },
    { s in
      [
        ([s.B, s.T, s.D], { [s.B - 1 - $0[0], s.T - 1 - $0[1], s.D - 1 - $0[2]] }),
        ([s.B, s.T, s.D], { [s.B - 1 - $0[0], $0[1], $0[2]] }),
      ]
    }),
  oneInput(
    "rolled", covers: ["Variable.rolled(by:, axis:)"],
    { s, x in [x.rolled(by: 1, axis: 1), x.rolled(by: -5, axis: 1), x.rolled(by: 1)] },
    { s in
      [
        ([s.B, s.T, s.D], { [$0[0], ($0[1] + s.T - 1) % s.T, $0[2]] }),
        ([s.B, s.T, s.D], { [$0[0], ($0[1] + 5) % s.T, $0[2]] }),
        ([s.B, s.T, s.D], { [$0[0], $0[1], ($0[2] + s.D - 1) % s.D] }),
      ]
    }),
  oneInput(
    "repeated", covers: ["Variable.repeated(Int, axis:)"], { s, x in [x.repeated(3, axis: 1), x.repeated(2)] },
    { s in
      [
        ([s.B, 3 * s.T, s.D], { [$0[0], $0[1] / 3, $0[2]] }), ([s.B, s.T, 2 * s.D], { [$0[0], $0[1], $0[2] / 2] }),
      ]
    }),
  oneInput(
    "chunked", covers: ["Variable.chunked(into:, axis:)"], { s, x in x.chunked(into: 2, axis: 1) },
    { s in
      let size = (s.T + 1) / 2
      return stride(from: 0, to: s.T, by: size).map { start in
        ([s.B, min(size, s.T - start), s.D], { [$0[0], $0[1] + start, $0[2]] })
      }
    }),
  arranging(
    "tril and triu", covers: ["Variable.tril(diagonal:)", "Variable.triu(diagonal:)"],
    { [.input("x", [$0.B, $0.T, $0.D])] },
    { s, i in [i.x.tril(), i.x.triu(), i.x.tril(diagonal: 1), i.x.triu(diagonal: -1)] },
    { s in
      func triangle(_ isKept: @escaping @Sendable (Int, Int) -> Bool) -> Arrangement {
        Arrangement(shape: [s.B, s.T, s.D]) { isKept($0[1], $0[2]) ? .element("x", $0) : .number(0) }
      }
      return [
        triangle { $1 <= $0 }, triangle { $1 >= $0 }, triangle { $1 <= $0 + 1 }, triangle { $1 >= $0 - 1 },
      ]
    }),
]
