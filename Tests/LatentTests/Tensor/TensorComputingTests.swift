import Latent
import Testing

/// Every operation of tensors gives what that of variables gives, with the same arguments.
@Suite struct TensorComputingTests {
  /// Operands of either kind: x [3, 2], y [2], places p [2, 2], a positive definite matrix m [2, 2]... of each.
  struct Operands<Value> {
    let x: Value, y: Value, p: Value, m: Value
  }

  typealias Pair = (
    name: String, tensors: @Sendable (Operands<Tensor>) throws -> Tensor,
    variables: @Sendable (Operands<Variable>) -> Variable
  )

  static let key = RandomKey(seed: 3)
  static let (numbers, targets) = (
    Tensor([1, 0, 1, 2], element: .float64), Tensor([[0.5, 1], [0, 0.25], [1, 0.75]], element: .float64)
  )

  private static let arithmetic: [Pair] = [
    ("+", { $0.x + $0.y }, { $0.x + $0.y }),
    ("-", { $0.x - $0.y }, { $0.x - $0.y }),
    ("*", { $0.x * $0.y }, { $0.x * $0.y }),
    ("/", { $0.x / $0.y }, { $0.x / $0.y }),
    ("- prefix", { -$0.x }, { -$0.x }),
    ("+ n", { $0.x + 2.5 }, { $0.x + 2.5 }),
    ("n +", { 2.5 + $0.x }, { 2.5 + $0.x }),
    ("- n", { $0.x - 2.5 }, { $0.x - 2.5 }),
    ("n -", { 2.5 - $0.x }, { 2.5 - $0.x }),
    ("* n", { $0.x * 2.5 }, { $0.x * 2.5 }),
    ("n *", { 2.5 * $0.x }, { 2.5 * $0.x }),
    ("/ n", { $0.x / 2.5 }, { $0.x / 2.5 }),
    ("n /", { 2.5 / $0.x }, { 2.5 / $0.x }),
    ("power", { $0.x.power($0.y) }, { $0.x.power($0.y) }),
    ("power n", { $0.x.power(1.5) }, { $0.x.power(1.5) }),
    ("maximum", { Tensor.maximum($0.x, $0.y) }, { Variable.maximum($0.x, $0.y) }),
    ("minimum", { Tensor.minimum($0.x, $0.y) }, { Variable.minimum($0.x, $0.y) }),
    ("maximum n", { Tensor.maximum($0.x, 0.9) }, { Variable.maximum($0.x, 0.9) }),
    ("minimum n", { Tensor.minimum($0.x, 0.9) }, { Variable.minimum($0.x, 0.9) }),
    (".<", { $0.x .< $0.y }, { $0.x .< $0.y }),
    (".<=", { $0.x .<= $0.x }, { $0.x .<= $0.x }),
    (".>", { $0.x .> $0.y }, { $0.x .> $0.y }),
    (".>=", { $0.x .>= $0.x }, { $0.x .>= $0.x }),
    (".==", { $0.x .== $0.x }, { $0.x .== $0.x }),
    (".< n", { $0.x .< 0.9 }, { $0.x .< 0.9 }),
    (".<= n", { $0.x .<= 0.9 }, { $0.x .<= 0.9 }),
    (".> n", { $0.x .> 0.9 }, { $0.x .> 0.9 }),
    (".>= n", { $0.x .>= 0.9 }, { $0.x .>= 0.9 }),
    (".== n", { $0.x.round() .== 1 }, { $0.x.round() .== 1 }),
    ("select", { ($0.x .< $0.y).select($0.x, $0.y) }, { ($0.x .< $0.y).select($0.x, $0.y) }),
  ]

  private static let functions: [Pair] = [
    ("exp", { $0.x.exp() }, { $0.x.exp() }),
    ("expm1", { $0.x.expm1() }, { $0.x.expm1() }),
    ("log", { $0.x.log() }, { $0.x.log() }),
    ("log1p", { $0.x.log1p() }, { $0.x.log1p() }),
    ("squareRoot", { $0.x.squareRoot() }, { $0.x.squareRoot() }),
    ("squared", { $0.x.squared() }, { $0.x.squared() }),
    ("abs", { $0.y.abs() }, { $0.y.abs() }),
    ("sign", { $0.y.sign() }, { $0.y.sign() }),
    ("floor", { $0.x.floor() }, { $0.x.floor() }),
    ("ceil", { $0.x.ceil() }, { $0.x.ceil() }),
    ("round", { $0.x.round() }, { $0.x.round() }),
    ("clipped", { $0.x.clipped(to: 0.5...1) }, { $0.x.clipped(to: 0.5...1) }),
    ("erf", { $0.x.erf() }, { $0.x.erf() }),
    ("erfinv", { (0.4 * $0.x).erfinv() }, { (0.4 * $0.x).erfinv() }),
    ("logGamma", { $0.x.logGamma() }, { $0.x.logGamma() }),
    ("digamma", { $0.x.digamma() }, { $0.x.digamma() }),
    ("sin", { $0.x.sin() }, { $0.x.sin() }),
    ("cos", { $0.x.cos() }, { $0.x.cos() }),
    ("tan", { $0.x.tan() }, { $0.x.tan() }),
    ("atan", { $0.x.atan() }, { $0.x.atan() }),
    ("atan2", { Tensor.atan2($0.x, $0.y) }, { Variable.atan2($0.x, $0.y) }),
    ("sinh", { $0.x.sinh() }, { $0.x.sinh() }),
    ("cosh", { $0.x.cosh() }, { $0.x.cosh() }),
    ("tanh", { $0.x.tanh() }, { $0.x.tanh() }),
    ("asinh", { $0.x.asinh() }, { $0.x.asinh() }),
    ("acosh", { ($0.x + 1).acosh() }, { ($0.x + 1).acosh() }),
    ("atanh", { (0.4 * $0.x).atanh() }, { (0.4 * $0.x).atanh() }),
    ("sigmoid", { $0.x.sigmoid() }, { $0.x.sigmoid() }),
    ("softplus", { $0.x.softplus() }, { $0.x.softplus() }),
    ("relu", { $0.y.relu() }, { $0.y.relu() }),
    ("silu", { $0.y.silu() }, { $0.y.silu() }),
    ("gelu", { $0.y.gelu() }, { $0.y.gelu() }),
    ("elu", { $0.y.elu(alpha: 0.5) }, { $0.y.elu(alpha: 0.5) }),
    ("leakyRelu", { $0.y.leakyRelu(slope: 0.3) }, { $0.y.leakyRelu(slope: 0.3) }),
    ("activated", { $0.x.activated(by: .softmax) }, { $0.x.activated(by: .softmax) }),
  ]

  private static let reductionsAndAxes: [Pair] = [
    ("sum", { $0.x.sum() }, { $0.x.sum() }),
    ("sum axes", { $0.x.sum(axes: [1], keepingDimensions: true) }, { $0.x.sum(axes: [1], keepingDimensions: true) }),
    ("mean", { $0.x.mean(axes: [0]) }, { $0.x.mean(axes: [0]) }),
    ("variance", { $0.x.variance(axes: [1], unbiased: true) }, { $0.x.variance(axes: [1], unbiased: true) }),
    ("max", { $0.x.max(axes: [1]) }, { $0.x.max(axes: [1]) }),
    ("min", { $0.x.min(axes: [-1], keepingDimensions: true) }, { $0.x.min(axes: [-1], keepingDimensions: true) }),
    ("logSumExp", { $0.x.logSumExp(axes: [0]) }, { $0.x.logSumExp(axes: [0]) }),
    ("sum axis", { $0.x.sum(axis: 1, keepingDimensions: true) }, { $0.x.sum(axis: 1, keepingDimensions: true) }),
    ("mean axis", { $0.x.mean(axis: -1) }, { $0.x.mean(axis: -1) }),
    ("variance axis", { $0.x.variance(axis: 0, unbiased: true) }, { $0.x.variance(axis: 0, unbiased: true) }),
    ("max axis", { $0.x.max(axis: 0) }, { $0.x.max(axis: 0) }),
    ("min axis", { $0.x.min(axis: 1, keepingDimensions: true) }, { $0.x.min(axis: 1, keepingDimensions: true) }),
    ("logSumExp axis", { $0.x.logSumExp(axis: 1) }, { $0.x.logSumExp(axis: 1) }),
    ("softmax", { $0.x.softmax(axis: 0) }, { $0.x.softmax(axis: 0) }),
    ("logSoftmax", { $0.x.logSoftmax() }, { $0.x.logSoftmax() }),
    ("argmax", { $0.x.argmax(axis: 0, keepingDimensions: true) }, { $0.x.argmax(axis: 0, keepingDimensions: true) }),
    ("argmin", { $0.x.argmin() }, { $0.x.argmin() }),
    ("sorted", { $0.x.sorted(axis: 0, descending: true) }, { $0.x.sorted(axis: 0, descending: true) }),
    ("argsort", { $0.x.argsort() }, { $0.x.argsort() }),
    ("topK", { $0.x.topK(2, smallest: true).values }, { $0.x.topK(2, smallest: true).values }),
    ("topK places", { $0.x.topK(2, axis: 0).places }, { $0.x.topK(2, axis: 0).places }),
    ("cumulativeSum", { $0.x.cumulativeSum(axis: 0) }, { $0.x.cumulativeSum(axis: 0) }),
    ("cumulativeProduct", { $0.x.cumulativeProduct() }, { $0.x.cumulativeProduct() }),
    ("fft", { $0.x.fft() }, { $0.x.fft() }),
    ("ifft", { $0.x.reshaped(to: [3, 1, 2]).ifft(axis: 0) }, { $0.x.reshaped(to: [3, 1, 2]).ifft(axis: 0) }),
    ("rfft", { $0.x.rfft(axis: 0) }, { $0.x.rfft(axis: 0) }),
  ]

  private static let shaping: [Pair] = [
    ("irfft", { $0.x.irfft(count: 5) }, { $0.x.irfft(count: 5) }),
    ("reshaped", { $0.x.reshaped(to: [2, 3]) }, { $0.x.reshaped(to: [2, 3]) }),
    ("expanded", { $0.x.expanded(at: 1) }, { $0.x.expanded(at: 1) }),
    ("transposed", { $0.x.transposed([1, 0]) }, { $0.x.transposed([1, 0]) }),
    ("sliced", { $0.x.sliced(1..<3) }, { $0.x.sliced(1..<3) }),
    ("split", { $0.x.split([1, 2])[1] }, { $0.x.split([1, 2])[1] }),
    ("chunked", { $0.x.chunked(into: 2)[0] }, { $0.x.chunked(into: 2)[0] }),
    ("broadcast", { $0.x.broadcast(to: [2, 3, 2]) }, { $0.x.broadcast(to: [2, 3, 2]) }),
    ("tiled", { $0.x.tiled(2, axis: 1) }, { $0.x.tiled(2, axis: 1) }),
    ("repeated", { $0.x.repeated(2, axis: 0) }, { $0.x.repeated(2, axis: 0) }),
    ("padded", { $0.x.padded(1, 2, axis: 1, with: 7) }, { $0.x.padded(1, 2, axis: 1, with: 7) }),
    (
      "concatenated", { Tensor.concatenated([$0.x, $0.x.exp(), $0.x], axis: 1) },
      { Variable.concatenated([$0.x, $0.x.exp(), $0.x], axis: 1) }
    ),
    (
      "stacked", { Tensor.stacked([$0.x, $0.y.broadcast(to: [3, 2])], axis: 1) },
      { Variable.stacked([$0.x, $0.y.broadcast(to: [3, 2])], axis: 1) }
    ),
    ("flipped", { $0.x.flipped(axes: [0]) }, { $0.x.flipped(axes: [0]) }),
    ("flipped axis", { $0.x.flipped(axis: 1) }, { $0.x.flipped(axis: 1) }),
    ("rolled", { $0.x.rolled(by: 1, axis: 0) }, { $0.x.rolled(by: 1, axis: 0) }),
    (
      "reversedInTime", { $0.x.reshaped(to: [1, 3, 2]).reversedInTime(lengths: [2]) },
      { $0.x.reshaped(to: [1, 3, 2]).reversedInTime(lengths: [2]) }
    ),
    ("tril", { $0.x.tril(diagonal: -1) }, { $0.x.tril(diagonal: -1) }),
    ("triu", { $0.x.triu(diagonal: 1) }, { $0.x.triu(diagonal: 1) }),
    ("gathered rows", { $0.x.gathered(rows: [2, 0]) }, { $0.x.gathered(rows: [2, 0]) }),
    ("gathered numbers", { $0.x.gathered(numbers: numbers) }, { $0.x.gathered(numbers: numbers) }),
    ("gathered at", { $0.x.gathered(at: $0.p, axis: 0) }, { $0.x.gathered(at: $0.p, axis: 0) }),
    ("scatter", { $0.x.scatter($0.p, at: $0.p, axis: 0) }, { $0.x.scatter($0.p, at: $0.p, axis: 0) }),
    ("scatterAdd", { $0.x.scatterAdd($0.p, at: $0.p, axis: 0) }, { $0.x.scatterAdd($0.p, at: $0.p, axis: 0) }),
    ("segmentSum", { $0.x.segmentSum([1, 0, 1], count: 2) }, { $0.x.segmentSum([1, 0, 1], count: 2) }),
    ("segmentMean", { $0.x.segmentMean([1, 0, 1], count: 2) }, { $0.x.segmentMean([1, 0, 1], count: 2) }),
    ("segmentMax", { $0.x.segmentMax([1, 0, 1], count: 2) }, { $0.x.segmentMax([1, 0, 1], count: 2) }),
    ("segmentMin", { $0.x.segmentMin([1, 0, 1], count: 2) }, { $0.x.segmentMin([1, 0, 1], count: 2) }),
    ("segmentSoftmax", { $0.x.segmentSoftmax([1, 0, 1], count: 2) }, { $0.x.segmentSoftmax([1, 0, 1], count: 2) }),
    ("oneHot", { $0.p.oneHot(4) }, { $0.p.oneHot(4) }),
    ("matmul", { matmul($0.x, $0.x.transposed()) }, { matmul($0.x, $0.x.transposed()) }),
    ("matmul ab", { matmul($0.x, $0.x, transposingA: true) }, { matmul($0.x, $0.x, transposingA: true) }),
  ]

  private func check(_ pairs: [Pair]) throws {
    let tensors = Operands(
      x: Tensor([[0.5, 1.25], [2, 0.75], [1, 1.5]], element: .float64), y: Tensor([-0.5, 1], element: .float64),
      p: Tensor([[2, 0], [2, 1]], element: .float64), m: Tensor([[4, 1], [1, 3]], element: .float64))
    let tape = Tape()
    let variables = Operands(
      x: tape.constant(tensors.x), y: tape.constant(tensors.y), p: tape.constant(tensors.p), m: tape.constant(tensors.m)
    )
    for pair in pairs {
      let (found, expected) = (try pair.tensors(tensors), pair.variables(variables).tensor)
      #expect(found.shape == expected.shape && found.element == expected.element, "\(pair.name): \(found.shape)")
      #expect(found.values == expected.values, "\(pair.name)")
      #expect(found.values.allSatisfy { !$0.isNaN }, "\(pair.name): \(found)")
    }
  }

  @Test func arithmeticAgree() throws { try check(Self.arithmetic) }

  @Test func functionsAgree() throws { try check(Self.functions) }

  @Test func reductionsAndAxesAgree() throws { try check(Self.reductionsAndAxes) }

  @Test func shapingAgree() throws { try check(Self.shaping) }

  @Test func productsAgree() throws { try check(Self.products) }

  @Test func lossesAndDrawsAgree() throws { try check(Self.lossesAndDraws) }
}
