import Foundation
import Latent
import LatentMeasures
import TestSupport
import Testing

@Suite struct LatentDivergenceTests {
  @Test func meanOverTheImages() {
    var sample = SampleValues(seed: 1)
    let (mean, logVariance) = (sample.numbers(12, -2...2), sample.numbers(12, -3...1))
    let found = LatentDivergence.perDimension(
      mean: Tensor(mean, shape: [4, 3], element: .float64),
      logVariance: Tensor(logVariance, shape: [4, 3], element: .float64))
    for dimension in 0..<3 {
      let expected = (0..<4).reduce(0.0) { sum, image in
        let (m, v) = (mean[image * 3 + dimension], logVariance[image * 3 + dimension])
        return sum + 0.5 * (exp(v) + m * m - 1 - v) / 4
      }
      #expect(abs(found[dimension] - expected) < 1e-12)
    }
    #expect(
      LatentDivergence.perDimension(mean: Tensor(zeros: [2, 2]), logVariance: Tensor(zeros: [2, 2])) == [0, 0],
      "the prior itself")
  }
}
