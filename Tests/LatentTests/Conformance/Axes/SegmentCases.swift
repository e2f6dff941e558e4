import Foundation
import Latent
import TestSupport

/// A reduction of rows by segment, beside a plain loop over the rows of each segment.
///
/// - Parameters:
///   - value: of a segment's elements in one column, in order
///   - gradient: d of each of them, from the elements and dy
private func reduction(
  _ name: String, _ numbers: Operand.Numbers, hasEmpty: Bool = true,
  _ function: @escaping @Sendable (Variable, [Int], Int) -> Variable,
  value: @escaping @Sendable ([Double]) -> Double, gradient: @escaping @Sendable ([Double], Double) -> [Double]
) -> ConformingCase {
  ConformingCase(
    name, covers: ["Variable.\(name)([Int], count:)"], small: ["B": 5, "D": 2], rows: .mixed
  ) { s in
    let segments = (0..<s.B).map { 7 * $0 % 3 }
    let count = hasEmpty ? 4 : Swift.min(3, s.B)
    @Sendable func rows(_ segment: Int) -> [Int] { (0..<s.B).filter { segments[$0] == segment } }
    return Trial(
      [.input("x", [s.B, s.D], numbers)], call: { function($0.x, segments, count) },
      plain: { v in PlainTensor([count, s.D]) { i in value(rows(i[0]).map { v.x[[$0, i[1]]] }) } },
      gradient: { v, upstream in
        var dx = v.x.values.map { _ in 0.0 }
        for segment in 0..<count {
          for column in 0..<s.D {
            let rows = rows(segment)
            let slopes = gradient(rows.map { v.x[[$0, column]] }, upstream[segment * s.D + column])
            for (row, slope) in zip(rows, slopes) { dx[row * s.D + column] = slope }
          }
        }
        return ["x": dx]
      })
  }
}

private func softmax(_ x: [Double]) -> [Double] {
  let powers = x.map { exp($0) }
  return powers.map { $0 / powers.reduce(0, +) }
}

let segmentCases: [ConformingCase] = [
  reduction(
    "segmentSum", .between(-2, 2), { $0.segmentSum($1, count: $2) }, value: { $0.reduce(0, +) },
    gradient: { x, dy in x.map { _ in dy } }
  ),
  reduction(
    "segmentMean", .between(-2, 2), { $0.segmentMean($1, count: $2) },
    value: { $0.isEmpty ? 0 : $0.reduce(0, +) / Double($0.count) },
    gradient: { x, dy in x.map { _ in dy / Double(x.count) } }),
  // Of a segment without rows comes an infinity, which no difference measures: SegmentTests has those.
  reduction(
    "segmentMax", .distinct, hasEmpty: false, { $0.segmentMax($1, count: $2) }, value: { $0.max()! },
    gradient: { x, dy in x.map { $0 == x.max() ? dy : 0 } }),
  reduction(
    "segmentMin", .distinct, hasEmpty: false, { $0.segmentMin($1, count: $2) }, value: { $0.min()! },
    gradient: { x, dy in x.map { $0 == x.min() ? dy : 0 } }),
  ConformingCase(
    "segmentSoftmax", covers: ["Variable.segmentSoftmax([Int], count:)"], small: ["B": 5, "D": 2], rows: .mixed
  ) { s in
    let segments = (0..<s.B).map { 7 * $0 % 3 }
    @Sendable func columns(_ body: ([Int], Int) -> Void) {
      for segment in 0..<4 {
        let rows = (0..<s.B).filter { segments[$0] == segment }
        for column in 0..<s.D { body(rows, column) }
      }
    }
    return Trial(
      [.input("x", [s.B, s.D])], call: { $0.x.segmentSoftmax(segments, count: 4) },
      plain: { v in
        var y = v.x.values
        columns { rows, column in
          for (row, value) in zip(rows, softmax(rows.map { v.x[[$0, column]] })) { y[row * s.D + column] = value }
        }
        return PlainTensor(y, v.x.shape)
      },
      gradient: { v, upstream in
        var dx = upstream
        columns { rows, column in
          let y = softmax(rows.map { v.x[[$0, column]] })
          let slopes = rows.map { upstream[$0 * s.D + column] }
          let mean = zip(y, slopes).reduce(0) { $0 + $1.0 * $1.1 }
          for (place, row) in rows.enumerated() { dx[row * s.D + column] = y[place] * (slopes[place] - mean) }
        }
        return ["x": dx]
      })
  },
]
