import Latent

extension ConformingCase {
  /// A number x becomes x (1 + e) in bfloat16, |e| <= 2^-9, and so a product of two x y (1 + 2 e): a sum of products is off by
  /// 2^-8 of the sum of their magnitudes at most, whatever their number, since what adds them is exact to 2^-24 a term. A
  /// layer's gradients pass through up to four products one after the other (attention's weights, and both ways of a
  /// recurrent step), and what a sum cancels makes its error larger beside it: 8 times 2^-8 of the largest entry.
  private static let allowed = 8 * 0x1p-8

  func checkMixedPrecision() -> [String] {
    ([small] + sizes).flatMap { sizes -> [String] in
      let trial = makeTrial(sizes)
      let values = smoothValues(trial, sizes)
      let exact = Subject(trial, values, .float64).step(pass)
      let mixed = Subject(trial, values, .float32).step(pass, precision: .mixed)
      if mixed.shapes != exact.shapes { return ["\(sizes): shapes \(mixed.shapes), not \(exact.shapes)"] }
      var failures = differences(mixed.gradients, exact.gradients, Self.allowed, floor: 0.1)
      for place in exact.outputs.indices {
        if let difference = difference(mixed.outputs[place], exact.outputs[place], Self.allowed) {
          failures.append("result \(place): \(difference)")
        }
      }
      return failures.map { "\(sizes): \($0)" }
    }
  }

  /// Whether products of bfloat16 change anything: whether it has products at all.
  public var hasProducts: Bool {
    let trial = makeTrial(small)
    let subject = Subject(trial, trial.values(), .float32)
    return subject.step(pass) != subject.step(pass, precision: .mixed)
  }
}
