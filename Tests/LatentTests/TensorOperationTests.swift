import Foundation
import Latent
import TestSupport
import Testing

/// The operations' values against functions of the indices, and NumPy's rules at the edges.
@Suite struct TensorOperationTests {
  private func sample(_ shape: [Int], seed: Int, _ range: ClosedRange<Double> = -2...2) -> PlainTensor {
    var sample = SampleValues(seed: seed)
    // Halves and quarters are exact in both element types.
    return PlainTensor(sample.numbers(shape.reduce(1, *), range).map { ($0 * 8).rounded() / 8 }, shape)
  }

  private func variable(_ plain: PlainTensor, _ tape: Tape, _ element: ElementType) -> Variable {
    tape.constant(Tensor(plain.values, shape: plain.shape, element: element))
  }

  private func expectSame(_ found: Variable, _ expected: PlainTensor, _ name: String, tolerance: Double = 2e-6) {
    #expect(found.shape == expected.shape, "\(name)")
    #expect(maxRelativeError(found.tensor.values, expected.values) < tolerance, "\(name)")
  }

  static let shapePairs: [([Int], [Int], [Int])] = [
    ([], [], []), ([1], [], [1]), ([7], [7], [7]), ([3, 5], [5], [3, 5]), ([3, 5], [3, 1], [3, 5]),
    ([3, 1], [1, 5], [3, 5]), ([2, 1, 4], [3, 1], [2, 3, 4]), ([2, 3, 4], [], [2, 3, 4]),
    ([1, 33], [17, 1], [17, 33]),
    ([2, 1, 3, 1, 2], [4, 1, 5, 1], [2, 4, 3, 5, 2]), ([0, 3], [1, 3], [0, 3]), ([2, 3, 4], [2, 3, 4], [2, 3, 4]),
  ]

  @Test(arguments: shapePairs, ElementType.allCases)
  func broadcasting(_ shapes: ([Int], [Int], [Int]), _ element: ElementType) {
    let (a, b) = (sample(shapes.0, seed: 1), sample(shapes.1, seed: 2))
    let tape = Tape()
    let (x, y) = (variable(a, tape, element), variable(b, tape, element))
    let cases: [(String, Variable, (Double, Double) -> Double)] = [
      ("+", x + y, { $0 + $1 }), ("-", x - y, { $0 - $1 }), ("*", x * y, { $0 * $1 }),
      ("/", x / (y * y + 1), { $0 / ($1 * $1 + 1) }), ("maximum", Variable.maximum(x, y), { max($0, $1) }),
      ("minimum", Variable.minimum(x, y), { min($0, $1) }), (".<", x .< y, { $0 < $1 ? 1 : 0 }),
      (".<=", x .<= y, { $0 <= $1 ? 1 : 0 }), (".>", x .> y, { $0 > $1 ? 1 : 0 }),
      (".>=", x .>= y, { $0 >= $1 ? 1 : 0 }), (".==", x .== y, { $0 == $1 ? 1 : 0 }),
      ("power", (x.abs() + 0.5).power(y), { pow(abs($0) + 0.5, $1) }),
      ("select", (x .< y).select(x, y), { $0 < $1 ? $0 : $1 }),
    ]
    for (name, found, function) in cases {
      expectSame(
        found, PlainTensor(shapes.2) { function(a.broadcast($0), b.broadcast($0)) }, "\(name) \(shapes) \(element)")
    }
  }

  @Test func functions() {
    let x = sample([3, 7], seed: 3, 0.25...3)
    let tape = Tape()
    let v = variable(x, tape, .float32)
    let cases: [(String, Variable, (Double) -> Double)] = [
      ("exp", v.exp(), exp), ("log", v.log(), log), ("log1p", v.log1p(), log1p), ("sqrt", v.squareRoot(), sqrt),
      ("abs", (v - 1.5).abs(), { abs($0 - 1.5) }), ("sigmoid", v.sigmoid(), { 1 / (1 + exp(-$0)) }),
      ("tanh", v.tanh(), tanh), ("softplus", v.softplus(), { log(1 + exp($0)) }),
      ("relu", (v - 1.5).relu(), { max($0 - 1.5, 0) }), ("clip", v.clipped(to: 1...2), { min(max($0, 1), 2) }),
      ("power 3", v.power(3), { $0 * $0 * $0 }), ("power 0.5", v.power(0.5), sqrt), ("-", -v, { -$0 }),
      ("numbers", 1 - 2 * v / 4 + 3, { 1 - 2 * $0 / 4 + 3 }), ("1 / x", 1 / v, { 1 / $0 }),
    ]
    for (name, found, function) in cases { expectSame(found, PlainTensor(x.values.map(function), x.shape), name) }
  }

  @Test(arguments: [[0], [1], [2], [-1], [0, 1], [0, 2], [1, 2], [0, 1, 2], []], ElementType.allCases)
  func reductions(_ axes: [Int], _ element: ElementType) {
    let x = sample([3, 4, 5], seed: 4)
    let tape = Tape()
    let v = variable(x, tape, element)
    let places = axes.map { $0 < 0 ? $0 + 3 : $0 }
    let left = [0, 1, 2].filter { !places.contains($0) }.map { x.shape[$0] }
    func check(_ name: String, _ reduce: (Bool) -> Variable, _ function: @escaping ([Double]) -> Double) {
      let expected = x.reduced(places, function)
      expectSame(reduce(true), expected, "\(name) \(axes)")
      expectSame(reduce(false), PlainTensor(expected.values, left), "\(name) \(axes)")
    }
    func mean(_ x: [Double]) -> Double { x.reduce(0, +) / Double(x.count) }
    func variance(_ x: [Double]) -> Double { mean(x.map { ($0 - mean(x)) * ($0 - mean(x)) }) + 1 }
    check("sum", { v.sum(axes: axes, keepingDimensions: $0) }, { $0.reduce(0, +) })
    check("mean", { v.mean(axes: axes, keepingDimensions: $0) }, mean)
    check("max", { v.max(axes: axes, keepingDimensions: $0) }, { $0.max()! })
    check("min", { v.min(axes: axes, keepingDimensions: $0) }, { $0.min()! })
    check("variance", { v.variance(axes: axes, keepingDimensions: $0) + 1 }, variance)
    check("logSumExp", { v.logSumExp(axes: axes, keepingDimensions: $0) }, { log($0.map(exp).reduce(0, +)) })
    if axes.count == 1 {
      let sums = x.reduced(places) { $0.map(exp).reduce(0, +) }
      expectSame(
        v.softmax(axis: axes[0]), PlainTensor(x.shape) { exp(x[$0]) / sums.broadcast($0) }, "softmax \(axes)")
      expectSame(
        v.logSoftmax(axis: axes[0]), PlainTensor(x.shape) { x[$0] - log(sums.broadcast($0)) }, "logSoftmax \(axes)",
        tolerance: 1e-5)
    }
  }

  @Test func shaping() {
    let x = sample([3, 4, 5], seed: 5)
    let tape = Tape()
    let v = variable(x, tape, .float32)
    expectSame(v.transposed(), PlainTensor([5, 4, 3]) { x[$0.reversed()] }, "transposed")
    expectSame(v.transposed([1, 2, 0]), PlainTensor([4, 5, 3]) { x[[$0[2], $0[0], $0[1]]] }, "transposed")
    expectSame(v.sliced(1..<3, axis: 1), PlainTensor([3, 2, 5]) { x[[$0[0], $0[1] + 1, $0[2]]] }, "sliced")
    expectSame(v.sliced(2..<2), PlainTensor([], [0, 4, 5]), "sliced to nothing")
    let parts = v.split([1, 4], axis: -1)
    expectSame(parts[0], PlainTensor([3, 4, 1]) { x[$0] }, "split")
    expectSame(parts[1], PlainTensor([3, 4, 4]) { x[[$0[0], $0[1], $0[2] + 1]] }, "split")
    expectSame(Variable.concatenated(parts, axis: 2), x, "concatenated")
    expectSame(
      Variable.stacked([v, 2 * v], axis: 1),
      PlainTensor([3, 2, 4, 5]) { x[[$0[0], $0[2], $0[3]]] * Double($0[1] + 1) },
      "stacked")
    expectSame(
      v.padded(1, 2, axis: 1, with: 9),
      PlainTensor([3, 7, 5]) { (1...4).contains($0[1]) ? x[[$0[0], $0[1] - 1, $0[2]]] : 9 }, "padded")
    expectSame(v.tiled(3, axis: 1), PlainTensor([3, 12, 5]) { x[[$0[0], $0[1] % 4, $0[2]]] }, "tiled")
    expectSame(
      v.expanded(at: 1).broadcast(to: [2, 3, 6, 4, 5]), PlainTensor([2, 3, 6, 4, 5]) { x[[$0[1], $0[3], $0[4]]] },
      "broadcast")
    expectSame(
      v.gathered(rows: [2, 0, 2]), PlainTensor([3, 4, 5]) { x[[[2, 0, 2][$0[0]], $0[1], $0[2]]] }, "gathered")
  }

  @Test(arguments: [([], []), ([3], []), ([2, 3], [3]), ([2, 1], [1, 3]), ([0], [1])])
  func matrixProducts(_ stacks: ([Int], [Int])) {
    let (a, b) = (sample(stacks.0 + [4, 5], seed: 6), sample(stacks.1 + [5, 2], seed: 7))
    let tape = Tape()
    let rank = max(stacks.0.count, stacks.1.count)
    let stack = [[], [3], [2, 3], [2, 3], [0]].first { $0.count == rank && ($0 == [0]) == (stacks.0 == [0]) }!
    let expected = PlainTensor(stack + [4, 2]) { index in
      (0..<5).reduce(0) {
        $0 + a.broadcast(index.dropLast(1) + [$1]) * b.broadcast(index.dropLast(2) + [$1, index[index.count - 1]])
      }
    }
    expectSame(matmul(variable(a, tape, .float32), variable(b, tape, .float32)), expected, "matmul \(stacks)")
  }

  /// A float sum in float would be wrong in the third digit.
  @Test(arguments: [[1_000_000], [1, 1_000_000, 1], [1_000_000, 3]])
  func aMillionValues(_ shape: [Int]) {
    let x = Tape().constant(Tensor(repeating: 0.1, shape: shape))
    let axis = shape.firstIndex(of: 1_000_000)!
    for mean in x.mean(axes: [axis]).tensor.values { #expect(abs(mean / 0.1 - 1) < 1e-6) }
  }

  @Test func infinitiesAndNaN() {
    let tape = Tape()
    func values(_ x: [Double]) -> Variable { tape.constant(Tensor(x, shape: [x.count])) }
    #expect(values([1, .nan, 2]).max().scalar.isNaN)
    #expect(values([.nan, 1]).min().scalar.isNaN)
    let largest = Variable.maximum(values([.nan, 1]), values([1, .nan])).tensor.values
    #expect(largest.allSatisfy { $0.isNaN })
    #expect(values([-.infinity, -.infinity]).logSumExp().scalar == -.infinity)
    #expect(values([-.infinity, 0]).logSumExp().scalar == 0)
    #expect(abs(values([1000, 1000]).logSumExp().scalar - 1000.6931) < 1e-3)
    #expect(values([1, 0]).select(values([3, .nan]), values([.nan, 4])).tensor.values == [3, 4])
    #expect(values([]).sum().scalar == 0)
  }
}
