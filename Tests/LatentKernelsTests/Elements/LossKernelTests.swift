import CLatentKernels
import LatentKernels
import TestSupport
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#endif

/// Losses, the Gaussian sample and its divergence of every instruction set against plain loops in double precision, at
/// sizes around the vectors' and the blocks' ends.
@Suite struct LossKernelTests {
  static let sets = InstructionSet.withOwnLoops
  static let lengths = [0, 1, 7, 15, 16, 17, 33, 1023, 1024, 1025, 2051]

  typealias Loss = (UnsafeRawPointer, UnsafeRawPointer, Int) -> Double
  typealias LossBackward = (UnsafeRawPointer, UnsafeRawPointer, Double, UnsafeMutableRawPointer, Int) -> Void

  /// A loss of x and y, its term at one element, and that term's derivative.
  private func check(
    _ set: InstructionSet, _ element: ElementType, _ name: String, x range: ClosedRange<Double>, tolerance: Double,
    _ loops: (latent_ops) -> (Loss, LossBackward), term: (Double, Double) -> Double, slope: (Double, Double) -> Double
  ) {
    let (loss, backward) = loops(Operations.table(for: element, set: set).pointee)
    for n in Self.lengths {
      var sample = SampleValues(seed: n)
      let x = GuardedArray(sample.numbers(n, range), element)
      let y = GuardedArray(sample.numbers(n, 0...1), element)
      let pairs = Array(zip(x.values, y.values))
      let expected = pairs.reduce(0) { $0 + term($1.0, $1.1) }
      let total = loss(x.pointer, y.pointer, n)
      #expect(
        abs(total - expected) <= tolerance * pairs.reduce(0) { $0 + abs(term($1.0, $1.1)) }, "\(name) \(set) n=\(n)")
      let dx = GuardedArray(count: n, element)
      backward(x.pointer, y.pointer, 0.375, dx.pointer, n)
      let error = maxRelativeError(dx.values, pairs.map { 0.375 * slope($0.0, $0.1) })
      #expect(error <= tolerance, "\(name) backward \(set) n=\(n)")
    }
  }

  @Test(arguments: sets, ElementType.computing)
  func crossEntropyFromLogits(_ set: InstructionSet, _ element: ElementType) {
    for reach in [3.0, 40.0] {
      check(
        set, element, "bce_logits", x: -reach...reach, tolerance: element == .float32 ? 1e-6 : 1e-13,
        { ($0.bce_logits, $0.bce_logits_backward) },
        term: { z, y -> Double in log(1 + exp(-abs(z))) + max(z, 0) - z * y }, slope: { z, y in Plain.sigmoid(z) - y })
    }
  }

  @Test(arguments: sets, ElementType.computing)
  func crossEntropyFromProbabilities(_ set: InstructionSet, _ element: ElementType) {
    check(
      set, element, "bce_probabilities", x: 0.02...0.98, tolerance: element == .float32 ? 2e-6 : 1e-13,
      { ($0.bce_probabilities, $0.bce_probabilities_backward) },
      term: { p, y -> Double in -y * log(p) - (1 - y) * log(1 - p) },
      slope: { p, y -> Double in (p - y) / (p * (1 - p)) })
  }

  @Test(arguments: sets, ElementType.computing)
  func squaredError(_ set: InstructionSet, _ element: ElementType) {
    check(
      set, element, "squared_error", x: -1...1, tolerance: element == .float32 ? 1e-6 : 1e-13,
      { ($0.squared_error, $0.squared_error_backward) },
      term: { x, y -> Double in (x - y) * (x - y) }, slope: { x, y in 2 * (x - y) })
  }

  /// Clipped to [1e-7, 1 - 1e-7] as Keras does, with no gradient outside.
  @Test(arguments: sets, ElementType.computing)
  func clippedProbabilities(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    let tolerance = element == .float32 ? 0.05 : 1e-9  // a float's spacing below 1 is nearly 1e-7
    for (p, y, expected) in [(0.0, 1.0, -log(1e-7)), (1, 0, -log(1e-7)), (1e-9, 1, -log(1e-7)), (0, 0, 1e-7)] {
      let (probability, target) = (GuardedArray([p], element), GuardedArray([y], element))
      let loss = table.bce_probabilities(probability.pointer, target.pointer, 1)
      #expect(abs(loss - expected) < tolerance * 16, "p = \(p), y = \(y): \(loss)")
      #expect(loss.isFinite)
      let dx = GuardedArray(count: 1, element)
      table.bce_probabilities_backward(probability.pointer, target.pointer, 1, dx.pointer, 1)
      #expect(dx.values == [0])
    }
  }

  /// Huge logits: linear, never infinite or NaN.
  @Test(arguments: sets, ElementType.computing)
  func hugeLogits(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    let logits = GuardedArray([800, 800, -800, -800, 1e30, -1e30, 0], element)
    let targets = GuardedArray([0, 1, 0, 1, 1, 0, 0.5], element)
    #expect(abs(table.bce_logits(logits.pointer, targets.pointer, 7) - (1600 + log(2))) < 1e-3)
    let dx = GuardedArray(count: 7, element)
    table.bce_logits_backward(logits.pointer, targets.pointer, 1, dx.pointer, 7)
    #expect(dx.values == [1, 0, 0, -1, 0, 0, 0])
  }

  @Test(arguments: sets, ElementType.computing)
  func gaussianSample(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    let tolerance = element == .float32 ? 5e-7 : 1e-14
    for n in Self.lengths {
      var sample = SampleValues(seed: n)
      let (mean, logVariance) = (
        GuardedArray(sample.numbers(n), element), GuardedArray(sample.numbers(n, -3...2), element)
      )
      let (noise, dz) = (GuardedArray(sample.numbers(n, -3...3), element), GuardedArray(sample.numbers(n), element))
      let (m, v, e, d) = (mean.values, logVariance.values, noise.values, dz.values)
      let z = GuardedArray(count: n, element)
      table.gaussian_sample(mean.pointer, logVariance.pointer, noise.pointer, z.pointer, n)
      #expect(
        maxRelativeError(z.values, (0..<n).map { i -> Double in m[i] + exp(v[i] / 2) * e[i] }) < tolerance,
        "\(set) n=\(n)")
      table.gaussian_sample_backward(logVariance.pointer, noise.pointer, dz.pointer, z.pointer, n)
      let expected: [Double] = (0..<n).map { i -> Double in d[i] * e[i] * exp(v[i] / 2) / 2 }
      #expect(maxRelativeError(z.values, expected) < tolerance, "backward \(set) n=\(n)")
    }
  }

  @Test(arguments: sets, ElementType.computing)
  func standardNormalDivergence(_ set: InstructionSet, _ element: ElementType) {
    let table = Operations.table(for: element, set: set).pointee
    let tolerance = element == .float32 ? 1e-6 : 1e-13
    for n in Self.lengths {
      var sample = SampleValues(seed: n)
      let (mean, logVariance) = (
        GuardedArray(sample.numbers(n), element), GuardedArray(sample.numbers(n, -3...2), element)
      )
      let (m, v) = (mean.values, logVariance.values)
      var expected = 0.0
      for i in 0..<n {
        let variance: Double = exp(v[i])
        expected -= (1 + v[i] - m[i] * m[i] - variance) / 2
      }
      let value = table.kl_standard_normal(mean.pointer, logVariance.pointer, n)
      #expect(abs(value - expected) <= tolerance * abs(expected), "\(set) n=\(n)")
      let (dMean, dLogVariance) = (GuardedArray(count: n, element), GuardedArray(count: n, element))
      table.kl_standard_normal_backward(
        mean.pointer, logVariance.pointer, 0.375, dMean.pointer, dLogVariance.pointer, n)
      #expect(maxRelativeError(dMean.values, m.map { 0.375 * $0 }) <= tolerance)
      #expect(maxRelativeError(dLogVariance.values, v.map { v -> Double in 0.375 * (exp(v) - 1) / 2 }) <= tolerance)
    }
  }
}
