import Foundation
import Latent
import TestSupport

private let allAxes: [[Int]?] = [nil, [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2], [-1], [-3, -1], []]
private let oneAxis: [[Int]?] = [[0], [1], [-1]]

/// A reduction over every choice of axes, with and without the dimensions that are reduced.
///
/// - Parameters:
///   - axes: those to reduce over, of three
///   - more: how much larger than the case's sizes the axes beyond the first are
private func reduction(
  _ name: String, _ numbers: Operand.Numbers = .between(-2, 2), over choices: [[Int]?] = allAxes, more: Int = 0,
  covers: [String], emptyBatch: ConformingCase.EmptyBatch = .works,
  _ function: @escaping @Sendable (Variable, [Int]?, Bool) -> Variable,
  value: @escaping @Sendable ([Double]) -> Double, slopes: @escaping @Sendable ([Double]) -> [Double]
) -> ConformingCase {
  /// The elements of each group, by their places.
  @Sendable func groups(_ x: PlainTensor, _ axes: [Int]?) -> (shape: [Int], left: [Int], members: [[Int]]) {
    let axes = (axes ?? [0, 1, 2]).map { $0 < 0 ? $0 + 3 : $0 }
    let (shape, numbers) = x.groups(over: axes)
    var members = [[Int]](repeating: [], count: shape.reduce(1, *))
    for (place, number) in numbers.enumerated() { members[number].append(place) }
    return (shape, [0, 1, 2].filter { !axes.contains($0) }.map { x.shape[$0] }, members)
  }
  return ConformingCase(
    name, covers: covers, small: ["B": 2, "T": 3, "D": 2], rows: .mixed, emptyBatch: emptyBatch
  ) { s in
    Trial(
      [.input("x", [s.B, s.T + more, s.D + more], numbers)],
      calls: { i in choices.flatMap { axes in [true, false].map { function(i.x, axes, $0) } } },
      plain: { v in
        choices.flatMap { axes in
          let (kept, left, members) = groups(v.x, axes)
          let values = members.map { value($0.map { v.x.values[$0] }) }
          return [PlainTensor(values, kept), PlainTensor(values, left)]
        }
      },
      gradient: { v, upstreams in
        var dx = v.x.values.map { _ in 0.0 }
        for (place, axes) in choices.enumerated() {
          let members = groups(v.x, axes).members
          let upstream = Plain.sum(upstreams[2 * place], upstreams[2 * place + 1])
          for (places, slope) in zip(members, upstream) {
            for (place, d) in zip(places, slopes(places.map { v.x.values[$0] })) { dx[place] += d * slope }
          }
        }
        return ["x": dx]
      })
  }
}

/// A function of the elements along each axis, of as many elements.
private func alongAxis(
  _ name: String, covers: [String], axes: [Int], rows: ConformingCase.Rows,
  emptyBatch: ConformingCase.EmptyBatch = .works,
  _ function: @escaping @Sendable (Variable, Int) -> Variable,
  value: @escaping @Sendable ([Double]) -> [Double],
  gradient: @escaping @Sendable (_ y: [Double], _ upstream: [Double]) -> [Double]
) -> ConformingCase {
  @Sendable func members(_ x: PlainTensor, _ axis: Int) -> [[Int]] {
    let (shape, numbers) = x.groups(over: [axis < 0 ? axis + 3 : axis])
    var members = [[Int]](repeating: [], count: shape.reduce(1, *))
    for (place, number) in numbers.enumerated() { members[number].append(place) }
    return members
  }
  return ConformingCase(
    name, covers: covers, small: ["B": 2, "T": 3, "D": 2], rows: rows, emptyBatch: emptyBatch
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.D], .between(-2, 2))], calls: { i in axes.map { function(i.x, $0) } },
      plain: { v in
        axes.map { axis in
          var y = v.x.values
          for places in members(v.x, axis) {
            for (place, number) in zip(places, value(places.map { v.x.values[$0] })) { y[place] = number }
          }
          return PlainTensor(y, v.x.shape)
        }
      },
      gradient: { v, upstreams in
        var dx = v.x.values.map { _ in 0.0 }
        for (axis, upstream) in zip(axes, upstreams) {
          for places in members(v.x, axis) {
            let y = value(places.map { v.x.values[$0] })
            for (place, d) in zip(places, gradient(y, places.map { upstream[$0] })) { dx[place] += d }
          }
        }
        return ["x": dx]
      })
  }
}

private func softmax(_ x: [Double]) -> [Double] {
  let sum = x.reduce(0) { $0 + exp($1) }
  return x.map { exp($0) / sum }
}

private func variance(_ x: [Double], over count: Double) -> Double {
  let mean = Plain.mean(x)
  return x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
}

private func varianceSlopes(_ x: [Double], over count: Double) -> [Double] {
  let mean = Plain.mean(x)
  return x.map { 2 * ($0 - mean) / count }
}

/// 1 where an element is the extreme.
private func places(of extreme: Double, in x: [Double]) -> [Double] { x.map { $0 == extreme ? 1 : 0 } }

let reductionCases: [ConformingCase] = [
  reduction(
    "sum", .between(-1, 2), covers: ["Variable.sum(axes:, keepingDimensions:)"],
    { $0.sum(axes: $1, keepingDimensions: $2) },
    value: { $0.reduce(0, +) }, slopes: { $0.map { _ in 1 } }),
  reduction(
    "mean", .between(-1, 2), covers: ["Variable.mean(axes:, keepingDimensions:)"],
    { $0.mean(axes: $1, keepingDimensions: $2) },
    value: Plain.mean, slopes: { x in x.map { _ in 1 / Double(x.count) } }),
  // Of a tape that has the whole batch; of shards in BatchStatisticsTests.
  reduction(
    "batchMean", over: [[0]], covers: ["Variable.batchMean()"],
    emptyBatch: .stops("batchMean", "[0, 3, 2] is not [B, ...] with examples in it"),
    { x, _, isKept in isKept ? x.batchMean().expanded(at: 0) : x.batchMean() },
    value: Plain.mean, slopes: { x in x.map { _ in 1 / Double(x.count) } }),
  reduction(
    "variance", covers: ["Variable.variance(axes:, unbiased:, keepingDimensions:)"],
    { $0.variance(axes: $1, keepingDimensions: $2) }, value: { variance($0, over: Double($0.count)) },
    slopes: { varianceSlopes($0, over: Double($0.count)) }),
  // Of one number there is none.
  reduction(
    "variance, unbiased", over: [[1], [2], [1, 2], [-1]], more: 1, covers: [],
    { $0.variance(axes: $1, unbiased: true, keepingDimensions: $2) },
    value: { variance($0, over: Double($0.count - 1)) },
    slopes: { varianceSlopes($0, over: Double($0.count - 1)) }),
  reduction(
    "max", .distinct, covers: ["Variable.max(axes:, keepingDimensions:)"],
    emptyBatch: .stops("max", "no elements along [] of the shape [0, 3, 2]"),
    { $0.max(axes: $1, keepingDimensions: $2) }, value: { $0.max()! }, slopes: { places(of: $0.max()!, in: $0) }),
  reduction(
    "min", .distinct, covers: ["Variable.min(axes:, keepingDimensions:)"],
    emptyBatch: .stops("min", "no elements along [] of the shape [0, 3, 2]"),
    { $0.min(axes: $1, keepingDimensions: $2) }, value: { $0.min()! }, slopes: { places(of: $0.min()!, in: $0) }),
  reduction(
    "logSumExp", covers: ["Variable.logSumExp(axes:, keepingDimensions:)"],
    emptyBatch: .stops("logSumExp", "no elements along [] of the shape [0, 3, 2]"),
    { $0.logSumExp(axes: $1, keepingDimensions: $2) }, value: { log($0.reduce(0) { $0 + exp($1) }) }, slopes: softmax),

  // Over one axis.
  reduction(
    "sum along an axis", .between(-1, 2), over: oneAxis, covers: ["Variable.sum(axis:, keepingDimensions:)"],
    { $0.sum(axis: $1![0], keepingDimensions: $2) }, value: { $0.reduce(0, +) }, slopes: { $0.map { _ in 1 } }),
  reduction(
    "mean along an axis", .between(-1, 2), over: oneAxis, covers: ["Variable.mean(axis:, keepingDimensions:)"],
    { $0.mean(axis: $1![0], keepingDimensions: $2) },
    value: Plain.mean, slopes: { x in x.map { _ in 1 / Double(x.count) } }),
  reduction(
    "variance along an axis", over: oneAxis,
    covers: ["Variable.variance(axis:, unbiased:, keepingDimensions:)"],
    { $0.variance(axis: $1![0], unbiased: false, keepingDimensions: $2) },
    value: { variance($0, over: Double($0.count)) },
    slopes: { varianceSlopes($0, over: Double($0.count)) }),
  reduction(
    "max along an axis", .distinct, over: oneAxis, covers: ["Variable.max(axis:, keepingDimensions:)"],
    emptyBatch: .stops("max", "no elements along [0] of the shape [0, 3, 2]"),
    { $0.max(axis: $1![0], keepingDimensions: $2) }, value: { $0.max()! }, slopes: { places(of: $0.max()!, in: $0) }),
  reduction(
    "min along an axis", .distinct, over: oneAxis, covers: ["Variable.min(axis:, keepingDimensions:)"],
    emptyBatch: .stops("min", "no elements along [0] of the shape [0, 3, 2]"),
    { $0.min(axis: $1![0], keepingDimensions: $2) }, value: { $0.min()! }, slopes: { places(of: $0.min()!, in: $0) }),
  reduction(
    "logSumExp along an axis", over: oneAxis, covers: ["Variable.logSumExp(axis:, keepingDimensions:)"],
    emptyBatch: .stops("logSumExp", "no elements along [0] of the shape [0, 3, 2]"),
    { $0.logSumExp(axis: $1![0], keepingDimensions: $2) }, value: { log($0.reduce(0) { $0 + exp($1) }) },
    slopes: softmax),
  alongAxis(
    "softmax", covers: ["Variable.softmax(axis:)"], axes: [-1, 1], rows: .independent, { $0.softmax(axis: $1) },
    value: softmax,
    gradient: { y, d in
      let mean = zip(y, d).reduce(0) { $0 + $1.0 * $1.1 }
      return zip(y, d).map { $0 * ($1 - mean) }
    }),
  alongAxis(
    "softmax over the batch", covers: [], axes: [0], rows: .mixed,
    emptyBatch: .stops("softmax", "no elements along [0] of the shape [0, 3, 2]"), { $0.softmax(axis: $1) },
    value: softmax,
    gradient: { y, d in
      let mean = zip(y, d).reduce(0) { $0 + $1.0 * $1.1 }
      return zip(y, d).map { $0 * ($1 - mean) }
    }),
  alongAxis(
    "logSoftmax", covers: ["Variable.logSoftmax(axis:)"], axes: [-1, 1], rows: .independent,
    { $0.logSoftmax(axis: $1) }, value: { softmax($0).map { log($0) } },
    gradient: { y, d in
      let sum = d.reduce(0, +)
      return zip(y, d).map { $1 - exp($0) * sum }
    }),
]
