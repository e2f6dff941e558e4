import Latent
import TestSupport

/// Where an element of a result comes from.
enum Source {
  case element(String, [Int])
  case number(Double)
}

/// A result by the sources of its elements.
struct Arrangement: Sendable {
  let shape: [Int]
  let source: @Sendable ([Int]) -> Source
}

/// Something that moves elements, repeats them and leaves them out: gradients go back to where the elements came from.
func arranging(
  _ name: String, covers: [String], rows: ConformingCase.Rows = .independent,
  emptyBatch: ConformingCase.EmptyBatch = .works, _ operands: @escaping @Sendable (Sizes) -> [Operand],
  _ calls: @escaping @Sendable (Sizes, Inputs) -> [Variable], _ arrange: @escaping @Sendable (Sizes) -> [Arrangement]
) -> ConformingCase {
  ConformingCase(name, covers: covers, small: ["B": 2, "T": 3, "D": 2], rows: rows, emptyBatch: emptyBatch) { s in
    Trial(
      operands(s), calls: { calls(s, $0) },
      plain: { v in
        arrange(s).map { result in
          PlainTensor(
            PlainTensor.walk(result.shape) { index in
              switch result.source(index) {
              case .element(let name, let index): v[name][index]
              case .number(let number): number
              }
            }, result.shape)
        }
      },
      gradient: { v, upstreams in
        var gradients: [String: [Double]] = [:]
        for operand in operands(s) { gradients[operand.name] = v[operand.name].values.map { _ in 0 } }
        for (result, upstream) in zip(arrange(s), upstreams) {
          var number = 0
          _ = PlainTensor.walk(result.shape) { index in
            if case .element(let name, let index) = result.source(index) {
              gradients[name]![v[name].place(index)] += upstream[number]
            }
            number += 1
          }
        }
        return gradients
      })
  }
}

func oneInput(
  _ name: String, covers: [String], rows: ConformingCase.Rows = .independent,
  emptyBatch: ConformingCase.EmptyBatch = .works, _ calls: @escaping @Sendable (Sizes, Variable) -> [Variable],
  _ results: @escaping @Sendable (Sizes) -> [([Int], @Sendable ([Int]) -> [Int])]
) -> ConformingCase {
  arranging(
    name, covers: covers, rows: rows, emptyBatch: emptyBatch, { [.input("x", [$0.B, $0.T, $0.D])] },
    { calls($0, $1.x) },
    { s in
      results(s).map { shape, index in Arrangement(shape: shape) { .element("x", index($0)) } }
    })
}

let shapingCases: [ConformingCase] = [
  oneInput(
    "reshaped", covers: ["Variable.reshaped(to:)"],
    { s, x in [x.reshaped(to: [s.B, s.D, s.T]), x.reshaped(to: [s.B, s.T * s.D, 1])] },
    { s in
      [
        ([s.B, s.D, s.T], { i in [i[0], (i[1] * s.T + i[2]) / s.D, (i[1] * s.T + i[2]) % s.D] }),
        ([s.B, s.T * s.D, 1], { i in [i[0], i[1] / s.D, i[1] % s.D] }),
      ]
    }),
  oneInput(
    "expanded", covers: ["Variable.expanded(at:)"], { s, x in [x.expanded(at: 1), x.expanded(at: -1)] },
    { s in
      [([s.B, 1, s.T, s.D], { [$0[0], $0[2], $0[3]] }), ([s.B, s.T, s.D, 1], { [$0[0], $0[1], $0[2]] })]
    }),
  oneInput(
    "transposed", covers: ["Variable.transposed([Int]?)"], rows: .mixed,
    { s, x in [x.transposed(), x.transposed([1, 2, 0]), x.transposed([0, 2, 1])] },
    { s in
      [
        ([s.D, s.T, s.B], { [$0[2], $0[1], $0[0]] }), ([s.T, s.D, s.B], { [$0[2], $0[0], $0[1]] }),
        ([s.B, s.D, s.T], { [$0[0], $0[2], $0[1]] }),
      ]
    }),
  oneInput(
    "sliced", covers: ["Variable.sliced(Range<Int>, axis:)"],
    { s, x in [x.sliced(s.T / 2..<s.T, axis: 1), x.sliced(0..<(s.D + 1) / 2, axis: -1), x.sliced(1..<1, axis: 1)] },
    { s in
      [
        ([s.B, s.T - s.T / 2, s.D], { [$0[0], $0[1] + s.T / 2, $0[2]] }), ([s.B, s.T, (s.D + 1) / 2], { $0 }),
        ([s.B, 0, s.D], { $0 }),
      ]
    }),
  oneInput(
    "sliced along the batch", covers: [], rows: .mixed, { s, x in [x.sliced(s.B / 2..<s.B)] },
    { s in [([s.B - s.B / 2, s.T, s.D], { [$0[0] + s.B / 2, $0[1], $0[2]] })] }),
  oneInput(
    "split", covers: ["Variable.split([Int], axis:)"], { s, x in x.split([1, 0, s.T - 1], axis: 1) },
    { s in
      [([s.B, 1, s.D], { $0 }), ([s.B, 0, s.D], { $0 }), ([s.B, s.T - 1, s.D], { [$0[0], $0[1] + 1, $0[2]] })]
    }),
  oneInput(
    "broadcast", covers: ["Variable.broadcast(to:)"], rows: .mixed,
    { s, x in [x.expanded(at: 2).broadcast(to: [2, s.B, s.T, 3, s.D]), x.broadcast(to: [s.B, s.T, s.D])] },
    { s in [([2, s.B, s.T, 3, s.D], { [$0[1], $0[2], $0[4]] }), ([s.B, s.T, s.D], { $0 })] }),
  oneInput(
    "tiled", covers: ["Variable.tiled(Int, axis:)"], { s, x in [x.tiled(3, axis: 1), x.tiled(2, axis: -1)] },
    { s in
      [
        ([s.B, 3 * s.T, s.D], { [$0[0], $0[1] % s.T, $0[2]] }),
        ([s.B, s.T, 2 * s.D], { [$0[0], $0[1], $0[2] % s.D] }),
      ]
    }),
  oneInput(
    "reversedInTime", covers: ["Variable.reversedInTime(lengths:)"],
    emptyBatch: .stops("reversedInTime", "[0, 3, 2] is not [B, T, D] with B, T > 0"), { s, x in [x.reversedInTime()] },
    { s in [([s.B, s.T, s.D], { [$0[0], s.T - 1 - $0[1], $0[2]] })] }),
  oneInput(
    "reversedInTime, lengths", covers: [], rows: .mixed,
    emptyBatch: .stops("reversedInTime", "[0, 3, 2] is not [B, T, D] with B, T > 0"),
    { s, x in [x.reversedInTime(lengths: (0..<s.B).map { $0 % s.T + 1 })] },
    { s in
      [
        (
          [s.B, s.T, s.D],
          { i in
            let length = i[0] % s.T + 1
            return [i[0], i[1] < length ? length - 1 - i[1] : i[1], i[2]]
          }
        )
      ]
    }),
  arranging(
    "padded", covers: ["Variable.padded(Int, Int, axis:, with:)"], { [.input("x", [$0.B, $0.T, $0.D])] },
    { s, i in [i.x.padded(1, 2, axis: 1, with: 9), i.x.padded(0, 3, axis: -1)] },
    { s in
      [
        Arrangement(shape: [s.B, s.T + 3, s.D]) {
          (1...s.T).contains($0[1]) ? .element("x", [$0[0], $0[1] - 1, $0[2]]) : .number(9)
        },
        Arrangement(shape: [s.B, s.T, s.D + 3]) { $0[2] < s.D ? .element("x", $0) : .number(0) },
      ]
    }),
  arranging(
    "concatenated", covers: ["Variable.concatenated([Variable], axis:)"],
    { [.input("x", [$0.B, $0.T, $0.D]), .input("y", [$0.B, $0.T, $0.D]), .input("z", [$0.B, 2, $0.D])] },
    { s, i in [Variable.concatenated([i.x, i.y, i.x], axis: -1), Variable.concatenated([i.z, i.y], axis: 1)] },
    { s in
      [
        Arrangement(shape: [s.B, s.T, 3 * s.D]) {
          .element($0[2] / s.D == 1 ? "y" : "x", [$0[0], $0[1], $0[2] % s.D])
        },
        Arrangement(shape: [s.B, s.T + 2, s.D]) {
          $0[1] < 2 ? .element("z", $0) : .element("y", [$0[0], $0[1] - 2, $0[2]])
        },
      ]
    }),
  oneInput(
    "subscript", covers: [],
    { s, x in
      let odd = stride(from: 1, to: s.T, by: 2)
      return [
        x[.all, 0], x[..., s.D - 1], x[0..., (s.T / 2)..., .newAxis, ..<s.D], x[.all, odd, 0...0],
        x[..., stride(from: s.D - 1, through: 0, by: -1)], x[.all, s.T - 1, .ellipsis], x[.ellipsis, 0..<s.T / 2, 0],
      ]
    },
    { s in
      [
        ([s.B, s.D], { [$0[0], 0, $0[1]] }), ([s.B, s.T], { [$0[0], $0[1], s.D - 1] }),
        ([s.B, s.T - s.T / 2, 1, s.D], { [$0[0], $0[1] + s.T / 2, $0[3]] }),
        ([s.B, s.T / 2, 1], { [$0[0], 2 * $0[1] + 1, 0] }),
        ([s.B, s.T, s.D], { [$0[0], $0[1], s.D - 1 - $0[2]] }), ([s.B, s.D], { [$0[0], s.T - 1, $0[1]] }),
        ([s.B, s.T / 2], { [$0[0], $0[1], 0] }),
      ]
    }),
  oneInput(
    "subscript of the batch", covers: [], rows: .mixed,
    emptyBatch: .stops("subscript [0]", "place 0 is outside of 0..<0"),
    { s, x in [x[0], x[s.B - 1, s.T - 1], x[0..<(s.B + 1) / 2, s.T - 1, s.D - 1], x[0, 0, 0]] },
    { s in
      [
        ([s.T, s.D], { [0, $0[0], $0[1]] }), ([s.D], { [s.B - 1, s.T - 1, $0[0]] }),
        ([(s.B + 1) / 2], { [$0[0], s.T - 1, s.D - 1] }), ([], { _ in [0, 0, 0] }),
      ]
    }),
  arranging(
    "stacked", covers: ["Variable.stacked([Variable], axis:)"],
    { [.input("x", [$0.B, $0.T, $0.D]), .input("y", [$0.B, $0.T, $0.D])] },
    { s, i in [Variable.stacked([i.x, i.y], axis: 1), Variable.stacked([i.y, i.x, i.y], axis: -1)] },
    { s in
      [
        Arrangement(shape: [s.B, 2, s.T, s.D]) { .element($0[1] == 0 ? "x" : "y", [$0[0], $0[2], $0[3]]) },
        Arrangement(shape: [s.B, s.T, s.D, 3]) { .element($0[3] == 1 ? "x" : "y", [$0[0], $0[1], $0[2]]) },
      ]
    }),
  arranging(
    "gathered", covers: ["Variable.gathered(rows:)"], rows: .mixed, { [.shared("x", [$0.T, $0.D])] },
    { s, i in [i.x.gathered(rows: (0..<s.B).map { 5 * $0 % s.T })] },
    { s in [Arrangement(shape: [s.B, s.D]) { .element("x", [5 * $0[0] % s.T, $0[1]]) }] }),
  arranging(
    "gathered by numbers", covers: ["Variable.gathered(numbers:)"], rows: .mixed, { [.shared("x", [$0.T, $0.D])] },
    { s, i in
      let numbers = (0..<s.B * 2).map { Double(5 * $0 % s.T) }
      return [i.x.gathered(numbers: Tensor(numbers, shape: [s.B, 2], element: i.x.tensor.element))]
    },
    { s in
      [Arrangement(shape: [s.B, 2, s.D]) { .element("x", [5 * (2 * $0[0] + $0[1]) % s.T, $0[2]]) }]
    }),
]
