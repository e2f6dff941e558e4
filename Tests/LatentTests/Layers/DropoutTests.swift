import Latent
import Testing

/// Dropout beside what `SamplingCases` says of it: that neither batch nor shard plays a part, how often elements go.
@Suite struct DropoutTests {
  private func values(
    _ shape: [Int], rate: Double = 0.3, seed: UInt64 = 1, examples: [UInt64], _ element: ElementType = .float32
  ) -> [Double] {
    let x = Tensor(repeating: 1, shape: shape, element: element)
    return dropout(Tape().constant(x), rate: rate, key: RandomKey(seed: seed), examples: examples).tensor.values
  }

  /// How many standard deviations the elements of two masks of a rate agree more, or less, often than coins would.
  private func agreement(_ a: some Collection<Double>, _ b: some Collection<Double>, rate: Double) -> Double {
    let (count, p) = (Double(a.count), rate * rate + (1 - rate) * (1 - rate))
    let same = Double(zip(a, b).count { ($0 == 0) == ($1 == 0) })
    return (same - count * p) / (count * p * (1 - p)).squareRoot()
  }

  /// Examples together, apart and in another order get the same masks; other keys and examples get others.
  @Test func masksBelongToExamples() {
    let all = values([4, 50], examples: [3, 1, 4, 15])
    #expect(Array(all[0..<100]) == values([2, 50], examples: [3, 1]))
    #expect(Array(all[100..<200]) == values([2, 5, 10], examples: [4, 15]))
    #expect(Array(all[50..<100]) + Array(all[0..<50]) == values([2, 50], examples: [1, 3]))
    #expect(abs(agreement(all, values([4, 50], seed: 2, examples: [3, 1, 4, 15]), rate: 0.3)) < 4)
    #expect(abs(agreement(all[0..<100], all[100..<200], rate: 0.3)) < 4)
    let double = values([4, 50], examples: [3, 1, 4, 15], .float64)
    #expect(zip(all, double).allSatisfy { ($0 == 0) == ($1 == 0) })
  }

  @Test(arguments: [0.1, 0.5, 0.9])
  func rates(_ rate: Double) {
    let count = 100_000
    let y = values([100, 1000], rate: rate, examples: (0..<100).map { $0 })
    let dropped = Double(y.filter { $0 == 0 }.count)
    // Five standard deviations of a binomial.
    #expect(abs(dropped - Double(count) * rate) < 5 * (Double(count) * rate * (1 - rate)).squareRoot())
    #expect(y.allSatisfy { $0 == 0 || abs($0 - 1 / (1 - rate)) < 1e-6 / (1 - rate) })
  }

  @Test func noRateKeepsAll() {
    #expect(values([3, 100], rate: 0, examples: [0, 1, 2]) == [Double](repeating: 1, count: 300))
    #expect(Dropout(rate: 0.5).parameterCount == 0)
  }

  /// The layer drops in training only; two layers, steps and examples have masks of their own, shards the same ones.
  @Test func layer() {
    let layers = Sequential(Dropout(rate: 0.5), Dropout(rate: 0.5))
    let (x, seed) = (Tensor(repeating: 1, shape: [4, 50]), RandomKey(seed: 0))
    func run(_ pass: Pass, _ x: Tensor) -> [Double] { layers(Tape(pass: pass).constant(x)).tensor.values }
    #expect(run(Pass(), x) == x.values)
    let all = run(Pass(isTraining: true, step: 3, key: seed, examples: [5, 6, 7, 8]), x)
    #expect(Set(all) == [0, 4])
    #expect(abs(Double(all.count { $0 == 4 }) - 50) < 5 * (200 * 0.25 * 0.75).squareRoot())
    #expect(run(Pass(isTraining: true, step: 3, key: seed, examples: [7, 8]), x[rows: 0..<2]) == Array(all[100...]))
    let step = run(Pass(isTraining: true, step: 4, key: seed, examples: [5, 6, 7, 8]), x)
    let key = run(Pass(isTraining: true, step: 3, key: RandomKey(seed: 9), examples: [5, 6, 7, 8]), x)
    // Of two layers three quarters are dropped.
    for other in [step, key] { #expect(abs(agreement(all, other, rate: 0.75)) < 4) }
    let numbered = Pass(isTraining: true, step: 0, key: seed, examples: [0, 1, 2, 3])
    #expect(run(Pass(isTraining: true, step: 0, key: seed), x) == run(numbered, x))
  }

  /// What is dropped is zero even where it was not a number.
  @Test func droppedIsZero() {
    let x = Tensor([Double](repeating: .nan, count: 64), shape: [1, 64])
    let y = dropout(Tape().constant(x), rate: 0.5, key: RandomKey(seed: 1), examples: [0]).tensor.values
    #expect(y.contains(0) && y.contains { $0.isNaN })
  }

  @Test func misuse() async {
    let examples = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = dropout(Tape().constant(Tensor(zeros: [2, 3])), rate: 0.5, key: RandomKey(seed: 1), examples: [1])
    }
    #expect(message(examples).contains("dropout: x [2, 3] with 1 examples and a rate of 0.5; needs [B, ...], B"))
    let rate = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Dropout(rate: 1)
    }
    #expect(message(rate).contains("Dropout: a rate of 1.0 is not in 0..<1"))
  }
}
