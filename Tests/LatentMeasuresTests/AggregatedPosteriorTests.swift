import Latent
import LatentMeasures
import Testing

@Suite struct AggregatedPosteriorTests {
  /// Densities by plain loops, for the same draws.
  @Test(arguments: [7, 300])
  func plainLoops(count: Int) {
    let mean = scaled(fractions([count, 2], key: 3), by: 3, plus: -1.5)
    let logVariance = scaled(fractions([count, 2], key: 4), by: 2, plus: -2)
    let found = AggregatedPosterior(mean: mean, logVariance: logVariance, seed: 5)
    let noise = Tensor.normalNoise(
      key: RandomKey(seed: 5).child("aggregated posterior"), streams: (0..<UInt64(count)).map(\.self), columns: 2,
      element: .float64
    ).values
    let (m, v) = (mean.values, logVariance.values)
    func logDensity(_ z: [Double], _ n: Int) -> Double {
      (0..<2).map { d in
        let (mean, logVariance) = (m[2 * n + d], v[2 * n + d])
        return -(logarithm(2 * .pi) + logVariance + (z[d] - mean) * (z[d] - mean) / exponential(logVariance)) / 2
      }.reduce(0, +)
    }
    var information = 0.0
    for n in 0..<count {
      let z = (0..<2).map { m[2 * n + $0] + exponential(v[2 * n + $0] / 2) * noise[2 * n + $0] }
      let average = (0..<count).map { exponential(logDensity(z, $0)) }.reduce(0, +) / Double(count)
      information += (logDensity(z, n) - logarithm(average)) / Double(count)
    }
    #expect(abs(found.mutualInformation - information) < 1e-9)
    let divergence = LatentStatistics(mean: mean, logVariance: logVariance).divergence
    #expect(abs(found.divergence + found.mutualInformation - divergence) < 1e-12)
  }

  @Test func codesThatAreFarApartTellEveryImage() {
    let mean = Tensor((0..<64).map { 100 * Double($0) }, shape: [64, 1])
    let found = AggregatedPosterior(mean: mean, logVariance: Tensor(zeros: [64, 1]))
    #expect(abs(found.mutualInformation - found.limit) < 1e-9)
    #expect(abs(found.limit - logarithm(64)) < 1e-12)
  }

  @Test func codesThatAreTheSameTellNothing() {
    let found = AggregatedPosterior(
      mean: Tensor(repeating: 0.3, shape: [50, 4]), logVariance: Tensor(repeating: -1, shape: [50, 4]))
    #expect(abs(found.mutualInformation) < 1e-9)
    #expect(found.divergence > 0.1)
  }
}
