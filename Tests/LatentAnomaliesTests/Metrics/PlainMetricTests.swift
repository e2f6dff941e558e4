import LatentAnomalies
import Testing

/// Measures by their definitions, with simple loops.
@Suite struct PlainMetricTests {
  private static func sample(_ seed: Int) -> (scores: [Double], labels: [UInt8]) {
    let count = 30 + seed * 7
    func even(_ row: Int, _ step: Double) -> Double { (Double(row + seed) * step).truncatingRemainder(dividingBy: 1) }
    return (
      (0..<count).map { (even($0, 0.6180339887498949) * 8).rounded() / 8 },
      (0..<count).map { (even($0 / 4, 0.7548776662466927) < 0.3 || $0 == 3) && $0 != 8 ? 1 : 0 }
    )
  }

  @Test(arguments: 0..<8)
  func rocAreaIsTheChanceToBeHigher(seed: Int) throws {
    let (scores, labels) = Self.sample(seed)
    var (sum, pairs) = (0.0, 0.0)
    for one in scores.indices where labels[one] == 1 {
      for other in scores.indices where labels[other] == 0 {
        sum += scores[one] > scores[other] ? 1 : scores[one] == scores[other] ? 0.5 : 0
        pairs += 1
      }
    }
    let area = try #require(LabelledScores(scores, DetectionLabels(labels)).rocArea)
    #expect(area.isClose(to: sum / pairs))
  }

  /// Each row's chance by counting a thousand places in each row's time.
  @Test(arguments: 0..<8)
  func affiliationIsTheChanceToBeFarther(seed: Int) throws {
    let (scores, labels) = Self.sample(seed)
    let alarms = scores.map { $0 > 0.8 }
    let labelled = LabelledAlarms(alarms, DetectionLabels(labels))
    let events = labelled.labels.events
    func distance(_ time: Double, _ runs: [Range<Int>]) -> Double {
      runs.map { max(0, Double($0.lowerBound) - time, time - Double($0.upperBound)) }.min() ?? .infinity
    }
    let fine = 20
    let times = (0..<(scores.count * fine)).map { (Double($0) + 0.5) / Double(fine) }
    var (precisions, recalls) = ([Double](), [Double]())
    for event in events {
      let zone = times.filter { time in events.allSatisfy { distance(time, [event]) <= distance(time, [$0]) } }
      let ofAlarms = zone.filter { alarms[Int($0)] }
      let zoneAlarms = ofAlarms.map { Int($0) }
      func chance(_ own: Double, _ others: [Double]) -> Double {
        (Double(others.count { $0 > own }) + Double(others.count { $0 == own }) / 2) / Double(others.count)
      }
      if ofAlarms.isEmpty {
        recalls.append(0)
        continue
      }
      let toEvent = zone.map { distance($0, [event]) }
      precisions.append(
        ofAlarms.map { time in
          let own = distance(time, [event])
          return own == 0 ? 1 : chance(own, toEvent)
        }.reduce(0, +) / Double(ofAlarms.count))
      let inZone = Set(zoneAlarms).sorted().map { $0..<($0 + 1) }
      // An alarm that the zone's border cuts through counts up to the border.
      let (low, high) = (zone.first! - 0.5 / Double(fine), zone.last! + 0.5 / Double(fine))
      func toAlarms(_ time: Double) -> Double {
        inZone.map { max(0, max(low, Double($0.lowerBound)) - time, time - min(high, Double($0.upperBound))) }.min()!
      }
      let rows = zone.filter { event.contains(Int($0)) }
      recalls.append(
        rows.map { time in
          let own = toAlarms(time)
          return own == 0 ? 1 : chance(own, zone.map { abs($0 - time) })
        }.reduce(0, +) / Double(rows.count))
    }
    let found = labelled.affiliation
    if let precision = found.precision {
      #expect(precision.isClose(to: precisions.reduce(0, +) / Double(precisions.count), within: 0.01))
    } else {
      #expect(precisions.isEmpty)
    }
    #expect(try #require(found.recall).isClose(to: recalls.reduce(0, +) / Double(recalls.count), within: 0.01))
  }
}
