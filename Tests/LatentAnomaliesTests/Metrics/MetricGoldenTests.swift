import Foundation
import LatentAnomalies
import Testing

/// Measures by TSB-AD 1.5, scikit-learn and the package of the affiliation metrics; `scripts/parts/check-detection.py golden`
/// writes them.
@Suite struct MetricGoldenTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let window: Int
    let scores: [Double]
    let labels: [UInt8]
    let alarms: [UInt8]
    let measures: [String: Double]

    var testDescription: String { name }
  }

  static let cases: [Case] = {
    let folder = (Bundle.module.resourceURL ?? Bundle.module.bundleURL).appendingPathComponent("Golden")
    let data = try? Data(contentsOf: folder.appendingPathComponent("detection.json"))
    return (try? JSONDecoder().decode([Case].self, from: data ?? Data())) ?? []
  }()

  @Test func thereAreGoldens() { #expect(Self.cases.count == 6) }

  @Test(arguments: cases)
  func measuresAreThoseOfThePackages(of example: Case) throws {
    let metrics = DetectionMetrics(
      example.scores, DetectionLabels(example.labels), isAlarm: example.alarms.map { $0 != 0 }, window: example.window,
      period: 60)
    let figures = Dictionary(uniqueKeysWithValues: metrics.figures.map { ($0.name, $0.value) })
    #expect(example.measures.count >= 10)
    for (name, value) in example.measures {
      let found = try #require(figures[name] ?? nil, "\(name)")
      #expect(abs(found - value) < 1e-9, "\(name)")
    }
  }

  /// Rows without a score, wherever they are, change nothing.
  @Test(arguments: cases)
  func rowsWithoutAScoreAreLeftOut(of example: Case) {
    var (scores, labels, alarms) = ([Double](), [UInt8](), [Bool]())
    for row in example.scores.indices {
      for gap in 0..<(row % 7 == 2 ? 3 : 0) {
        scores.append(.nan)
        labels.append(UInt8(gap % 2))
        alarms.append(gap == 1)
      }
      scores.append(example.scores[row])
      labels.append(example.labels[row])
      alarms.append(example.alarms[row] != 0)
    }
    let metrics = DetectionMetrics(scores, DetectionLabels(labels), isAlarm: alarms, window: example.window)
    let expected = DetectionMetrics(
      example.scores, DetectionLabels(example.labels), isAlarm: example.alarms.map { $0 != 0 }, window: example.window)
    #expect(
      metrics.rows == example.scores.count && metrics.volumes == expected.volumes && metrics.best == expected.best)
    #expect(metrics.precisionRecallArea == expected.precisionRecallArea && metrics.rocArea == expected.rocArea)
    #expect(metrics.alarms?.ranges == expected.alarms?.ranges && metrics.alarms?.points == expected.alarms?.points)
  }
}
