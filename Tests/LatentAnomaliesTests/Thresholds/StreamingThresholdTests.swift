import Foundation
import LatentAnomalies
import Testing

@Suite struct StreamingThresholdTests {
  private let first = Array(SampleScores.heavy.scores.prefix(2000))
  private let rest = Array(SampleScores.heavy.scores.dropFirst(2000))

  /// Siffer's algorithm as it stands in the paper, with all scores kept and a fit for each peak.
  private func plain(_ initial: [Double], _ scores: [Double], risk: Double, depth: Int?) -> [(Double, Bool)] {
    var (normal, parts) = (initial.suffix(depth ?? 0), initial)
    func mean(_ numbers: some Collection<Double>) -> Double {
      depth == nil ? 0 : numbers.reduce(0, +) / Double(numbers.count)
    }
    if let depth {
      parts = (depth..<initial.count).map { initial[$0] - mean(initial[($0 - depth)..<$0]) }
    }
    let base = parts.sorted()[Int(0.98 * Double(parts.count))]
    var (excesses, count) = (parts.filter { $0 > base }.map { $0 - base }, parts.count)
    func limit() -> Double {
      base + ParetoTail(excesses: excesses).excess(ofPart: Double(count) * risk / Double(excesses.count))
    }
    var current = limit()
    return scores.map { score in
      let usual = mean(normal)
      let threshold = current + usual
      if score - usual > current { return (threshold, true) }
      count += 1
      if score - usual > base {
        excesses.append(score - usual - base)
        current = limit()
      }
      if depth != nil { normal = normal.dropFirst() + [score] }
      return (threshold, false)
    }
  }

  @Test(arguments: [nil, 1, 20])
  func thresholdsFollowThePaper(depth: Int?) throws {
    let expected = plain(first, rest, risk: 1e-3, depth: depth)
    var threshold = try StreamingThreshold(risk: 1e-3, scores: first, depth: depth)
    for (score, expected) in zip(rest, expected) {
      #expect(threshold.value.isClose(to: expected.0, within: 1e-9))
      let found = threshold.next(score)
      #expect(found.threshold.isClose(to: expected.0, within: 1e-9) && found.isAnomaly == expected.1)
    }
    #expect(expected.contains { $0.1 } && expected.first!.0 != expected.last!.0)
  }

  @Test func itBeginsAsPeaksOverThreshold() throws {
    #expect(
      try StreamingThreshold(risk: 1e-4, scores: first).value
        == Threshold(.peaksOverThreshold(1e-4), scores: first).value)
  }

  @Test func rowsWithoutAScoreTeachNothing() throws {
    var (threshold, other) = (
      try StreamingThreshold(risk: 1e-3, scores: first + [.nan], depth: 5),
      try StreamingThreshold(risk: 1e-3, scores: first, depth: 5)
    )
    for score in rest.prefix(300) {
      #expect(!threshold.next(.nan).isAnomaly)
      #expect(threshold.next(score) == other.next(score))
    }
  }

  @Test func driftIsNoAlarmWithADepth() throws {
    let drifting = SampleScores.light.scores.enumerated().map { $1 + Double($0) * 0.001 }
    var (fixed, moving) = (
      try StreamingThreshold(risk: 1e-4, scores: Array(drifting.prefix(2000))),
      try StreamingThreshold(risk: 1e-4, scores: Array(drifting.prefix(2000)), depth: 10)
    )
    let alarms = drifting.dropFirst(2000).map { (fixed.next($0).isAnomaly, moving.next($0).isAnomaly) }
    #expect(alarms.count { $0.0 } > 300 && alarms.count { $0.1 } <= 3)
    #expect(moving.next(drifting.last! + 3).isAnomaly)
  }

  @Test func manyPeaksAreFittedNowAndThen() throws {
    var threshold = try StreamingThreshold(risk: 1e-4, scores: first)
    let many = (1...25_000).map { pow(1 - (Double($0) * 0.7548776662466927).truncatingRemainder(dividingBy: 1), -0.3) }
    let expected = plain(first, many, risk: 1e-4, depth: nil)
    let differences = zip(many, expected).map { abs(threshold.next($0).threshold / $1.0 - 1) }
    #expect(differences.max()! < 0.05 && differences.last! < 0.02)
  }

  @Test func tooFewScoresAreRefused() {
    #expect(throws: ThresholdError.tooFewScores(rule: "pot=0.0001", count: 1499, needed: 1500)) {
      try StreamingThreshold(risk: 1e-4, scores: Array(first.prefix(1519)), depth: 20)
    }
  }
}
