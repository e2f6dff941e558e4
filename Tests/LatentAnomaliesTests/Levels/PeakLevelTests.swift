import Foundation
import LatentAnomalies
import Testing

@Suite struct PeakLevelTests {
  /// Scores with jumps, some rows without, from integers alone.
  private static func scores(_ count: Int) -> [Double] {
    (0..<count).map { row in
      if row % 17 == 5 { return .nan }
      let noise = Double((row * 7919) % 613) / 613
      return noise * noise * 3 - 1 + (row % 50 == 0 ? Double(row % 7) : 0)
    }
  }

  /// Each level from its definition, by loops over all rows before.
  @Test(arguments: [1, 2, 9, 40]) func levelsAreThoseOfTheirDefinition(_ block: Int) {
    let (all, learned) = (Self.scores(400), 150)
    var peaks = PeakLevel(block: block, normal: Array(all[..<learned]))
    let least = all[..<learned].filter { !$0.isNaN }.min()!
    #expect(peaks.least == least)
    var known: [Double] = []
    for (row, score) in all.enumerated() {
      let found = row < learned ? nil : peaks.next(score)
      guard !score.isNaN else {
        if let found { #expect(found.isNaN) }
        continue
      }
      known.append(log(1 + max(0, score - least)))
      guard let found else { continue }
      // The highest of each block that ends B rows before this one, or earlier.
      let maxima = (block - 1..<known.count - block).map { known[$0 - block + 1...$0].max()! }
      let mean = maxima.reduce(0, +) / Double(maxima.count)
      let variance = maxima.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(maxima.count)
      #expect(abs(found - (known.last! - mean) / (variance.squareRoot() + 0.3)) < 1e-12, "row \(row)")
    }
  }

  /// Nothing is known before two blocks of rows, one of which lies behind.
  @Test func theFirstRowsHaveNoLevel() {
    var peaks = PeakLevel(block: 3, normal: [])
    let levels = (0..<9).map { _ in peaks.next(1) }
    #expect(levels.map(\.isNaN) == [true, true, true, true, true, false, false, false, false])
    #expect(levels[5] == 0)
  }

  /// A jump that comes in each period is no wonder, unlike one of the same height where there was none.
  @Test func whatComesAgainIsNotHigh() {
    let daily = (0..<1200).map { $0 % 48 == 0 ? 60.0 : Double($0 % 5) }
    let calm = (0..<1200).map { Double($0 % 5) }
    var (a, b) = (PeakLevel(block: 60, normal: daily), PeakLevel(block: 60, normal: calm))
    #expect(abs(a.next(60)) < 0.01)
    #expect(b.next(60) > 5)
  }

  /// Gumbel's distribution has mean 0 and deviation 1: integrals of its complement, by sums.
  @Test func probabilitiesAreThoseOfAStandardGumbelDistribution() {
    let step = 1e-3
    var (mean, square) = (0.0, 0.0)
    for place in -20_000..<40_000 {
      let level = (Double(place) + 0.5) * step
      let density = PeakLevel.probability(of: level + step / 2) - PeakLevel.probability(of: level - step / 2)
      mean += level * density
      square += level * level * density
    }
    #expect(abs(mean) < 1e-6)
    #expect(abs(square - 1) < 1e-5)
  }

  @Test func quietRowsGiveNoAlarm() {
    var quiet = QuietPeriod(above: 1, rows: 2)
    let alarms = [1, 2, 3, 4, .nan, 5, 0, 6, 7].map { quiet.isAlarm($0) }
    #expect(alarms == [false, true, false, false, false, true, false, false, true])
    var none = QuietPeriod(above: 1, rows: 0)
    #expect([2, 3, 0].map { none.isAlarm($0) } == [true, true, false])
  }
}
