import Foundation
import LatentAnomalies
import Testing

@Suite struct ParetoTailTests {
  /// Shape, scale, log-likelihood and the threshold for 1e-4 by scipy.stats.genpareto.fit(excesses, floc=0), whose search was
  /// gone on with to 1e-13.
  @Test(arguments: [
    (SampleScores.exponential, -0.04080113572718993, 1.0527074581302913, -59.62329029934773, 8.922705250847095),
    (.heavy, 0.26950428142508154, 1.0172948928105574, -75.91242733357356, 15.137097081026054),
    (.light, -0.4558374146587078, 0.08855652490652016, 110.91714709545941, -0.03159278647074007),
  ])
  func fitIsThatOfSciPy(sample: SampleScores, shape: Double, scale: Double, logLikelihood: Double, threshold: Double)
    throws
  {
    let scores = sample.scores
    let base = scores.sorted()[2940]
    let excesses = scores.filter { $0 > base }.map { $0 - base }
    let tail = ParetoTail(excesses: excesses)
    #expect(tail.shape.isClose(to: shape, within: 2e-6) && tail.scale.isClose(to: scale, within: 2e-6))
    #expect(tail.logLikelihood(of: excesses).isClose(to: logLikelihood, within: 1e-10))
    #expect(try Threshold(.peaksOverThreshold(1e-4), scores: scores).value.isClose(to: threshold, within: 1e-5))
  }

  @Test(arguments: [-0.9, -0.5, -0.2, 0, 1e-5, 0.1, 0.7, 2, 5])
  func fitFindsTheDistributionOfItsQuantiles(shape: Double) {
    for scale in [1e-12, 0.3, 1e9] {
      let tail = ParetoTail(shape: shape, scale: scale)
      let found = ParetoTail(excesses: (0..<2000).map { tail.excess(ofPart: (Double($0) + 0.5) / 2000) })
      #expect(abs(found.shape - shape) < 0.02, "\(found)")
      #expect(abs(found.scale / scale - 1) < 0.02, "\(found)")
    }
  }

  @Test func noNeighbourIsLikelier() {
    for count in [2, 3, 5, 30, 400] {
      let excesses = (1...count).map { -log1p(-(Double($0) * 0.6180339887498949).truncatingRemainder(dividingBy: 1)) }
      let tail = ParetoTail(excesses: excesses)
      let best = tail.logLikelihood(of: excesses)
      #expect(best.isFinite)
      guard tail.shape != 0 else { continue }
      for step in [-1e-3, 1e-3] {
        #expect(ParetoTail(shape: tail.shape + step, scale: tail.scale).logLikelihood(of: excesses) < best)
        #expect(ParetoTail(shape: tail.shape, scale: tail.scale * (1 + step)).logLikelihood(of: excesses) < best)
      }
    }
  }

  @Test func excessesThatAreTheSameHaveAnExponentialTail() {
    #expect(ParetoTail(excesses: [3, 3, 3]) == ParetoTail(shape: 0, scale: 3))
    #expect(ParetoTail(excesses: [2]) == ParetoTail(shape: 0, scale: 2))
    #expect(ParetoTail(shape: 0, scale: 2).excess(ofPart: exp(-3)).isClose(to: 6))
  }

  @Test func sharesThatManyScoresAreAboveAreCounted() throws {
    // The 2,000 peaks of these are less than 0.015 of them.
    let scores = (1...200_000).map { (Double($0) * 0.6180339887498949).truncatingRemainder(dividingBy: 1) }
    #expect(try abs(Threshold(.peaksOverThreshold(0.015), scores: scores).value - 0.985) < 1e-4)
    #expect(try abs(Threshold(.peaksOverThreshold(0.0099), scores: scores).value - 0.9901) < 1e-4)
  }
}
