import Foundation
import Latent
import TestSupport

typealias Slopes = @Sendable (Double, Double) -> (Double, Double)

/// An operation of two operands in all ways in which one or both are repeated, and on equal numbers.
func binary(
  _ name: String, covers: [String], _ left: Operand.Numbers = .between(0.3, 2),
  _ right: Operand.Numbers = .between(0.3, 2), _ function: @escaping @Sendable (Variable, Variable) -> Variable,
  value: @escaping @Sendable (Double, Double) -> Double, slopes: @escaping Slopes
) -> ConformingCase {
  let pairs = [("a", "b"), ("a", "row"), ("first", "b"), ("number", "b"), ("a", "other"), ("p", "q"), ("e", "f")]
  return ConformingCase(name, covers: covers, small: ["B": 2, "D": 3]) { s in
    Trial(
      [
        .input("a", [s.B, s.D], left), .input("b", [s.B, s.D], right), .shared("row", [s.D], right),
        .shared("first", [s.D], left), .shared("number", [], left), .shared("other", [], right),
        .input("p", [s.B, 2, 1, 2, 1], left), .shared("q", [3, 1, s.D], right),
        .constant("e", [s.B, s.D], .whole(3)), .constant("f", [s.B, s.D], .whole(3)),
      ],
      calls: { i in
        [
          function(i.a, i.b), function(i.a, i.row), function(i.first, i.b), function(i.number, i.b),
          function(i.a, i.other), function(i.p, i.q), function(i.e, i.f),
        ]
      },
      plain: { v in
        pairs.map { first, second in
          let (a, b) = (v[first], v[second])
          let shape = PlainTensor.broadcast(a.shape, b.shape)
          let values = zip(a.places(in: shape), b.places(in: shape)).map { value(a.values[$0], b.values[$1]) }
          return PlainTensor(values, shape)
        }
      },
      gradient: { v, upstreams in
        var gradients: [String: [Double]] = [:]
        for ((first, second), upstream) in zip(pairs.dropLast(), upstreams) {
          let (a, b) = (v[first], v[second])
          let shape = PlainTensor.broadcast(a.shape, b.shape)
          var (da, db) = (a.values.map { _ in 0.0 }, b.values.map { _ in 0.0 })
          for ((i, j), slope) in zip(zip(a.places(in: shape), b.places(in: shape)), upstream) {
            let (left, right) = slopes(a.values[i], b.values[j])
            da[i] += slope * left
            db[j] += slope * right
          }
          gradients[first] = gradients[first].map { Plain.sum($0, da) } ?? da
          gradients[second] = gradients[second].map { Plain.sum($0, db) } ?? db
        }
        return gradients
      })
  }
}

/// A comparison: 1 or 0, and no gradient.
private func comparison(
  _ name: String, _ function: @escaping @Sendable (Variable, Variable) -> Variable,
  _ holds: @escaping @Sendable (Double, Double) -> Bool
) -> ConformingCase {
  binary(
    name, covers: ["Variable.\(name)(Variable, Variable)"], .grid(offset: 0), .grid(offset: 0.05), function,
    value: { holds($0, $1) ? 1 : 0 }, slopes: { _, _ in (0, 0) })
}

/// A comparison of each element with 1/4; `ComparisonTests` has elements that are equal to it.
private func compared(
  _ name: String, _ function: @escaping @Sendable (Variable) -> Variable,
  _ holds: @escaping @Sendable (Double, Double) -> Bool
) -> ConformingCase {
  elementwise(
    "\(name) number", covers: ["Variable.\(name)(Variable, Double)"], .awayFrom([0.25]), function,
    value: { holds($0, 0.25) ? 1 : 0 }, slope: { _ in 0 })
}

/// The larger or smaller of each element and 1/4.
private func bounded(
  _ name: String, _ function: @escaping @Sendable (Variable) -> Variable,
  _ value: @escaping @Sendable (Double, Double) -> Double, isKept: @escaping @Sendable (Double, Double) -> Bool
) -> ConformingCase {
  elementwise(
    "\(name) of a number", covers: ["Variable.\(name)(Variable, Double)"], .awayFrom([0.25]), function,
    value: { value($0, 0.25) }, slope: { isKept($0, 0.25) ? 1 : 0 })
}

/// Operations of a number and each element.
private func withNumbers(
  _ name: String, covers: [String], _ function: @escaping @Sendable (Variable) -> Variable,
  value: @escaping @Sendable (Double) -> Double, slope: @escaping @Sendable (Double) -> Double
) -> ConformingCase {
  elementwise(name, covers: covers.map { "Variable.\($0)" }, .between(0.3, 2), function, value: value, slope: slope)
}

/// All of them on tensors without dimensions.
private let numbers = ConformingCase("arithmetic of numbers", small: ["B": 2]) { s in
  Trial(
    [.input("x", [s.B]), .shared("a", [], .between(0.3, 2)), .shared("b", [], .between(0.3, 2))],
    call: { i in
      let (a, b) = (i.a, i.b)
      return i.x * (a + b) + i.x * (a - b) * (a / b) + (a * b).power(b) * (i.x + Variable.maximum(a, b))
    },
    plain: { v in
      let (a, b) = (v.a.values[0], v.b.values[0])
      let values = v.x.values.map { x -> Double in
        let first: Double = x * (a + b) + x * (a - b) * (a / b)
        return first + pow(a * b, b) * (x + max(a, b))
      }
      return PlainTensor(values, [s.B])
    })
}

let arithmeticCases: [ConformingCase] = [
  numbers,
  binary(
    "+", covers: ["Variable.+(Variable, Variable)"], .between(-2, 2), .between(-2, 2), { $0 + $1 }, value: { $0 + $1 },
    slopes: { _, _ in (1, 1) }),
  binary(
    "-", covers: ["Variable.-(Variable, Variable)"], .between(-2, 2), .between(-2, 2), { $0 - $1 }, value: { $0 - $1 },
    slopes: { _, _ in (1, -1) }),
  binary(
    "*", covers: ["Variable.*(Variable, Variable)"], .between(-2, 2), .between(-2, 2), { $0 * $1 }, value: { $0 * $1 },
    slopes: { ($1, $0) }),
  binary(
    "/", covers: ["Variable./(Variable, Variable)"], .between(-2, 2), .between(0.3, 2), { $0 / ($1 + 0.25) },
    value: { $0 / ($1 + 0.25) }, slopes: { (1 / ($1 + 0.25), -$0 / (($1 + 0.25) * ($1 + 0.25))) }),
  binary(
    "power", covers: ["Variable.power(Variable)"], .between(0.3, 2), .between(0.3, 2), { ($0 + 0.25).power($1 - 1) },
    value: { pow($0 + 0.25, $1 - 1) },
    slopes: { (($1 - 1) * pow($0 + 0.25, $1 - 2), pow($0 + 0.25, $1 - 1) * log($0 + 0.25)) }),
  binary(
    "maximum", covers: ["Variable.maximum(Variable, Variable)"], .grid(offset: 0), .grid(offset: 0.05),
    { Variable.maximum($0, $1) }, value: { max($0, $1) }, slopes: { $0 >= $1 ? (1, 0) : (0, 1) }),
  binary(
    "minimum", covers: ["Variable.minimum(Variable, Variable)"], .grid(offset: 0), .grid(offset: 0.05),
    { Variable.minimum($0, $1) }, value: { min($0, $1) }, slopes: { $0 <= $1 ? (1, 0) : (0, 1) }),
  binary(
    "select", covers: ["Variable.select(Variable, Variable)"], .grid(offset: 0), .grid(offset: 0.05),
    { ($0 .< $1).select(3 * $0, $0 * $1) }, value: { $0 < $1 ? 3 * $0 : $0 * $1 },
    slopes: { $0 < $1 ? (3, 0) : ($1, $0) }),
  comparison(".<", { $0 .< $1 }, { $0 < $1 }), comparison(".<=", { $0 .<= $1 }, { $0 <= $1 }),
  comparison(".>", { $0 .> $1 }, { $0 > $1 }), comparison(".>=", { $0 .>= $1 }, { $0 >= $1 }),
  comparison(".==", { $0 .== $1 }, { $0 == $1 }),
  withNumbers("+ number", covers: ["+(Variable, Double)"], { $0 + 2.5 }, value: { $0 + 2.5 }, slope: { _ in 1 }),
  withNumbers("number +", covers: ["+(Double, Variable)"], { 2.5 + $0 }, value: { $0 + 2.5 }, slope: { _ in 1 }),
  withNumbers("- number", covers: ["-(Variable, Double)"], { $0 - 2.5 }, value: { $0 - 2.5 }, slope: { _ in 1 }),
  withNumbers("number -", covers: ["-(Double, Variable)"], { 2.5 - $0 }, value: { 2.5 - $0 }, slope: { _ in -1 }),
  withNumbers("* number", covers: ["*(Variable, Double)"], { $0 * -2.5 }, value: { $0 * -2.5 }, slope: { _ in -2.5 }),
  withNumbers("number *", covers: ["*(Double, Variable)"], { -2.5 * $0 }, value: { $0 * -2.5 }, slope: { _ in -2.5 }),
  withNumbers("/ number", covers: ["/(Variable, Double)"], { $0 / 2.5 }, value: { $0 / 2.5 }, slope: { _ in 0.4 }),
  withNumbers(
    "number /", covers: ["/(Double, Variable)"], { 2.5 / $0 }, value: { 2.5 / $0 }, slope: { -2.5 / ($0 * $0) }),
  compared(".<", { $0 .< 0.25 }, { $0 < $1 }), compared(".<=", { $0 .<= 0.25 }, { $0 <= $1 }),
  compared(".>", { $0 .> 0.25 }, { $0 > $1 }), compared(".>=", { $0 .>= 0.25 }, { $0 >= $1 }),
  compared(".==", { $0 .== 0.25 }, { $0 == $1 }),
  bounded("maximum", { Variable.maximum($0, 0.25) }, { max($0, $1) }, isKept: { $0 > $1 }),
  bounded("minimum", { Variable.minimum($0, 0.25) }, { min($0, $1) }, isKept: { $0 < $1 }),
  withNumbers("-x", covers: ["-(Variable)"], { -$0 }, value: { -$0 }, slope: { _ in -1 }),
]
