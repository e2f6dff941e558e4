import Latent
import LatentMeasures
import Testing

@Suite struct LatentStatisticsTests {
  let mean = scaled(fractions([40, 3], key: 1), by: 4, plus: -2)
  let logVariance = scaled(fractions([40, 3], key: 2), by: 3, plus: -2.5)

  @Test(arguments: [ElementType.float32, .float64])
  func plainLoops(_ element: ElementType) {
    let found = LatentStatistics(mean: mean.converted(to: element), logVariance: logVariance.converted(to: element))
    let tolerance = element == .float64 ? 1e-12 : 1e-5
    let (m, v) = (mean.values, logVariance.values)
    for d in 0..<3 {
      let (means, variances) = ((0..<40).map { m[3 * $0 + d] }, (0..<40).map { v[3 * $0 + d] })
      let average = means.reduce(0, +) / 40
      let divergence = zip(means, variances).map { (exponential($1) + $0 * $0 - 1 - $1) / 2 }.reduce(0, +) / 40
      #expect(abs(found.divergences[d] - divergence) < tolerance)
      #expect(abs(found.averageMeans[d] - average) < tolerance)
      let spread = means.map { ($0 - average) * ($0 - average) }.reduce(0, +) / 40
      #expect(abs(found.varianceOfMeans[d] - spread) < tolerance)
      let inner = variances.map(exponential).reduce(0, +) / 40
      #expect(abs(found.averageVariances[d] - inner) < tolerance)
      #expect(abs(found.aggregatedVariances[d] - spread - inner) < tolerance)
    }
    #expect(abs(found.smallestLogVariance - v.min()!) < tolerance)
    #expect(abs(found.largestLogVariance - v.max()!) < tolerance)
    #expect(abs(found.divergence - found.divergences.reduce(0, +)) < tolerance)
    #expect(found.images == 40 && found.latentSize == 3)
  }

  @Test func activityIsTheMeansAndNotTheSamples() {
    // Means of 0.2 sd are active, those of 0.05 are not, whatever the posterior's own variance.
    let sides = (0..<100).flatMap { [$0.isMultiple(of: 2) ? 0.2 : -0.2, $0.isMultiple(of: 2) ? 0.05 : -0.05] }
    let found = LatentStatistics(
      mean: Tensor(sides, shape: [100, 2]), logVariance: Tensor(zeros: [100, 2]))
    #expect(found.isActive == [true, false] && found.activeUnits == 1)
  }

  @Test func thePriorItself() {
    let found = LatentStatistics(mean: Tensor(zeros: [5, 2]), logVariance: Tensor(zeros: [5, 2]))
    #expect(found.divergences == [0, 0] && found.activeUnits == 0 && found.aggregatedVariances == [1, 1])
  }
}
