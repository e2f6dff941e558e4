import Foundation
import LatentAnomalies
import TestSupport
import Testing

@Suite struct BaselineTests {
  private static let wave = (0..<400).map { sin(Double($0) / 5) + 0.1 * sin(Double($0) * 1.7) }

  private static func baselines(_ features: Int) throws -> [any BaselineScorer] {
    let training = wave.flatMap { value in (0..<features).map { value * Double($0 + 1) } }
    return try Baselines.all(fitting: training, features: features, steps: 8)
  }

  @Test func anOutlierHasTheHighestScore() throws {
    for var baseline in try Self.baselines(2) {
      var rows = Self.wave.prefix(100).flatMap { [$0, 2 * $0] }
      rows[2 * 60 + 1] += 9
      let scored = baseline.score(rows, from: 7)
      #expect(scored.rows == 7..<107 && scored.features == 2, "\(baseline.name)")
      let shares = (8..<100).map { scored.shares[2 * $0 + 1] }
      // The step back is as far.
      let highest = baseline is LastValue ? shares[60 - 8] : shares.max()!
      #expect(shares[60 - 8] == highest && highest > 0.99 && scored.scores[60] > highest, "\(baseline.name)")
      #expect(scored.shares[2 * 60 + 1] > scored.shares[2 * 60], "\(baseline.name)")
    }
  }

  @Test func partsGiveTheScoresOfTheWhole() throws {
    for baseline in try Self.baselines(1) {
      var whole = baseline
      let rows = Self.wave.enumerated().map { $0 % 11 == 4 ? .nan : $1 * 1.5 }
      let expected = whole.score(rows)
      for size in [1, 7, 100] {
        var (parts, scores) = (baseline, [Double]())
        for first in stride(from: 0, to: rows.count, by: size) {
          scores += parts.score(Array(rows[first..<min(rows.count, first + size)]), from: first).scores
        }
        #expect(scores.map(\.bitPattern) == expected.scores.map(\.bitPattern), "\(baseline.name)")
      }
      // No row has an influence on those before it, and one without a value has no score.
      #expect(rows.indices.allSatisfy { !rows[$0].isNaN || expected.scores[$0].isNaN }, "\(baseline.name)")
      #expect(expected.scores[20...].count { $0.isNaN } == rows[20...].count { $0.isNaN }, "\(baseline.name)")
      var again = baseline
      #expect(
        again.score(Array(rows.prefix(150))).scores.map(\.bitPattern) == expected.scores[..<150].map(\.bitPattern))
    }
  }

  @Test func aMissingValueLeavesTheOtherFeatures() throws {
    for var baseline in try Self.baselines(2) {
      let rows = (0..<40).flatMap { (row: Int) -> [Double] in
        [Self.wave[row], row % 2 == 0 ? .nan : Self.wave[row] * 2]
      }
      let scored = baseline.score(rows)
      #expect(scored.shares[2 * 30 + 1].isNaN && scored.scores[30] == scored.shares[2 * 30], "\(baseline.name)")
      #expect(scored.scores[31].isClose(to: scored.shares[62] + scored.shares[63]), "\(baseline.name)")
    }
  }

  /// By the formulas of the detector in NAB, with plain sums.
  @Test func movingGaussianIsThatOfTheBenchmark() {
    let values = (0..<300).map { Self.wave[$0] * Double($0 % 13) }
    var baseline = MovingGaussian(features: 1, window: 50, step: 10)
    let scores = baseline.score(values).scores
    #expect(scores[0].isNaN)
    for row in 1..<300 {
      let end = row <= 50 ? row : 50 + (row - 50) / 10 * 10
      let window = values[max(0, end - 50)..<end]
      let mean = window.reduce(0, +) / Double(window.count)
      let deviation = (window.reduce(0) { $0 + pow($1 - mean, 2) } / Double(window.count)).squareRoot()
      let z = abs(values[row] - mean) / (deviation == 0 ? 1e-6 : deviation)
      #expect(scores[row].isClose(to: 1 - 0.5 * erfc(z / 2.0.squareRoot()), within: 1e-9), "row \(row)")
    }
  }

  @Test func lastValueIsInUnitsOfTheUsualStep() {
    var baseline = LastValue(fitting: [0, 5, 2, 5, .nan, 5, 3, 5], features: 2)
    let scored = baseline.score([1, 5, .nan, 7, 4, 7])
    #expect(scored.shares[0].isNaN && scored.shares[1].isNaN && scored.scores[0].isNaN)
    // The mean step of the first feature is 1.5; the second has none.
    #expect(scored.scores[1] == 2 && scored.shares[4] == 2 && scored.scores[2] == 2)
  }

  /// A sum of two waves of one period lies in a plane of windows: nothing is left of it, and all that is added stays.
  @Test func principalComponentsExplainAWave() throws {
    func wave(_ row: Int) -> Double { 3 * sin(Double(row) * .pi / 10) + 50 }
    var baseline = try PCAResidual(fitting: (0..<400).map(wave), features: 1, steps: 20, explained: 0.99)
    #expect(baseline.components == 2)
    let scores = baseline.score((0..<100).map { wave($0) + ($0 == 70 ? 1 : 0) }).scores
    #expect(scores[..<19].allSatisfy(\.isNaN) && scores[19..<70].allSatisfy { $0 < 1e-18 })
    // The deviation is 3 / sqrt 2, and 2 / 20 of a row's own change are in the plane.
    #expect(scores[70].isClose(to: pow(2.0.squareRoot() / 3 * 0.9, 2), within: 1e-9))
  }

  @Test func oddTrainingDataAreNoTrap() throws {
    for training in [[Double](repeating: 3, count: 30), [Double](repeating: .nan, count: 30)] {
      for var baseline in try Baselines.all(fitting: training, features: 1, steps: 4) {
        let scores = baseline.score([3, 3, 3, 3, 3, 9, .nan, 3]).scores
        #expect(scores.allSatisfy { $0.isNaN || $0.isFinite }, "\(baseline.name)")
        #expect(scores[5] > scores[4], "\(baseline.name)")
      }
    }
    let error = #expect(throws: AnomalyError.self) { try Baselines.all(fitting: [1, 2, 3, 4], features: 1, steps: 4) }
    #expect(error?.description.contains("need 5 rows, and there are 4") == true)
  }
}
