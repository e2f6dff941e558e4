import Latent
import TestSupport
import Testing

/// Clipping against norms computed plainly.
@Suite struct GradientClippingTests {
  private func norm(_ numbers: [Double]) -> Double { numbers.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// The first parameter has more elements than a block.
  private func gradients(_ element: ElementType) -> Gradients {
    var gradients = element == .float32 ? Self.singles : Self.doubles
    gradients.flat.makeUnique()
    return gradients
  }

  private static let singles = OptimizerSample.large(.float32).gradients
  private static let doubles = OptimizerSample.large(.float64).gradients

  @Test(arguments: ElementType.computing, [nil, 2])
  func values(_ element: ElementType, threads: Int?) {
    var gradients = gradients(element)
    let before = OptimizerSample.numbers(gradients)
    GradientClipping.value(0.5).clip(&gradients, pool: threads.map { WorkerPool(threads: $0) })
    #expect(OptimizerSample.numbers(gradients) == before.map { min(max($0, -0.5), 0.5) })
  }

  @Test(arguments: ElementType.computing, [nil, 2])
  func norms(_ element: ElementType, threads: Int?) {
    var gradients = gradients(element)
    let before = gradients
    // Some are scaled, the others keep their bits.
    GradientClipping.norm(1.9).clip(&gradients, pool: threads.map { WorkerPool(threads: $0) })
    var scaled = 0
    for slot in gradients.layout.slots {
      let (old, new) = (before[slot.path].values, gradients[slot.path].values)
      let length = norm(old)
      if length > 1.9 {
        scaled += 1
        #expect(maxRelativeError(new, old.map { $0 * 1.9 / length }) < (element == .float32 ? 2e-7 : 1e-13))
      } else {
        #expect(new == old)
      }
    }
    #expect(scaled == 2)
  }

  @Test(arguments: ElementType.computing, [nil, 2])
  func globalNorms(_ element: ElementType, threads: Int?) {
    var gradients = gradients(element)
    let pool = threads.map { WorkerPool(threads: $0) }
    let before = OptimizerSample.numbers(gradients)
    let length = norm(before)
    #expect(abs(gradients.globalNorm(pool: pool) / length - 1) < 1e-12)
    GradientClipping.globalNorm(length * 1.01).clip(&gradients, pool: pool)
    #expect(OptimizerSample.numbers(gradients) == before)
    let copy = gradients
    GradientClipping.globalNorm(0.7).clip(&gradients, pool: pool)
    let tolerance = element == .float32 ? 2e-7 : 1e-13
    #expect(
      maxRelativeError(OptimizerSample.numbers(gradients), before.map { $0 * 0.7 / length }) < tolerance)
    #expect(OptimizerSample.numbers(copy) == before, "a copy is a value of its own")
  }

  @Test(arguments: ElementType.computing, [nil, 2])
  func normsOfParameters(_ element: ElementType, threads: Int?) {
    let gradients = gradients(element)
    let pool = threads.map { WorkerPool(threads: $0) }
    let norms = GradientNorms(gradients, groups: [.named("bias", isFrozen: true)], pool: pool)
    let expected = gradients.layout.slots.map { $0.path.hasSuffix("bias") ? 0 : norm(gradients[$0.path].values) }
    #expect(maxRelativeError(norms.parameters, expected) < 1e-12)
    #expect(abs(norms.global / norm(expected) - 1) < 1e-12)
  }

  @Test func frozenGradientsDoNotCount() {
    var gradients = gradients(.float64)
    let before = gradients
    gradients.flat[gradients.layout.slots[0].range].fill(.nan)
    GradientClipping.globalNorm(1).clip(&gradients, groups: [.under("encoder.kernel", isFrozen: true)])
    let counted = before.layout.slots.dropFirst().flatMap { before[$0.path].values }
    let after = before.layout.slots.dropFirst().flatMap { gradients[$0.path].values }
    let length = norm(counted)
    #expect(length > 1)
    #expect(maxRelativeError(after, counted.map { $0 / length }) < 1e-13)
  }

  @Test(arguments: [GradientClipping.value(0.5), .norm(1.5), .globalNorm(1.5)])
  func threadsDoNotMatter(_ clipping: GradientClipping) {
    func run(threads: Int) -> [Double] {
      var gradients = gradients(.float32)
      clipping.clip(&gradients, pool: WorkerPool(threads: threads))
      return OptimizerSample.numbers(gradients)
    }
    let one = run(threads: 1)
    #expect(run(threads: 2) == one && run(threads: 3) == one)
  }

  /// A gradient that is not finite is not hidden.
  @Test(arguments: [Double.nan, .infinity])
  func notFinite(_ value: Double) {
    var gradients = gradients(.float32)
    gradients.flat[gradients.layout.slots[1].range].fill(value)
    GradientClipping.globalNorm(1).clip(&gradients)
    #expect(OptimizerSample.numbers(gradients).allSatisfy { $0.isNaN })
  }

  @Test func misuse() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var sample = OptimizerSample(.float32)
      var gradients = sample.nextGradients()
      GradientClipping.norm(0).clip(&gradients)
    }
    let message = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(message.contains("GradientClipping: limit 0.0; it must be above 0"))
  }
}
