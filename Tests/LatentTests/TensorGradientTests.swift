import Latent
import TestSupport
import Testing

/// Every operation's derivative against central differences at every coordinate.
@Suite struct TensorGradientTests {
  typealias Function = @Sendable (Variable, Variable) -> Variable

  private func operands(_ a: [Int], _ b: [Int], _ range: ClosedRange<Double> = 0.3...2) -> Operands {
    var (first, second) = (SampleValues(seed: 11), SampleValues(seed: 12))
    return Operands([
      "a": Tensor(first.numbers(a.reduce(1, *), range), shape: a, element: .float64),
      "b": Tensor(second.numbers(b.reduce(1, *), range), shape: b, element: .float64),
    ])
  }

  private func expectRight(_ operands: Operands, _ name: String, _ function: Function) {
    #expect(gradientMismatches(of: operands) { function($0("a", on: $1), $0("b", on: $1)) } == [], "\(name)")
    #expect(checkGradients(of: operands) { function($0("a", on: $1), $0("b", on: $1)) }.isEmpty, "\(name)")
  }

  static let binary: [(String, Function)] = [
    ("+", { $0 + $1 }), ("-", { $0 - $1 }), ("*", { $0 * $1 }), ("/", { $0 / $1 }), ("power", { $0.power($1) }),
    ("maximum", { Variable.maximum($0, $1) }), ("minimum", { Variable.minimum($0, $1) }),
    ("select", { ($0 .< $1).select($0 * $0, $1) }), ("a a + b", { $0 * $0 + $1 }), ("a - a b", { $0 - $0 * $1 }),
  ]

  @Test(arguments: [([], []), ([3], []), ([], [3]), ([2, 3], [3]), ([2, 1], [1, 3]), ([2, 1, 2], [3, 1])])
  func broadcasting(_ shapes: ([Int], [Int])) {
    for (name, function) in Self.binary { expectRight(operands(shapes.0, shapes.1), "\(name) \(shapes)", function) }
  }

  static let unary: [(String, Function)] = [
    ("exp", { $0.exp() + $1 }), ("log", { $0.log() * $1 }), ("log1p", { $0.log1p() + $1 }),
    ("squareRoot", { $0.squareRoot() + $1 }), ("abs", { ($0 - 1.1).abs() * $1 }), ("sigmoid", { $0.sigmoid() + $1 }),
    ("tanh", { $0.tanh() * $1 }), ("softplus", { $0.softplus() + $1 }), ("relu", { ($0 - 1.1).relu() + $1 }),
    ("squared", { $0.squared() + $1 }), ("power", { $0.power(3) + $1.power(-1.5) + $0.power(0.5) }),
    ("clipped", { $0.clipped(to: 0.8...1.4) * $1 }), ("numbers", { 3 - 2 / $0 + $1 / 4 - $0 * 5 }),
    ("detached", { $0 * $1 + ($0 * $1).detached() - ($0 * $1).detached() }), ("-", { -$0 + $1 }),
  ]

  @Test func functions() {
    for (name, function) in Self.unary { expectRight(operands([7], [7]), name, function) }
  }

  @Test(arguments: [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]])
  func reductions(_ axes: [Int]) {
    let cases: [(String, Function)] = [
      ("sum", { ($0 * $1).sum(axes: axes) }), ("mean", { ($0 * $1).mean(axes: axes, keepingDimensions: true) }),
      ("variance", { $0.variance(axes: axes, unbiased: true, keepingDimensions: true) * $1 }),
      ("max", { $0.max(axes: axes) + $1.sum() }), ("min", { $0.min(axes: axes, keepingDimensions: true) * $1 }),
      ("logSumExp", { $0.logSumExp(axes: axes, keepingDimensions: true) * $1 }),
      ("softmax", { $0.softmax(axis: axes[0]) * $1 }), ("logSoftmax", { $0.logSoftmax(axis: axes[0]) * $1 }),
    ]
    for (name, function) in cases { expectRight(operands([2, 3, 2], [2, 3, 2]), "\(name) \(axes)", function) }
  }

  @Test func shaping() {
    let cases: [(String, Function)] = [
      ("reshaped", { $0.reshaped(to: [4, 3]) + $1.reshaped(to: [4, 3]) * $0.reshaped(to: [4, 3]) }),
      ("transposed", { $0.transposed([2, 0, 1]) * $1.transposed([2, 0, 1]) }),
      ("sliced", { $0.sliced(1..<2, axis: 1) * $0.sliced(0..<1, axis: 1) + $1.sliced(1..<3, axis: 1) }),
      ("split", { $0.split([1, 2], axis: 1)[1] * $1.split([2, 1], axis: 1)[0] }),
      (
        "concatenated",
        { Variable.concatenated([$0, $1, $0], axis: 1) * Variable.concatenated([$1, $1, $0], axis: 1) }
      ),
      ("stacked", { Variable.stacked([$0, $1], axis: -1) * Variable.stacked([$1, $1], axis: 3) }),
      ("padded", { $0.padded(1, 2, axis: 1, with: 3) * $1.padded(0, 3, axis: 1, with: 2) }),
      ("broadcast", { $0.broadcast(to: [2, 2, 3, 2]) * $1 }),
      ("tiled", { $0.tiled(2, axis: 2) * $1.tiled(2, axis: -1) }),
      ("gathered", { $0.gathered(rows: [1, 1, 0]) * $1.gathered(rows: [0, 1, 1]) }),
    ]
    for (name, function) in cases { expectRight(operands([2, 3, 2], [2, 3, 2]), name, function) }
  }

  @Test(arguments: [([], []), ([3], []), ([2, 1], [3])])
  func matrixProducts(_ stacks: ([Int], [Int])) {
    expectRight(operands(stacks.0 + [2, 4], stacks.1 + [4, 3]), "matmul \(stacks)") { matmul($0, $1) }
  }

  @Test func plainTensors() {
    let x = Tensor([1, 2, 3], shape: [3], element: .float64)
    #expect(gradient(at: x) { ($0 * $0).sum() }.values == [2, 4, 6])
    let (value, gradients) = valueWithGradient(at: [x, Tensor([2], shape: [], element: .float64)]) {
      ($0[0] * $0[1]).sum()
    }
    #expect(value == 12 && gradients[0].values == [2, 2, 2] && gradients[1].values == [6])
  }

  /// A wrong backward pass is found, and said where.
  @Test func wrongGradientsAreFound() {
    let differences = checkGradients(of: operands([3], [3])) { operands, tape in
      let (a, b) = (operands("a", on: tape), operands("b", on: tape))
      let output = (a.detached() * b.detached()).tensor
      return tape.record("wrong", inputs: [a, b], output: output) { backward in
        backward.add(Tensor(repeating: 1, shape: [3], element: .float64), to: 0)  // forgets b
        let upstream = backward.upstream.storage
        backward.accumulate(1) { $0.assign(.multiply, upstream, a.tensor.storage) }
      }
    }
    #expect(differences.map { "\($0.path) \($0.element)" } == ["a 0", "a 1", "a 2"])
  }
}
