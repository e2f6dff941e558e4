import Foundation
import LatentAnomalies
import Testing

@Suite struct MetricEdgeTests {
  private func metrics(_ scores: [Double], _ labels: [UInt8], above threshold: Double = 0.5) -> DetectionMetrics {
    DetectionMetrics(scores, DetectionLabels(labels), isAlarm: scores.map { $0 > threshold }, window: 4, period: 3600)
  }

  @Test func withoutAnomaliesOnlyFalseAlarmsAreCounted() throws {
    let metrics = metrics([0, 1, 0, 1, 1, 0], [0, 0, 0, 0, 0, 0])
    #expect(metrics.rocArea == nil && metrics.precisionRecallArea == nil && metrics.volumes == nil)
    #expect(metrics.best == nil && metrics.bestF1 == nil && metrics.anomalies == 0)
    let alarms = try #require(metrics.alarms)
    #expect(alarms.points == PrecisionRecall(precision: 0, recall: nil) && alarms.points.f1 == nil)
    #expect(alarms.ranges == PrecisionRecall(precision: 0, recall: nil) && alarms.pointAdjustedF1 == nil)
    #expect(alarms.affiliation == PrecisionRecall(precision: nil, recall: nil))
    #expect(alarms.falseAlarms == 2 && alarms.falseAlarmsPerDay == 8)
    #expect(alarms.delay.found == 0 && alarms.delay.missed == 0 && alarms.delay.mean == nil)
  }

  @Test func whereAllRowsAreAnomaliesThereIsNoCurve() throws {
    let metrics = metrics([0, 1, 1], [1, 1, 1])
    #expect(metrics.rocArea == nil && metrics.volumes == nil && metrics.precisionRecallArea == 1)
    #expect(metrics.bestF1 == 1 && metrics.best?.affiliation != nil && metrics.anomalies == 1)
    let alarms = try #require(metrics.alarms)
    #expect(alarms.points == PrecisionRecall(precision: 1, recall: 2.0 / 3) && alarms.falseAlarms == 0)
    #expect(alarms.ranges.precision == 1 && alarms.delay.mean == 3600)
  }

  @Test func scoresThatAreAllTheSameSayNothing() throws {
    let metrics = metrics([0.2, 0.2, 0.2, 0.2], [0, 1, 0, 0])
    #expect(metrics.rocArea == 0.5 && metrics.precisionRecallArea == 0.25 && metrics.bestF1 == 0.4)
    #expect(metrics.best?.affiliation == 0 && metrics.best?.ranges == 0 && metrics.best?.pointAdjusted.value == 0)
    #expect(try #require(metrics.volumes).roc.isFinite)
    let alarms = try #require(metrics.alarms)
    #expect(alarms.points == PrecisionRecall(precision: nil, recall: 0) && alarms.points.f1 == 0)
    #expect(alarms.affiliation == PrecisionRecall(precision: nil, recall: 0) && alarms.delay.missed == 1)
  }

  @Test func withoutRowsNothingIsDefined() throws {
    let metrics = metrics([.nan, .nan], [0, 1])
    #expect(
      metrics.rows == 0 && metrics.rocArea == nil && metrics.best == nil && metrics.alarms?.falseAlarmsPerDay == nil)
    #expect(metrics.figures.allSatisfy { $0.value == nil || $0.value == 0 })
  }

  @Test func perfectAlarmsAreWorthOne() throws {
    for labels: [UInt8] in [[0, 0, 1, 1, 0, 1], [1, 0, 0, 1], [0, 1, 0]] {
      let metrics = metrics(labels.map(Double.init), labels)
      let alarms = try #require(metrics.alarms)
      let perfect = PrecisionRecall(precision: 1, recall: 1)
      #expect(alarms.points == perfect && alarms.events == perfect && alarms.ranges == perfect)
      #expect(alarms.affiliation == perfect && alarms.pointAdjustedF1?.value == 1 && alarms.falseAlarms == 0)
      #expect(metrics.rocArea == 1 && metrics.precisionRecallArea == 1 && metrics.bestF1 == 1)
      #expect(alarms.delay.longest == 0)
    }
  }

  @Test func anomaliesAtTheEndsHaveAllTheirRows() {
    let labels = DetectionLabels([1, 0, 0, 0, 1, 1] as [UInt8])
    #expect(labels.events == [0..<1, 4..<6] && labels.anomalies == 3)
    let alarms = LabelledAlarms([false, false, true, false, false, true], labels)
    #expect(alarms.points.recall == 1.0 / 3 && alarms.events.recall == 0.5 && alarms.falseAlarms == 1)
    #expect(alarms.delay() == alarms.delay(period: 1))
    #expect(alarms.delay().mean == 1 && alarms.delay(period: 60).mean == 60 && alarms.delay().missed == 1)
  }

  @Test func delaysCountRowsWithoutAScore() {
    let scores = LabelledScores(
      [0, 0, .nan, .nan, 1, 0], DetectionLabels([false, true, true, true, true, false]))
    #expect(scores.alarms(above: 0.5).delay().mean == 3)
    #expect(scores.alarms([false, false, true, false, true, false]).delay().mean == 3)
  }

  @Test func infiniteScoresAreTheHighest() {
    let metrics = metrics([0, .infinity, 0.5, -.infinity], [0, 1, 0, 0])
    #expect(metrics.rocArea == 5.0 / 6 && metrics.best?.ranges.isFinite == true)
  }

  /// Point adjustment gives random alarms in a long anomaly nearly everything (Kim et al.).
  @Test func pointAdjustmentIsSeenForWhatItIs() throws {
    let labels = (0..<2000).map { UInt8((900..<1500).contains($0) ? 1 : 0) }
    let scores = labels.indices.map { (Double($0) * 0.6180339887498949).truncatingRemainder(dividingBy: 1) }
    let metrics = metrics(scores, labels, above: 0.99)
    let (best, alarms) = (try #require(metrics.best?.pointAdjusted), try #require(metrics.alarms?.pointAdjustedF1))
    #expect(best.value > 0.97 && best.random > 0.97 && alarms.value > 0.97 && alarms.random > 0.9)
    #expect(try #require(metrics.bestF1) < 0.5)
    #expect(metrics == self.metrics(scores, labels, above: 0.99))
  }

  @Test func bordersWiderThanTheSeriesAreAllowed() throws {
    let scores = LabelledScores([0.1, 0.9, 0.3, 0.8, 0.2], DetectionLabels([0, 1, 0, 0, 1] as [UInt8]))
    for window in [0, 1, 2, 9, 500] {
      let volumes = try #require(scores.volumes(window: window))
      #expect((0...1).contains(volumes.roc) && (0...1).contains(volumes.precisionRecall))
    }
  }

  @Test func metricsAreKept() throws {
    let metrics = metrics([0, 1, 0.7, 0.2], [0, 1, 0, 1])
    #expect(try JSONDecoder().decode(DetectionMetrics.self, from: JSONEncoder().encode(metrics)) == metrics)
    #expect(Set(metrics.figures.map(\.name)).count == metrics.figures.count)
  }
}
