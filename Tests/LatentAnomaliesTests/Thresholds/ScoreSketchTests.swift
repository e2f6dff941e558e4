import Foundation
import LatentAnomalies
import Testing

@Suite struct ScoreSketchTests {
  /// A hundred and twenty thousand scores, of which the sketch keeps 2,000.
  private let many = (1...120_000).map { -log1p(-(Double($0) * 0.6180339887498949).truncatingRemainder(dividingBy: 1)) }

  @Test func quantilesOfTheTailAreThoseOfAllScores() {
    let (sketch, sorted) = (ScoreSketch(many), many.sorted())
    #expect(sketch.highest.count == 2000 && sketch.count == 120_000)
    for part in [0.984, 0.99, 0.999, 0.99995, 1] {
      let place = part * 119_999
      let low = Int(place)
      let expected = sorted[low] + (sorted[min(low + 1, 119_999)] - sorted[low]) * (place - Double(low))
      #expect(sketch.quantile(part).isClose(to: expected), "\(part)")
    }
    for part in [0, 0.0004, 0.1, 0.25, 0.5005, 0.9, 0.9833, 0.98333] {
      #expect(abs(sketch.quantile(part) + log1p(-part)) < 0.001 / (1 - part), "\(part)")
    }
    #expect(sketch.median.isClose(to: log(2), within: 1e-4))
  }

  @Test func sharesFollowTheScores() {
    let sketch = ScoreSketch(many)
    for score in [-1, 0, 0.1, 1, 3, 4, 4.09, 4.1, 5, 20] {
      let expected = Double(many.count { $0 > score }) / 120_000
      #expect(abs(sketch.share(above: score) - expected) < (score > 4.1 ? 1e-12 : 1e-5), "\(score)")
    }
    #expect(ScoreSketch([]).share(above: 0) == 0)
    #expect(ScoreSketch([.nan, 1, 1, 2]).share(above: 1) == 1.0 / 3)
  }

  @Test func thresholdsOfASketchAreThoseOfTheScores() throws {
    for rule in [Threshold.Rule.quantile(0.999), .peaksOverThreshold(1e-4), .medianDeviations(6), .number(2)] {
      let stored = try JSONDecoder().decode(ScoreSketch.self, from: JSONEncoder().encode(ScoreSketch(many)))
      #expect(try Threshold(rule, sketch: stored) == Threshold(rule, scores: many.reversed()))
    }
  }

  @Test func aSketchThatIsNoneIsRefused() throws {
    for text in [
      #"{"count": 3, "median": 2, "medianDeviation": 1, "highest": [1, 2], "quantiles": []}"#,
      #"{"count": 3, "median": 2, "medianDeviation": 1, "highest": [1, 3, 2], "quantiles": []}"#,
      #"{"count": 2, "median": 2, "medianDeviation": -1, "highest": [1, 3], "quantiles": []}"#,
      #"{"count": 5000, "median": 2, "medianDeviation": 1, "highest": [1, 3], "quantiles": []}"#,
    ] {
      #expect(throws: DecodingError.self) { try JSONDecoder().decode(ScoreSketch.self, from: Data(text.utf8)) }
    }
    let empty = try JSONDecoder().decode(ScoreSketch.self, from: JSONEncoder().encode(ScoreSketch([.nan])))
    #expect(empty.count == 0 && empty.median.isNaN && empty.distance(to: [1]) == nil)
  }

  @Test func infiniteScoresCanBeKept() throws {
    let sketch = ScoreSketch([.infinity, 1, -.infinity])
    #expect(try JSONDecoder().decode(ScoreSketch.self, from: JSONEncoder().encode(sketch)) == sketch)
    #expect(sketch.share(above: 5) == 1.0 / 3)
  }

  /// By SciPy's ks_2samp.
  @Test func distanceIsThatOfKolmogorovAndSmirnov() {
    let sketch = ScoreSketch([1, 2, 2, 3, 5, 8])
    #expect(sketch.distance(to: [2, 2, 4, .nan, 9, 9])?.isClose(to: 0.4) == true)
    #expect(sketch.distance(to: [1, 2, 2, 3, 5, 8]) == 0)
    #expect(sketch.distance(to: [9, 10]) == 1 && sketch.distance(to: [0]) == 1)
    #expect(sketch.distance(to: [.nan]) == nil)
  }

  @Test func distanceOfManyScoresIsRightToAThousandth() throws {
    let sketch = ScoreSketch(many)
    #expect(try #require(sketch.distance(to: many)) < 0.001)
    // The exponential distribution and one of half the mean: the greatest difference is 1/4.
    #expect(abs(try #require(sketch.distance(to: many.map { $0 / 2 })) - 0.25) < 0.001)
    #expect(abs(try #require(sketch.distance(to: [log(2)])) - 0.5) < 0.001)
  }
}
