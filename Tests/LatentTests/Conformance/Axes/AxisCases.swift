import Foundation
import Latent
import TestSupport

/// Something that makes a line of each line along an axis: of as many elements, or of others.
///
/// - Parameter gradient: dx of a line from x and dy
private func alongLines(
  _ name: String, covers: [String], _ numbers: Operand.Numbers, axes: [Int] = [1, -1],
  rows: ConformingCase.Rows = .independent, emptyBatch: ConformingCase.EmptyBatch = .works,
  _ function: @escaping @Sendable (Variable, Int) -> Variable, value: @escaping @Sendable ([Double]) -> [Double],
  gradient: @escaping @Sendable (_ x: [Double], _ dy: [Double]) -> [Double]
) -> ConformingCase {
  /// The places of each line's elements, in a tensor of this shape.
  @Sendable func lines(_ shape: [Int], _ axis: Int) -> [[Int]] {
    let (reduced, numbers) = PlainTensor([], shape).groups(over: [axis < 0 ? axis + 3 : axis])
    var lines = [[Int]](repeating: [], count: reduced.reduce(1, *))
    for (place, number) in numbers.enumerated() { lines[number].append(place) }
    return lines
  }
  @Sendable func result(_ shape: [Int], _ axis: Int) -> [Int] {
    var result = shape
    let axis = axis < 0 ? axis + 3 : axis
    result[axis] = value([Double](repeating: 0, count: shape[axis])).count
    return result
  }
  return ConformingCase(
    name, covers: covers, small: ["B": 2, "T": 3, "D": 4], rows: rows, emptyBatch: emptyBatch
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.D], numbers)], calls: { i in axes.map { function(i.x, $0) } },
      plain: { v in
        axes.map { axis in
          let shape = result(v.x.shape, axis)
          var y = [Double](repeating: 0, count: shape.reduce(1, *))
          for (from, to) in zip(lines(v.x.shape, axis), lines(shape, axis)) {
            for (place, number) in zip(to, value(from.map { v.x.values[$0] })) { y[place] = number }
          }
          return PlainTensor(y, shape)
        }
      },
      gradient: { v, upstreams in
        var dx = v.x.values.map { _ in 0.0 }
        for (axis, upstream) in zip(axes, upstreams) {
          for (from, to) in zip(lines(v.x.shape, axis), lines(result(v.x.shape, axis), axis)) {
            let slopes = gradient(from.map { v.x.values[$0] }, to.map { upstream[$0] })
            for (place, slope) in zip(from, slopes) { dx[place] += slope }
          }
        }
        return ["x": dx]
      })
  }
}

/// The places of a line's elements in order.
private func order(_ x: [Double], _ isBefore: (Double, Double) -> Bool) -> [Int] {
  var places: [Int] = []
  for (place, number) in x.enumerated() {
    let at = places.firstIndex { isBefore(number, x[$0]) } ?? places.count
    places.insert(place, at: at)
  }
  return places
}

/// dx of what was picked.
private func scattered(_ dy: [Double], _ places: [Int], _ count: Int) -> [Double] {
  var dx = [Double](repeating: 0, count: count)
  for (slope, place) in zip(dy, places) { dx[place] += slope }
  return dx
}

private func sorting(
  _ name: String, covers: [String], most: Int = .max, axes: [Int] = [1, -1], rows: ConformingCase.Rows = .independent,
  by isBefore: @escaping @Sendable (Double, Double) -> Bool,
  _ function: @escaping @Sendable (Variable, Int) -> Variable
) -> ConformingCase {
  alongLines(
    name, covers: covers, .distinct, axes: axes, rows: rows, function,
    value: { x in order(x, isBefore).prefix(most).map { x[$0] } },
    gradient: { scattered($1, Array(order($0, isBefore).prefix(most)), $0.count) })
}

private func places(
  _ name: String, covers: [String], most: Int = .max, _ numbers: Operand.Numbers = .distinct,
  emptyBatch: ConformingCase.EmptyBatch = .works, by isBefore: @escaping @Sendable (Double, Double) -> Bool,
  _ function: @escaping @Sendable (Variable, Int) -> Variable
) -> ConformingCase {
  alongLines(
    name, covers: covers, numbers, emptyBatch: emptyBatch, function,
    value: { order($0, isBefore).prefix(most).map(Double.init) }, gradient: { x, _ in x.map { _ in 0 } })
}

private func sums(_ x: [Double]) -> [Double] { x.indices.map { x[...$0].reduce(0, +) } }

/// dx of cumulative products by their definition: the products without one of the elements.
private func productSlopes(_ x: [Double], _ dy: [Double]) -> [Double] {
  x.indices.map { i in
    x.indices[i...].reduce(0.0) { sum, k in
      sum + dy[k] * (0...k).reduce(1.0) { $1 == i ? $0 : $0 * x[$1] }
    }
  }
}

private let picking: [ConformingCase] = [
  ConformingCase(
    "gathered at places", covers: ["Variable.gathered(at:, axis:)"], small: ["B": 2, "T": 3, "D": 2]
  ) { s in
    Trial(
      [
        .input("x", [s.B, s.T, s.D]), .constant("p", [s.B, 4, s.D], .whole(s.T)),
        .constant("q", [s.B, s.T, 3], .whole(s.D)),
      ],
      calls: { [$0.x.gathered(at: $0.p, axis: 1), $0.x.gathered(at: $0.q, axis: -1)] },
      plain: { v in
        [
          PlainTensor(v.p.shape) { v.x[[$0[0], Int(v.p[$0]), $0[2]]] },
          PlainTensor(v.q.shape) { v.x[[$0[0], $0[1], Int(v.q[$0])]] },
        ]
      },
      gradient: { v, upstreams in
        var dx = v.x.values.map { _ in 0.0 }
        _ = PlainTensor(v.p.shape) { i in
          dx[v.x.place([i[0], Int(v.p[i]), i[2]])] += upstreams[0][v.p.place(i)]
          return 0
        }
        _ = PlainTensor(v.q.shape) { i in
          dx[v.x.place([i[0], i[1], Int(v.q[i])])] += upstreams[1][v.q.place(i)]
          return 0
        }
        return ["x": dx]
      })
  },
  ConformingCase(
    "scatterAdd", covers: ["Variable.scatterAdd(Variable, at:, axis:)"], small: ["B": 2, "T": 3, "D": 2]
  ) { s in
    Trial(
      [
        .input("x", [s.B, s.T, s.D]), .input("source", [s.B, 4, s.D]), .constant("p", [s.B, 4, s.D], .whole(s.T)),
      ],
      call: { $0.x.scatterAdd($0.source, at: $0.p, axis: 1) },
      plain: { v in
        var y = v.x.values
        _ = PlainTensor(v.p.shape) { i in
          y[v.x.place([i[0], Int(v.p[i]), i[2]])] += v.source[i]
          return 0
        }
        return PlainTensor(y, v.x.shape)
      },
      gradient: { v, upstream in
        let source = PlainTensor(v.p.shape) { upstream[v.x.place([$0[0], Int(v.p[$0]), $0[2]])] }
        return ["x": upstream, "source": source.values]
      })
  },
  ConformingCase(
    "scatter", covers: ["Variable.scatter(Variable, at:, axis:)"], small: ["B": 2, "T": 3, "D": 2]
  ) { s in
    Trial(
      [
        .input("x", [s.B, s.T, s.D]), .input("source", [s.B, 4, s.D]), .constant("p", [s.B, 4, s.D], .whole(s.T)),
      ],
      call: { $0.x.scatter($0.source, at: $0.p, axis: 1) },
      plain: { v in
        var y = v.x.values
        _ = PlainTensor(v.p.shape) { i in
          y[v.x.place([i[0], Int(v.p[i]), i[2]])] = v.source[i]
          return 0
        }
        return PlainTensor(y, v.x.shape)
      },
      gradient: { v, upstream in
        // Which element of the source stands at each place in the end.
        var last = [Int?](repeating: nil, count: v.x.values.count)
        _ = PlainTensor(v.p.shape) { i in
          last[v.x.place([i[0], Int(v.p[i]), i[2]])] = v.p.place(i)
          return 0
        }
        var (dx, source) = (upstream, v.source.values.map { _ in 0.0 })
        for (place, element) in last.enumerated() {
          guard let element else { continue }
          source[element] = upstream[place]
          dx[place] = 0
        }
        return ["x": dx, "source": source]
      })
  },
]

let axisCases: [ConformingCase] =
  picking + segmentCases + [
    places(
      "argmax", covers: ["Variable.argmax(axis:, keepingDimensions:)"], most: 1, by: >,
      { $0.argmax(axis: $1, keepingDimensions: true) }),
    places(
      "argmin", covers: ["Variable.argmin(axis:, keepingDimensions:)"], most: 1, by: <,
      { $0.argmin(axis: $1).expanded(at: $1) }),
    places("argsort", covers: ["Variable.argsort(axis:, descending:)"], by: <, { $0.argsort(axis: $1) }),
    places("argsort, falling", covers: [], by: >, { $0.argsort(axis: $1, descending: true) }),
    places(
      "topK's places", covers: [], most: 1, by: >, { $0.topK(1, axis: $1).places }),
    sorting("sorted", covers: ["Variable.sorted(axis:, descending:)"], by: <, { $0.sorted(axis: $1) }),
    sorting("sorted, falling", covers: [], by: >, { $0.sorted(axis: $1, descending: true) }),
    sorting("sorted over the batch", covers: [], axes: [0], rows: .mixed, by: <, { $0.sorted(axis: $1) }),
    sorting(
      "topK", covers: ["Variable.topK(Int, axis:, smallest:)"], most: 2, by: >,
      { $0.topK(Swift.min(2, $0.shape[$1 < 0 ? $1 + 3 : $1]), axis: $1).values }),
    sorting(
      "topK of the smallest", covers: [], most: 1, by: <, { $0.topK(1, axis: $1, smallest: true).values }),
    alongLines(
      "cumulativeSum", covers: ["Variable.cumulativeSum(axis:)"], .between(-1, 1), { $0.cumulativeSum(axis: $1) },
      value: sums, gradient: { sums($1.reversed()).reversed() }),
    alongLines(
      "cumulativeProduct", covers: ["Variable.cumulativeProduct(axis:)"], .between(-2, 2),
      { $0.cumulativeProduct(axis: $1) }, value: { x in x.indices.map { x[...$0].reduce(1, *) } },
      gradient: productSlopes),
    // With zeros in many places.
    alongLines(
      "cumulativeProduct of zeros", covers: [], .whole(3), { $0.cumulativeProduct(axis: $1) },
      value: { x in x.indices.map { x[...$0].reduce(1, *) } }, gradient: productSlopes),
  ]
