import Latent

extension ConformingCase {
  /// A number x becomes x (1 + e) in bfloat16, |e| <= 2^-9, and so a product of two x y (1 + 2 e): a sum of products is off by
  /// 2^-8 of the sum of their magnitudes at most, whatever their number, since what adds them is exact to 2^-24 a term. A
  /// layer's gradients pass through up to four products one after the other (attention's weights, and both ways of a
  /// recurrent step): 2^-6. What a sum cancels makes its error larger beside it, and where a ReLU's argument changes its sign, which
  /// one in some hundred does, a whole term comes or goes: eight times that, of a tensor's length. Sums to the last bit are the
  /// business of `MixedProductTests`.
  private static let allowed = 0x1p-3

  func checkMixedPrecision() -> [String] {
    Precision.allCases.filter(\.isMixed).flatMap(checkMixedPrecision)
  }

  private func checkMixedPrecision(_ order: Precision) -> [String] {
    ([small] + sizes).flatMap { sizes -> [String] in
      let trial = makeTrial(sizes)
      let values = trial.values()
      let exact = Subject(trial, values, .float64).step(pass)
      let mixed = Subject(trial, values, .float32).step(pass, precision: order)
      if mixed.shapes != exact.shapes { return ["\(sizes), \(order): shapes \(mixed.shapes), not \(exact.shapes)"] }
      func length(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
      /// Tensors that are short beside the longest are held to its rounding.
      func failures(_ pairs: [(String, [Double], [Double])]) -> [String] {
        let floor = 0.1 * (pairs.map { length($2) }.max() ?? 0)
        return pairs.compactMap { name, found, expected in
          let error = length(zip(found, expected).map { $0 == $1 ? 0 : $0 - $1 }) / max(length(expected), floor)
          return error <= Self.allowed || expected.isEmpty || floor == 0 && found == expected
            ? nil : "\(sizes), \(order): \(name) is off by \(error) of its length, more than \(Self.allowed)"
        }
      }
      return failures(mixed.gradients.keys.sorted().map { ("d/d\($0)", mixed.gradients[$0]!, exact.gradients[$0]!) })
        + exact.outputs.indices.flatMap { failures([("result \($0)", mixed.outputs[$0], exact.outputs[$0])]) }
    }
  }

  /// Whether products of bfloat16 change anything: whether it has products at all.
  public var hasProducts: Bool {
    let trial = makeTrial(small)
    let subject = Subject(trial, trial.values(), .float32)
    return subject.step(pass) != subject.step(pass, precision: .mixed)
  }
}
