import LatentFiles
import Testing

@testable import LatentReport

@Suite struct AxisScaleTests {
  @Test(arguments: [
    (241.0, 328.0, ["240", "260", "280", "300", "320", "340"]),
    (0, 1, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    (0.1, 0.3, ["0.10", "0.15", "0.20", "0.25", "0.30"]),
    (-3, 12, ["-5", "0", "5", "10", "15"]),
    (9000, 13000, ["9,000", "10,000", "11,000", "12,000", "13,000"]),
    (1e-8, 3e-8, ["1e-8", "1.5e-8", "2e-8", "2.5e-8", "3e-8"]),
    (-3e12, 2.5e12, ["-4e12", "-2e12", "0", "2e12", "4e12"]),
    (7, 7, ["6.0", "6.5", "7.0", "7.5", "8.0"]),
  ])
  func ticks(low: Double, high: Double, labels: [String]) {
    #expect(AxisScale.covering(low, high).ticks.map(\.label) == labels)
  }

  @Test func anyRangeIsCoveredTightly() {
    for _ in 0..<3000 {
      let size = Double(sign: .plus, exponent: Int.random(in: -300...300), significand: 1)
      let ends = [Double.random(in: -size...size), Double.random(in: -size...size)]
      let (low, high) = (ends.min()!, ends.max()!)
      let scale = AxisScale.covering(low, high)
      let slack = (scale.upper - scale.lower) * 1e-6
      #expect(scale.lower <= low + slack && scale.upper >= high - slack)
      #expect((2...6).contains(scale.ticks.count))
      #expect(scale.ticks.first?.value == scale.lower && scale.ticks.last?.value == scale.upper)
      #expect(Set(scale.ticks.map(\.label)).count == scale.ticks.count, "\(scale.ticks)")
      // No emptier than the steps make it: a tick beyond the data at either end, but not two.
      if scale.ticks.count > 3 { #expect(scale.ticks[1].value > low - slack) }
    }
  }

  @Test(arguments: [
    (0, [1]), (1, [1]), (2, [1, 2]), (7, [1, 2, 3, 4, 5, 6, 7]), (12, [2, 4, 6, 8, 10, 12]),
    (30, [1, 5, 10, 15, 20, 25, 30]), (42, [1, 10, 20, 30, 40]), (100, [1, 20, 40, 60, 80, 100]),
  ])
  func epochs(count: Int, ticks: [Double]) {
    #expect(AxisScale.epochs(count).ticks.map(\.value) == ticks)
  }

  @Test func spreadKeepsDistanceOrderAndRange() {
    let spread = { PanelDrawing.spread($0, distance: 14, within: 0...200) }
    #expect(spread([]) == [])
    #expect(spread([10, 100]) == [10, 100])
    #expect(spread([100, 104]) == [95, 109])
    #expect(spread([199, 200]) == [186, 200])
  }
}
