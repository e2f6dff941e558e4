import Foundation
import Latent
import Testing

/// Draws have the distributions that they should; 1 in some thousands of such tests would fail by chance, were the numbers others.
@Suite struct DrawTests {
  private let count = 20_000
  private func examples(_ count: Int) -> [UInt64] { (0..<UInt64(count)).map { $0 } }

  private func repeated(_ x: [Double], element: ElementType = .float64) -> Variable {
    Tape().constant(
      Tensor((0..<count).flatMap { _ in x }, shape: [count, x.count], element: element))
  }

  /// Whether a count agrees with a probability, to 4.5 standard deviations.
  private func agrees(_ found: Int, _ probability: Double) -> Bool {
    let expected = Double(count) * probability
    return abs(Double(found) - expected) < 4.5 * (expected * (1 - probability)).squareRoot() + 1e-9
  }

  @Test func classes() {
    let p = [0.5, 0.3, 0.15, 0.05]
    let logits = repeated(p.map { log($0) })
    let drawn = categorical(logits: logits, key: RandomKey(seed: 1), examples: examples(count)).tensor.values
    for (place, p) in p.enumerated() { #expect(agrees(drawn.count { $0 == Double(place) }, p), "\(place)") }
    let pairs = multinomial(logits: logits, count: 2, key: RandomKey(seed: 2), examples: examples(count)).tensor.values
    let again = multinomial(
      logits: logits, count: 2, replacing: true, key: RandomKey(seed: 3), examples: examples(count)
    ).tensor.values
    for i in p.indices {
      for j in p.indices {
        func found(_ numbers: [Double]) -> Int {
          (0..<count).count { numbers[2 * $0] == Double(i) && numbers[2 * $0 + 1] == Double(j) }
        }
        #expect(agrees(found(pairs), i == j ? 0 : p[i] * p[j] / (1 - p[i])), "\(i), \(j)")
        #expect(agrees(found(again), p[i] * p[j]), "\(i), \(j) with replacement")
      }
    }
  }

  /// A class of probability 0 is never drawn.
  @Test func impossibleClasses() {
    let drawn = categorical(
      logits: repeated([0, -.infinity, 1]), key: RandomKey(seed: 1), examples: examples(count))
    #expect(!drawn.tensor.values.contains(1))
  }

  /// The mean, variance and mean logarithm of gamma distributions, and their derivatives for the concentration.
  @Test(arguments: [0.05, 0.5, 1, 2.5, 40, 1e4])
  func gammas(_ alpha: Double) {
    let point = Tensor(repeating: alpha, shape: [count, 1], element: .float64)
    var draws: [Double] = []
    let slopes = gradient(at: point) { x in
      let z = gammaSample(concentration: x, key: RandomKey(seed: 4), examples: examples(count))
      draws = z.tensor.values
      return z.sum()
    }.values
    let n = Double(count)
    let mean = draws.reduce(0, +) / n
    #expect(abs(mean - alpha) < 4.5 * (alpha / n).squareRoot())
    // The fourth central moment is 3 alpha^2 + 6 alpha.
    let variance = draws.reduce(0) { $0 + ($1 - alpha) * ($1 - alpha) } / n
    #expect(abs(variance - alpha) < 4.5 * ((2 * alpha * alpha + 6 * alpha) / n).squareRoot())
    // d mean / d alpha = 1, d E[z^2] / d alpha = 2 alpha + 1
    let slope = slopes.reduce(0, +) / n
    let spread = slopes.reduce(0) { $0 + ($1 - slope) * ($1 - slope) } / n
    #expect(abs(slope - 1) < 4.5 * (spread / n).squareRoot(), "\(slope)")
    let squares = zip(draws, slopes).map { 2 * $0 * $1 }
    let second = squares.reduce(0, +) / n
    let secondSpread = squares.reduce(0) { $0 + ($1 - second) * ($1 - second) } / n
    #expect(abs(second - 2 * alpha - 1) < 4.5 * (secondSpread / n).squareRoot(), "\(second)")
  }

  /// The derivatives at the distributions' middles and far out in both tails, by another program at 80 digits.
  @Test func slopes() {
    // (alpha, log z, d log z / d alpha)
    for (alpha, logZ, expected) in Self.golden {
      let (a, z) = (Storage(count: 1, element: .float64), Storage(count: 1, element: .float64))
      let slope = Storage(count: 1, element: .float64)
      a.assign([alpha])
      z.assign([logZ])
      slope.assignLogGammaSlopes(of: a, draws: z)
      #expect(abs(slope.doubles()[0] / expected - 1) < 1e-12, "\(alpha), \(logZ): \(slope.doubles()[0])")
    }
  }

  /// A small concentration's draws are no zeros, and a Dirichlet sample of them is a distribution.
  @Test(arguments: ElementType.computing)
  func smallConcentrations(_ element: ElementType) {
    let y = dirichletSample(
      concentration: repeated([0.001, 0.001, 0.002], element: element), key: RandomKey(seed: 5),
      examples: examples(count))
    let sums = y.sum(axes: [1]).tensor.values
    #expect(sums.allSatisfy { abs($0 - 1) < 1e-6 })
    let mean = y.mean(axes: [0]).tensor.values
    #expect(abs(mean[2] - 0.5) < 0.016, "\(mean)")
    let bad = logGammaSample(
      concentration: Tape().constant(Tensor([0, -1, .nan], shape: [3], element: element)), key: RandomKey(seed: 1),
      examples: [0, 1, 2])
    #expect(bad.tensor.values.allSatisfy { $0.isNaN })
  }
}

extension DrawTests {
  /// By mpmath, from central differences of its regularised incomplete gamma function.
  private static let golden: [(alpha: Double, logZ: Double, slope: Double)] = [
    (0.01, -300.0, 29943.911454213132),
    (0.01, -2.0, 179.23942673783773),
    (0.01, 1.5, 19.17761682280147),
    (0.3, -20.0, 66.102697145982072),
    (0.3, -1.0, 4.6289685736465973),
    (0.3, 0.0, 2.7349283141115391),
    (0.3, 2.5, 0.4733502286209891),
    (1.0, -9.0, 9.4233966455680951),
    (1.0, -0.5772, 1.534868466175227),
    (1.0, 0.0, 1.1735630272247269),
    (1.0, 3.2, 0.15556640222645498),
    (4.5, -1.0, 0.62436822961956043),
    (4.5, 1.4, 0.24280552225016767),
    (4.5, 1.55, 0.22536012425301118),
    (4.5, 2.9, 0.10574985455688494),
    (99.5, 4.2, 0.0122151805463705),
    (99.5, 4.595, 0.010093086193862829),
    (99.5, 4.6, 0.010067896199148923),
    (99.5, 5.0, 0.0081881718014137788),
    (120.0, 4.4, 0.010065793575704556),
    (120.0, 4.78, 0.0083762149647570238),
    (120.0, 4.79, 0.0083344557920019175),
    (120.0, 5.2, 0.0067416909534099844),
    (2000.0, 7.5, 0.00052569355537788305),
    (2000.0, 7.6, 0.00050026733637257831),
    (2000.0, 7.7, 0.00047567435336932363),
  ]
}
